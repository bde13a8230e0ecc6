/**
 * `npm run judge -- FOLDER`: reads and judges each log of a folder, and holds it against the labels of its
 * `index.json`, if there is one. Ends with 1 when a goal was missed.
 */
import { goalTable } from '../figures';
import { readCorpus, type CorpusLog, type Judgement } from './corpus';
import { judgeRecognised } from './recognised';
import { judgeValues } from './values';
import { judgeTimeToEnd, judgeVerdicts } from './verdicts';

const parts: ((logs: readonly CorpusLog[]) => Judgement)[] = [
  judgeRecognised,
  judgeValues,
  judgeVerdicts,
  judgeTimeToEnd,
];

const folder = process.argv[2];
if (folder === undefined) {
  console.error('Which folder? npm run judge -- FOLDER');
  process.exitCode = 2;
} else {
  const logs = readCorpus(folder);
  const judgements = parts.map((part) => part(logs));
  for (const { title, lines } of judgements) {
    console.log(`\n${title}`);
    for (const line of lines) console.log(`  ${line}`);
  }
  const goals = judgements.flatMap((judgement) => judgement.goals);
  if (goals.length > 0) console.log(`\n${goalTable(goals)}`);
  if (goals.some(({ kept }) => !kept)) process.exitCode = 1;
}

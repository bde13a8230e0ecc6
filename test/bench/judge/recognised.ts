/** Is the solver recognised, and none named where nothing can be known? */
import { createLogReader } from '../../../src/insight/logs/reader/create-log-reader';
import { atLeast, atMost } from '../figures';
import type { CorpusLog, Judgement } from './corpus';

/** Labels may use the solvers' full names. */
function ownName(label: string): string {
  const short = label.toLowerCase().replace(/[^a-z0-9]/g, '');
  return short === 'ansysmechanical' ? 'ansys' : short;
}

export function judgeRecognised(logs: readonly CorpusLog[]): Judgement {
  const lines: string[] = [];
  let [clear, right, wrong] = [0, 0, 0];
  for (const log of logs) {
    const reader = createLogReader();
    reader.read(log.text);
    reader.end();
    const { solver } = reader;
    if (log.solver === undefined) {
      lines.push(`${log.file}: ${solver ?? 'unknown'}`);
      continue;
    }
    const wanted = ownName(log.solver);
    if (solver !== null && solver !== wanted) {
      wrong += 1;
      lines.push(`${log.file}: named ${solver}, is ${wanted}`);
    }
    if (log.flags?.includes('no-steps')) continue;
    clear += 1;
    if (solver === wanted) right += 1;
    else if (solver === null) lines.push(`${log.file}: unknown, is ${wanted}`);
  }
  const goals =
    clear === 0
      ? []
      : [
          atLeast('solver recognised', (right / clear) * 100, 95, ' %'),
          atMost('wrong solver named', wrong, 0),
        ];
  return { title: `solvers (${right} of ${clear} recognised, ${wrong} wrong)`, lines, goals };
}

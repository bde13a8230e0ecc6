import { binaryBytes, contentOf, LINE_WIDTH, textLines } from '../content/contents';
import type { FileScript } from '../scripts/job-script';
import { PROCESS_LOG, type FileSource } from './file-source';
import { openingLines, processLine } from './process-log';
import type { RunFacts } from './run-facts';

/** Virtual seconds between the lines that a scripted run logs. */
const HEARTBEAT_SECONDS = 60;

/** The files of a scripted run: its log first, then what the script says. */
export function scriptedSources(facts: RunFacts, files: FileScript[]): FileSource[] {
  const scripted = files.map((file) => scriptedSource(facts, file));
  if (files.some(({ path }) => path === PROCESS_LOG)) return scripted;
  return [{ path: PROCESS_LOG, content: (elapsed) => contentOf(heartbeatLog(facts, elapsed)) }, ...scripted];
}

function heartbeatLog(facts: RunFacts, elapsed: number): string {
  const start = facts.times.start ?? 0;
  let text = openingLines(facts.dateOf(start), facts.jobId, 'run.sh');
  for (let at = HEARTBEAT_SECONDS; at <= elapsed; at += HEARTBEAT_SECONDS) {
    text += processLine(facts.dateOf(start + at * 1000), `Time = ${at} s`);
  }
  return text;
}

const BINARY = /\.(bin|gz|tgz|tar|zip|h5|hdf5|exo|cgns|stl|png|jpg|cas|sav|odb|rst)$/i;

function scriptedSource({ seed, jobId, runNumber }: RunFacts, file: FileScript): FileSource {
  const { path, checksum, deleted } = file;
  const key = [seed, jobId, runNumber, path].join('/');
  if (file.content !== undefined) {
    const content = contentOf(file.content);
    return { path, checksum, deleted, content: () => content };
  }
  if (file.lines) {
    const { every } = file.lines;
    // Rounding tolerance: a fraction of a second is not exact in binary.
    const count = (elapsed: number) => Math.floor(Math.max(0, elapsed) / every + 1e-6);
    return { path, checksum, deleted, content: (elapsed) => textLines(key, count(elapsed) * LINE_WIDTH) };
  }
  const content = (BINARY.test(path) ? binaryBytes : textLines)(key, file.bytes ?? 0);
  return { path, checksum, deleted, content: () => content };
}

import { contentOf, withText, type Content } from '../content/contents';
import { PROCESS_LOG, type FileSource } from '../model/file-source';
import { openingLines, processLines } from '../model/process-log';
import type { RunFacts } from '../model/run-facts';
import { logUpTo, type SolverLog } from './growing-log';

/** A solver at work in a run. */
export interface Computation {
  /** Of all that is random in it. */
  key: string;
  command: string;
  log: SolverLog;
  /** Virtual seconds a step. */
  secondsPerStep: number;
  /** Virtual seconds to its own end. */
  duration: number;
  /** From this step on nothing is written any more, though it goes on. */
  silentFrom?: number;
}

/** So many steps are written after `elapsed` seconds. */
export function stepsAt(
  { log, secondsPerStep, silentFrom = Infinity }: Computation,
  elapsed: number,
): number {
  // Rounding tolerance: a fraction of a second is not exact in binary.
  return Math.min(log.steps, silentFrom, Math.floor(elapsed / secondsPerStep + 1e-9));
}

/**
 * The two views of a solver's output: its own log in the working directory, plain, and `process_output.log`, where
 * the platform puts the instant before each line (docs/platform.md, "Files").
 */
export function solverFiles(computation: Computation, facts: RunFacts): FileSource[] {
  const { log, duration } = computation;
  const ending = (elapsed: number) => (elapsed >= duration ? log.ending : '');
  return [
    { path: PROCESS_LOG, content: (elapsed) => processLog(computation, facts, elapsed) },
    {
      path: log.path,
      checksum: 'both',
      content: (elapsed) =>
        withText(
          contentOf(
            logUpTo(
              computation.key,
              stepsAt(computation, elapsed),
              () => log.header,
              (step) => log.step(step),
            ),
          ),
          ending(elapsed),
        ),
    },
  ];
}

function processLog(computation: Computation, facts: RunFacts, elapsed: number): Content {
  const { key, command, log, secondsPerStep, duration } = computation;
  const { jobId, dateOf, times } = facts;
  const start = times.start ?? 0;
  const date = (seconds: number) => dateOf(start + Math.round(seconds * 1000));
  const stamped = (text: string, seconds: number) => processLines(date(seconds), text);
  const text = logUpTo(
    `${key}/stamped/${jobId}/${start}`,
    stepsAt(computation, elapsed),
    () => openingLines(date(0), jobId, command) + stamped(log.header, 0),
    (step) => stamped(log.step(step), step * secondsPerStep),
  );
  const ends = elapsed >= duration && log.ending !== '';
  return withText(contentOf(text), ends ? stamped(log.ending, duration) : '');
}

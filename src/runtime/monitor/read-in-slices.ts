import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Verdict } from '../../insight/judge/judge';
import type { LogMonitor } from '../../insight/monitor/log-monitor';
import type { StepRow } from '../../insight/monitor/kept-rows';

/** Characters that are read at once: about 200 lines, a fraction of a millisecond. */
const SLICE = 16 * 1024;
/** Milliseconds after which others get their turn. */
const TURN = 8;

/** Reads a piece of any size without keeping Node-RED from its other work. Stops early when the signal is aborted. */
export async function readInSlices(
  monitor: LogMonitor,
  text: string,
  now: number,
  signal: AbortSignal,
): Promise<{ rows: StepRow[]; verdicts: Verdict[] }> {
  const rows: StepRow[] = [];
  const verdicts: Verdict[] = [];
  let turn = performance.now();
  for (let from = 0; from < text.length; from += SLICE) {
    const read = monitor.read(text.slice(from, from + SLICE), now);
    for (const row of read.rows) rows.push(row);
    verdicts.push(...read.verdicts);
    if (performance.now() - turn < TURN) continue;
    await othersTurn();
    if (signal.aborted) break;
    turn = performance.now();
  }
  return { rows, verdicts };
}

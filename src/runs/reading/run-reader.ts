import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { Run } from '../../api/client/types';
import { kindOf } from '../../api/errors/errors';
import { noticeEnd } from '../run/noticed-ends';
import {
  endDoubt,
  isOver,
  isTerminalStatus,
  latestStatus,
  mayGoOn,
  runState,
  type EndDoubt,
  type RunState,
} from '../run/run-state';
import type { Clock } from '../tasks/ports';
import type { RunAddress } from '../tasks/task-context';

/** A run as it was read, and its state: an end that has not come yet, or can't be right, is none here. */
export interface RunReading {
  run: Run;
  state: RunState;
  /** What speaks against the date of its end. */
  doubt: EndDoubt | null;
}

/** Every so many readings of a run that goes on, its job is read too. */
const JOB_EVERY = 4;

/**
 * Reads one run again and again. Now and then it reads the job's status as well, because a run whose job was ended
 * early may never get an end of its own (docs/platform.md): it counts as ended when the job was terminal at
 * two readings with the run read in between.
 */
export function runReader(
  client: RescaleClient,
  address: RunAddress,
  clock: Clock,
): (options: CallOptions) => Promise<RunReading> {
  let readings = 0;
  let terminalBefore = false;
  let wasGoingOn = false;

  return async (options) => {
    const run = await client.getRun(address.jobId, address.runId, options);
    readings += 1;
    const reading = await readingOf(run, options);
    const goesOn = !isOver(reading.state);
    if (wasGoingOn && !goesOn) noticeEnd(client, address.jobId, run.id, clock.monotonic());
    wasGoingOn = goesOn;
    return reading;
  };

  async function readingOf(run: Run, options: CallOptions): Promise<RunReading> {
    const now = client.platformNow();
    const doubt = endDoubt(run, now);
    if (!mayGoOn(run, now)) return { run, state: runState(run), doubt };
    // What has an end has begun, whatever is said of its start.
    const dates = { dateStarted: run.dateStarted ?? run.dateCompleted, dateCompleted: null };
    if (readings % JOB_EVERY !== 0 && !terminalBefore) return { run, state: runState(dates), doubt };
    const terminal = await isJobTerminal(client, address.jobId, options);
    const jobEnded = terminal && terminalBefore;
    terminalBefore = terminal;
    return { run, state: runState(dates, jobEnded), doubt };
  }
}

/** False when it can't be told at the moment: statuses answer 504 at random (docs/platform.md). */
async function isJobTerminal(client: RescaleClient, jobId: string, options: CallOptions): Promise<boolean> {
  try {
    const latest = latestStatus(await client.listJobStatuses(jobId, options));
    return latest !== null && isTerminalStatus(latest.status);
  } catch (error) {
    if (options.signal?.aborted || kindOf(error) !== 'transient') throw error;
    return false;
  }
}

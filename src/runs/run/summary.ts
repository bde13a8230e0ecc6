import type { Run } from '../../api/client/types';
import { doubtPhrase, type DoubtedRun, type EndDoubt, hasBegun, instant, type RunState } from './run-state';
import type { Outcome, OutcomeResult } from './outcome';

/** `45 s`, `12 min`, `2 h 14 min`, `3 d 4 h`: two units at most, rounded down, never below `0 s`. */
function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) {
    const rest = seconds % 60;
    return minutes < 10 && rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
  }
  return `${seconds} s`;
}

/** Milliseconds from start to end by the platform's own dates, null when one is missing or they contradict. */
export function runDuration(run: Pick<Run, 'dateStarted' | 'dateCompleted'> | null): number | null {
  const duration = instant(run?.dateCompleted) - instant(run?.dateStarted);
  return duration >= 0 ? duration : null;
}

/** One plain sentence without a full stop, ready for a mail or a chat; English like an outcome, because flows test it. */
export function runSummary(
  jobId: string,
  runId: string,
  run: Run | null,
  state: RunState,
  outcome: Outcome | null,
  doubt: EndDoubt | null = null,
): string {
  const subject = `Job ${jobId} run ${runId}`;
  const but = doubt ? `, but ${doubtPhrase(doubt)}` : '';
  if (state === 'pending') return `${subject} is waiting to start${but}`;
  if (state === 'running') return `${subject} is running${but}`;

  const duration = doubt ? null : runDuration(run);
  const after = duration === null ? '' : ` after ${durationText(duration)}`;
  if (!hasBegun(run)) {
    return outcome ? `${subject} ${outcome.reason}` : `${subject} never started`;
  }
  if (!outcome)
    return state === 'completed'
      ? `${subject} completed${after}${but}`
      : `${subject} ended with its job${but}`;
  if (outcome.result === 'succeeded') return `${subject} succeeded${after}${but}`;
  if (outcome.result === 'unknown') {
    const isSaid = doubt && outcome.reason.includes(doubtPhrase(doubt));
    return `${subject} ended${after}, but ${outcome.reason}${doubt && !isSaid ? `, and ${doubtPhrase(doubt)}` : ''}`;
  }
  const verb = outcome.result === 'failed' ? 'failed' : 'was stopped';
  return `${subject} ${verb}${after}: ${outcome.reason}${but}`;
}

/** `Job foamSweep run 3 started`. */
export function startSummary(jobId: string, runId: string): string {
  return `Job ${jobId} run ${runId} started`;
}

/** `Job foamSweep run 3 has computed for 5 h, longer than 4 h`. Spans in ms. */
export function overdueSummary(jobId: string, runId: string, computed: number, limit: number): string {
  return `Job ${jobId} run ${runId} has computed for ${durationText(computed)}, longer than ${durationText(limit)}`;
}

/** `Job foamSweep run 3 has not started 2 h after its job was submitted`. Without a run it is the job that waits. */
export function waitingSummary(jobId: string, runId: string | null, waited: number): string {
  const subject = runId === null ? `Job ${jobId}` : `Job ${jobId} run ${runId}`;
  const what = runId === null ? 'it' : 'its job';
  return `${subject} has not started ${durationText(waited)} after ${what} was submitted`;
}

const JOB_VERBS: Record<OutcomeResult, string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  stopped: 'was stopped',
  unknown: 'ended',
};

/**
 * The whole job in one sentence: `Job foamSweep failed after 3 h 5 min: 2 of 24 runs failed`.
 *
 * @param doubted its runs whose end date can't be right
 */
export function jobSummary(
  jobId: string,
  outcome: Outcome | null,
  duration: number | null,
  doubted: readonly DoubtedRun[] = [],
): string {
  const after = duration === null ? '' : ` after ${durationText(duration)}`;
  const said = doubted.length > 0 ? doubtsText(doubted) : '';
  if (!outcome) return `Job ${jobId} completed${after}${said && `, but ${said}`}`;
  const joint = outcome.result === 'unknown' ? ', but' : ':';
  const also = outcome.result === 'unknown' ? ', and' : ', but';
  return `Job ${jobId} ${JOB_VERBS[outcome.result]}${after}${joint} ${outcome.reason}${said && `${also} ${said}`}`;
}

function doubtsText(doubted: readonly DoubtedRun[]): string {
  const [{ runId, doubt }] = doubted as [DoubtedRun];
  const first = `for run ${runId} ${doubtPhrase(doubt)}`;
  return doubted.length === 1 ? first : `the end dates of ${doubted.length} runs are in doubt: ${first}`;
}

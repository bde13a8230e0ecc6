import type { EndDoubt } from '../../runs/run/end-doubt';
import type { Outcome } from '../../runs/run/outcome';
import type { RunState } from '../../runs/run/run-state';
import type { StatusKey, StatusText } from './status-texts';

/** How something ended that was waited for, as far as it is known. */
interface End {
  outcome?: Outcome | null | undefined;
  /** False: its files were not all listed in time. */
  filesReady?: boolean | null | undefined;
  /** The date of its end can't be right. */
  doubt?: EndDoubt | null | undefined;
}

/** A failure is red, for it needs a person; a doubt is yellow, never green. */
const ENDS = {
  failed: { kind: 'failed', run: 'run-failed', job: 'job-failed' },
  unknown: { kind: 'trouble', run: 'run-end-unknown', job: 'job-end-unknown' },
  doubtful: { kind: 'trouble', run: 'end-date-odd', job: 'job-end-date-odd' },
  unlisted: { kind: 'trouble', run: 'run-files-missing', job: 'job-files-missing' },
} as const satisfies Record<
  string,
  { kind: NonNullable<StatusText['kind']>; run: StatusKey; job: StatusKey }
>;

function badEnd({ outcome, filesReady, doubt }: End): (typeof ENDS)[keyof typeof ENDS] | null {
  if (outcome?.result === 'failed') return ENDS.failed;
  if (outcome?.result === 'unknown') return ENDS.unknown;
  if (doubt) return ENDS.doubtful;
  return filesReady === false ? ENDS.unlisted : null;
}

/** The status of a run that is over: `state` where nothing is wrong with how it ended. */
export function runEndStatus(runId: string, state: RunState, end: End): StatusText {
  const bad = badEnd(end);
  return { key: bad?.run ?? state, values: { runId }, ...(bad && { kind: bad.kind }) };
}

/** The same for all runs of a job. */
export function jobEndStatus(jobId: string, end: End): StatusText {
  const bad = badEnd(end);
  return { key: bad?.job ?? 'job-over', values: { jobId }, ...(bad && { kind: bad.kind }) };
}

/** What was waited for goes on: a passed deadline is not a good end, and a stop by a message is no end at all. */
export function unfinishedStatus(reason: 'deadline' | 'stopped'): StatusText {
  return reason === 'deadline'
    ? { key: 'failed-deadline', kind: 'trouble' }
    : { key: 'closed', kind: 'idle' };
}

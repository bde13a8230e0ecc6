import type { EndDoubt, RunState } from '../../runs/run/run-state';
import type { Outcome } from '../../runs/run/outcome';
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

/** The status of a run that is over, in its state where nothing is wrong with how it ended; or of all runs of a job. */
export function endStatus(
  ended: { runId: string; state: RunState } | { jobId: string },
  end: End,
): StatusText {
  const { outcome, filesReady, doubt } = end;
  let bad: (typeof ENDS)[keyof typeof ENDS] | null = null;
  if (outcome?.result === 'failed') bad = ENDS.failed;
  else if (outcome?.result === 'unknown') bad = ENDS.unknown;
  else if (doubt) bad = ENDS.doubtful;
  else if (filesReady === false) bad = ENDS.unlisted;
  const kind = bad && { kind: bad.kind };
  if ('jobId' in ended) return { key: bad?.job ?? 'job-over', values: { jobId: ended.jobId }, ...kind };
  return { key: bad?.run ?? ended.state, values: { runId: ended.runId }, ...kind };
}

/** What was waited for goes on: a passed deadline is not a good end, and a stop by a message is no end at all. */
export function unfinishedStatus(reason: 'deadline' | 'stopped'): StatusText {
  return reason === 'deadline'
    ? { key: 'failed-deadline', kind: 'trouble' }
    : { key: 'closed', kind: 'idle' };
}

import type { JobStatus } from '../../api/client/types';
import { normalisedStatus } from './run-state';

/** What a job's status and its reason say about how it went. */
type ReasonMeaning = 'success' | 'failure' | 'stop' | 'none';

/**
 * Reasons seen in public clients and documents (docs/platform.md), and what others call the same. The texts are not documented. A
 * reason counts as a whole: the same words inside a sentence may say the opposite ("Not completed successfully").
 */
const REASONS: readonly (readonly [RegExp, ReasonMeaning])[] = [
  [/^completed successfully$/, 'success'],
  [/^a run failed$/, 'failure'],
  [/^exceeded max(imum)? number of restarts$/, 'failure'],
  [/^could not allocate compute resources( from the compute provider)?$/, 'failure'],
  [/^(user (terminated|cancell?ed)|(terminated|cancell?ed) by (the )?user)$/, 'stop'],
];

/** As it is compared: case, spaces and a final point are nobody's meaning. */
const wordsOf = (reason: string) => reason.toLowerCase().replace(/\s+/g, ' ').trim().replace(/ ?\.$/, '');

/** Statuses that tell by themselves how the job went, whatever the reason. `Completed` is not one of them. */
const TELLING_STATUSES = new Map<string, ReasonMeaning>([
  ['failed', 'failure'],
  ['stopping', 'stop'],
  ['forcestop', 'stop'],
  ['forcestopped', 'stop'],
  ['stopped', 'stop'],
  ['terminated', 'stop'],
  ['cancelled', 'stop'],
  ['canceled', 'stop'],
]);

/** A reason that is known decides; otherwise the status, if it tells. */
export function meaningOf(row: JobStatus): ReasonMeaning {
  const reason = wordsOf(row.statusReason ?? '');
  const known = REASONS.find(([pattern]) => pattern.test(reason));
  if (known) return known[1];
  return TELLING_STATUSES.get(normalisedStatus(row.status)) ?? 'none';
}

/** The row as a person reads it: `Completed (Exceeded max number of restarts)`. */
export function statusText(row: JobStatus): string {
  const reason = row.statusReason?.trim();
  return reason ? `${row.status} (${reason})` : row.status;
}

/** The shortest that still says why: the reason, or the status where there is none. */
export function shortReason(row: JobStatus): string {
  return row.statusReason?.trim() || row.status;
}

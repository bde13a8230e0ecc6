import type { RescaleFile } from '../../api/client/types';
import type { LogEvidence } from '../run/outcome';
import { NOT_LACKING, type Lack } from './readable-time';

/** What is known of a run that is over while it is not known how it ended. */
export interface WantedOutcome {
  /** On the monotonic clock, ms. */
  since: number;
  /** The same as readable time. */
  readableSince: number;
  log: LogEvidence;
  /** Its log, once it is listed; several where it can't be told which came last. */
  files: readonly RescaleFile[];
  /** What there is of it was looked at since it is wanted, and at this look. */
  looked: boolean;
  lookedNow: boolean;
  /** When the list of the run's own files was read last, as readable time, and whether it had less than the run counts; null = never. */
  own: { at: number; short: boolean } | null;
  /** Its log is not there, can't be read or says nothing. */
  noLog: Lack;
  /** The job's history could not be read since its end. */
  noHistory: Lack;
}

export function wantedOutcome(since: number, readableSince: number): WantedOutcome {
  return {
    since,
    readableSince,
    log: { kind: 'unread' },
    files: [],
    looked: false,
    lookedNow: false,
    own: null,
    noLog: NOT_LACKING,
    noHistory: NOT_LACKING,
  };
}

/** Those first that were never tried: what can't be read must not stand before what can. */
export const byTrial = ([, a]: [string, WantedOutcome], [, b]: [string, WantedOutcome]) =>
  Number(a.noLog.since !== null) - Number(b.noLog.since !== null);

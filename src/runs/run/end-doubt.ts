import { oddDateOf } from '../../api/endpoints/row-dates';
import type { Run } from '../../api/client/types';
import { instant } from './run-state';

/**
 * Why the date of a run's end does not say when it ended. `unread`: it can't be read. `ahead`: it has not come yet. `before-start`:
 * the run started later. `none`: what stands in its place is no date, so that it is not known either whether the run has ended.
 */
export interface EndDoubt {
  kind: 'unread' | 'ahead' | 'before-start' | 'none';
  /** As the platform wrote it, shortened. */
  date: string;
}

type Dates = Pick<Run, 'dateStarted' | 'dateCompleted'>;

/** A platform that writes local time without a zone is up to 14 hours ahead, and a machine's clock may be wrong as well (ms). */
const AHEAD = 86_400_000;
/** The clocks of what starts a run and what ends it may differ by so much (ms). */
const SKEW = 60_000;
const LONGEST_SHOWN = 40;

/** Null where nothing speaks against the date, and where there is none. `now` is the platform's time of day, ms since the epoch. */
export function endDoubt(run: Dates, now: number): EndDoubt | null {
  if (!run.dateCompleted) return oddEnd(run);
  const end = instant(run.dateCompleted);
  const date = run.dateCompleted.slice(0, LONGEST_SHOWN);
  if (Number.isNaN(end)) return { kind: 'unread', date };
  if (end > now + AHEAD) return { kind: 'ahead', date };
  return instant(run.dateStarted) > end + SKEW ? { kind: 'before-start', date } : null;
}

/** The doubt whether the run has ended at all. */
export function oddEnd(run: Dates): EndDoubt | null {
  const date = oddDateOf(run, 'dateCompleted');
  return date === null ? null : { kind: 'none', date };
}

/** A run, and what speaks against the date of its end. */
export interface DoubtedRun {
  runId: string;
  doubt: EndDoubt;
}

/** The first run of which it is not known whether it has ended at all. */
export function firstOddEnd(runs: Iterable<Run>): DoubtedRun | null {
  for (const run of runs) {
    const doubt = run.dateCompleted ? null : oddEnd(run);
    if (doubt) return { runId: run.id, doubt };
  }
  return null;
}

/** False for a run that goes on, and where only a date says that it does not, which can't be right. */
export function hasSurelyEnded(run: Dates, now: number): boolean {
  if (!run.dateCompleted) return false;
  const doubt = endDoubt(run, now);
  return doubt === null || doubt.kind === 'unread';
}

/** False for a run of which there is nothing but its place in the list. */
export function hasBegun(run: Dates | null | undefined): boolean {
  if (!run) return false;
  if (run.dateStarted || run.dateCompleted) return true;
  return oddDateOf(run, 'dateStarted') !== null || oddDateOf(run, 'dateCompleted') !== null;
}

/** A part of a sentence; English like an outcome, because flows read it. */
export function doubtPhrase({ kind, date }: EndDoubt): string {
  switch (kind) {
    case 'unread':
      return `its end date “${date}” can’t be read`;
    case 'ahead':
      return `its end date ${date} has not come yet`;
    case 'before-start':
      return `its end date ${date} lies before its start`;
    case 'none':
      return `“${date}” stands where its end date should`;
  }
}

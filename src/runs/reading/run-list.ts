import type { CallOptions, RescaleClient } from '../../api/client/client';
import { createPageMemory } from '../../api/endpoints/page-memory';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { Run } from '../../api/client/types';
import { noticeEnd } from '../run/noticed-ends';
import { isSameEnd, seeEnd } from '../run/seen-ends';
import type { Clock } from '../tasks/ports';

/** Few large answers cost the budget less than many small ones; a platform that caps it gives more pages. */
const PAGE_SIZE = 500;
/** Every so many readings all pages are read, also those whose runs have all ended. */
const FULL_READ_EVERY = 10;
/** Fewer runs than before are believed when the list says so this often in a row. */
const CONFIRMATIONS = 3;
/** So many missing runs are requested one by one before all of them count as gone. */
const MOST_CHECKED = 5;

/** The runs of one job, kept up to date with as few requests as its changes allow. */
interface RunList {
  readonly runs: ReadonlyMap<string, Run>;
  /** Runs that were listed once and do not exist any more. */
  readonly gone: ReadonlySet<string>;
  /** All runs that the platform counts have been seen. */
  readonly complete: boolean;
  /** So many more runs are counted than can be read; believed once it stays so. */
  readonly unread: number;
  /** Reads what may have changed, or everything. Rejects like the client; then nothing is changed. */
  read(options: CallOptions, everything?: boolean): Promise<ListChange>;
}

export interface ListChange {
  /** Some run is new, started, ended or gone. */
  moved: boolean;
  /** Some run is newly known to be over. */
  ended: boolean;
  /** Runs that had ended and are in progress again, or have ended a second time. */
  restarted: string[];
  /** Some run without an end is new, has started or had one: its job goes on, unless its list is behind or was late. */
  goesOn: boolean;
}

interface KnownPage {
  /** As they were listed; the same again when nothing has changed. */
  rows: readonly Run[];
  /** Holds completed runs only, so that it is skipped until all pages are read. */
  settled: boolean;
}

/**
 * Follows a job's list of runs. The pages that hold a run in progress, and the last one, are the frontier: only they
 * are read, until what they hold no longer fits what was seen before, or all pages are due.
 */
export function followRunList(client: RescaleClient, jobId: string, clock: Clock): RunList {
  const runs = new Map<string, Run>();
  const gone = new Set<string>();
  /** For how many full readings in a row a known run was not listed. */
  const misses = new Map<string, number>();
  const memory = createPageMemory();
  let pages: KnownPage[] = [];
  let readsSinceFull = 0;
  let emptyReads = 0;
  let shortage = { missing: 0, seen: 0 };
  let complete = false;

  /** Null when the pages do not fit what is known; then all have to be read. */
  async function readFrontier(options: CallOptions): Promise<Run[] | null> {
    const found: Run[] = [];
    const known = pages.map((page) => ({ ...page }));
    for (let number = 1; ; number += 1) {
      const before = known[number - 1];
      const last = number >= known.length;
      if (before?.settled && !last) continue;
      const page = await client.readRunsPage(jobId, number, { ...options, pageSize: PAGE_SIZE, memory });
      const isSame = before?.rows === page.rows;
      if (before && !isSame && !fits(before, page.rows, last)) return null;
      if (page.count !== null && page.count < runs.size) return null;
      // A platform that answers every page number with the same page would never come to an end.
      if (
        !before &&
        number > 1 &&
        page.rows.some(({ id }) => known[number - 2]!.rows.some((run) => run.id === id))
      )
        return null;
      if (!isSame) {
        known[number - 1] = knownPage(page.rows);
        found.push(...page.rows);
      }
      if (last && (!page.more || page.rows.length === 0)) break;
    }
    pages = known;
    return found;
  }

  async function readAll(options: CallOptions): Promise<Run[]> {
    const known: KnownPage[] = [];
    const found = new Map<string, Run>();
    let count: number | null = null;
    for await (const page of client.listRuns(jobId, { ...options, pageSize: PAGE_SIZE, memory })) {
      known.push(knownPage(page.rows));
      count = page.count ?? count;
      for (const run of page.rows) found.set(run.id, run);
    }
    refuseUnexpectedEmptyList(found.size, count);
    pages = known;
    readsSinceFull = 0;
    noteShortage(found.size, count);
    await checkMissing(found, options);
    return [...found.values()];
  }

  /** A list without rows although there were some, or although it counts some, is a wrong answer until it is repeated. */
  function refuseUnexpectedEmptyList(size: number, count: number | null): void {
    emptyReads = size === 0 ? emptyReads + 1 : 0;
    const odd = size === 0 && (runs.size > 0 || (count ?? 0) > 0);
    if (odd && emptyReads < CONFIRMATIONS) {
      throw new RescaleError('RESCALE_PROTOCOL', 'protocol', {
        platform: client.origin,
        reason: {
          key: 'reason-empty-list',
          values: { jobId, count: Math.max(runs.size, count ?? 0) },
        },
      });
    }
  }

  /** `count` may promise more than there is for good (docs/platform.md). */
  function noteShortage(size: number, count: number | null): void {
    const missing = Math.max(0, (count ?? size) - size);
    shortage = { missing, seen: missing === shortage.missing ? shortage.seen + 1 : 1 };
    complete = missing === 0 || shortage.seen >= CONFIRMATIONS;
  }

  /** A list may change while it is read, so a run that it leaves out is requested by its id before it counts as gone. */
  async function checkMissing(found: Map<string, Run>, options: CallOptions): Promise<void> {
    for (const id of [...misses.keys()]) {
      if (found.has(id)) misses.delete(id);
    }
    for (const id of runs.keys()) {
      if (!found.has(id)) misses.set(id, (misses.get(id) ?? 0) + 1);
    }
    const suspects = [...misses].filter(([, times]) => times >= CONFIRMATIONS).map(([id]) => id);
    for (const id of suspects.slice(0, MOST_CHECKED)) {
      try {
        found.set(id, await client.getRun(jobId, id, options));
        misses.delete(id);
      } catch (error) {
        if (!isRescaleError(error) || error.code !== 'RESCALE_NOT_FOUND') throw error;
      }
    }
    if (suspects.slice(0, MOST_CHECKED).some((id) => found.has(id))) return;
    for (const id of suspects) {
      misses.delete(id);
      runs.delete(id);
      gone.add(id);
    }
  }

  function applyRuns(found: Run[], goneBefore: number): ListChange {
    let moved = gone.size !== goneBefore;
    let ended = false;
    let goesOn = false;
    const begunAnew: string[] = [];
    for (const run of found) {
      const before = runs.get(run.id);
      if (before === run) continue;
      seeEnd(client, jobId, run);
      const begun = !before || !before.dateStarted !== !run.dateStarted;
      if (begun) moved = true;
      if (!before?.dateCompleted !== !run.dateCompleted) moved = true;
      if (!before?.dateCompleted && run.dateCompleted) ended = true;
      if (before && !before.dateCompleted && run.dateCompleted)
        noticeEnd(client, jobId, run.id, clock.monotonic());
      if (before?.dateCompleted && !isSameEnd(before, run)) {
        begunAnew.push(run.id);
        moved = true;
        if (run.dateCompleted) ended = true;
      }
      if (!run.dateCompleted && (begun || before?.dateCompleted)) goesOn = true;
      runs.set(run.id, run);
      if (gone.delete(run.id)) moved = true;
    }
    return { moved, ended, restarted: begunAnew, goesOn };
  }

  return {
    runs,
    gone,
    get complete() {
      return complete;
    },
    get unread() {
      return shortage.missing;
    },
    async read(options, everything = false) {
      const goneBefore = gone.size;
      readsSinceFull += 1;
      const fullReadIsDue = everything || !complete || misses.size > 0 || readsSinceFull >= FULL_READ_EVERY;
      const found = fullReadIsDue ? null : await readFrontier(options);
      return applyRuns(found ?? (await readAll(options)), goneBefore);
    },
  };
}

function knownPage(rows: Run[]): KnownPage {
  return {
    rows,
    settled: rows.length > 0 && rows.every((run) => run.dateCompleted),
  };
}

/** The last page may have grown; every other one must hold the same runs in the same order. */
function fits(before: KnownPage, rows: readonly Run[], last: boolean): boolean {
  if (last ? rows.length < before.rows.length : rows.length !== before.rows.length) return false;
  return before.rows.every(({ id }, index) => rows[index]?.id === id);
}

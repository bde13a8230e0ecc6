import * as v from 'valibot';
import { readStored, type StoredFormat } from '../tasks/stored-format';
import { byId, storedById } from '../tasks/by-id';
import type { StateStore } from '../tasks/ports';
import type { Baseline, RunMark, WatchedJob } from './watched-job';
import { WATCH_EVENTS, type WatchEvent } from './watch-event';

/** What a watch keeps beside its jobs. Survives JSON. */
export interface WatchRoot {
  origin: string;
  scope: 'jobs' | 'all';
  /** Added and removed by message. */
  added: string[];
  removed: string[];
  paused: boolean;
  /** What is new at the next reading may have happened while nobody watched. */
  late: boolean;
  /** All jobs: the platform's instant of the newest job seen, ms since the epoch; null before the first list. */
  newest: number | null;
  /** All jobs: those made about then or later that were seen. */
  recent: string[];
  /** All jobs: the next list is a baseline of which nothing is told. */
  anew: boolean;
  /** All jobs: those that were not submitted when they were last listed. */
  drafts: string[];
  /** All jobs: the last ones that were told to their end. */
  done: string[];
  /** Until when these were told, the platform's instants in ms since the epoch; of what an earlier version told that is not known. */
  doneUntil: Record<string, number>;
  /** Since when it is watched, by this machine's clock, ms since the epoch. */
  since: number;
  /** Which process wrote this, and when it closed the watch, ms since the epoch; null while it is open. */
  process: string;
  closedAt: number | null;
}

export const ROOT_KEY = 'watch';

export function newRoot(
  origin: string,
  scope: WatchRoot['scope'],
  process: string,
  since: number,
): WatchRoot {
  return {
    origin,
    scope,
    added: [],
    removed: [],
    paused: false,
    late: false,
    newest: null,
    recent: [],
    anew: false,
    drafts: [],
    done: [],
    doneUntil: byId(),
    since,
    process,
    closedAt: null,
  };
}

/** Parts that can't be read are left out: what is known of the rest is worth more than a watch that begins anew. */
const lenient = {
  strings: v.fallback(lenientList(v.string()), []),
  flag: v.fallback(v.boolean(), false),
  number: v.fallback(v.nullable(v.number()), null),
};

export const rootFormat: StoredFormat<WatchRoot> = {
  migrations: [],
  schema: v.object({
    origin: v.string(),
    scope: v.picklist(['jobs', 'all']),
    added: lenient.strings,
    removed: lenient.strings,
    paused: lenient.flag,
    late: lenient.flag,
    newest: lenient.number,
    recent: lenient.strings,
    anew: lenient.flag,
    drafts: lenient.strings,
    done: lenient.strings,
    doneUntil: v.fallback(storedById(v.number()), () => byId()),
    since: v.fallback(v.number(), 0),
    process: v.fallback(v.string(), ''),
    closedAt: lenient.number,
  }),
};

const MARKS = [
  'started',
  'old',
  'over',
  'gone',
  'succeeded',
  'failed',
  'stopped',
  'unknown',
  'doubtful',
] as const;
const mark: v.GenericSchema<unknown, RunMark> = v.picklist(MARKS);

const baseline: v.GenericSchema<unknown, Baseline | null> = v.fallback(
  v.nullable(
    v.union([
      v.object({ from: v.picklist(['now', 'all', 'begin']) }),
      v.object({ from: v.literal('hours'), hours: v.number() }),
      v.object({ from: v.literal('end'), at: v.number() }),
    ]),
  ),
  null,
);

/** What a message needs to be sent; the rest of it was made here and is passed on as it is. */
const event = v.pipe(
  v.looseObject({ event: v.picklist(WATCH_EVENTS), eventId: v.string(), jobId: v.string() }),
  v.transform((stored) => stored as unknown as WatchEvent),
);

export const watchedJobFormat: StoredFormat<WatchedJob> = {
  migrations: [],
  schema: v.object({
    jobId: v.string(),
    baselined: lenient.flag,
    baseline,
    since: v.fallback(v.number(), 0),
    takenWith: baseline,
    runs: storedById(mark),
    ends: v.fallback(storedById(v.number()), () => byId()),
    again: v.fallback(storedById(mark), () => byId()),
    overdue: v.fallback(storedById(v.number()), () => byId()),
    waiting: v.fallback(storedById(v.number()), () => byId()),
    awaiting: v.fallback(storedById(v.object({ detectedAt: v.number(), late: lenient.flag })), () => byId()),
    job: v.fallback(v.picklist(['unknown', 'open', 'old', 'past', 'told', 'silent']), 'unknown'),
    jobEnd: lenient.number,
    // Rounds are counted anew in each process.
    baselineRound: v.pipe(
      v.unknown(),
      v.transform(() => null),
    ),
    outbox: v.fallback(lenientList(event), []),
  }),
};

/** The items that are what they should be. */
function lenientList<Value>(item: v.GenericSchema<unknown, Value>) {
  return v.pipe(
    v.array(v.unknown()),
    v.transform((items) =>
      items.flatMap((stored) => {
        const read = v.safeParse(item, stored);
        return read.success ? [read.output] : [];
      }),
    ),
  );
}

interface FoundState<Value> {
  /** Null where there is none to go on from. */
  value: Value | null;
  damage: 'recovered' | 'lost' | null;
}

/** What is stored under a key; what can't be gone on from is set aside, for it is written over soon. */
export async function findWatchState<Value>(
  format: StoredFormat<Value>,
  store: Pick<StateStore, 'read' | 'setAside'>,
  key: string,
): Promise<FoundState<Value>> {
  const item = await store.read(key);
  if (!item) return { value: null, damage: null };
  const value = readWatchState(format, item.value);
  if (value) return { value, damage: item.recovered ? 'recovered' : null };
  // Where the disk refuses that too, it is written over: a watch has to go on.
  await store.setAside(key).catch(() => undefined);
  return { value: null, damage: 'lost' };
}

/**
 * What is stored, or null for what this version can't go on from: damage, and the state of a later version. A watch that
 * begins anew and says so is worth more than one that stands still.
 */
function readWatchState<Value>(format: StoredFormat<Value>, stored: unknown): Value | null {
  const reading = readStored(format, stored);
  return reading.unreadable === null ? reading.value : null;
}

/** Jobs that were told to their end or taken away are remembered, so that they are not taken for new ones. */
const REMEMBERED_JOBS = 1000;

type RootJobs = Pick<WatchRoot, 'added' | 'removed' | 'done' | 'doneUntil'>;

const without = (ids: readonly string[], jobId: string) => ids.filter((id) => id !== jobId);

/** A message has added the job. */
export function withAdded(root: RootJobs, jobId: string): Partial<RootJobs> {
  return {
    added: [...without(root.added, jobId), jobId],
    removed: without(root.removed, jobId),
    done: without(root.done, jobId),
  };
}

/** A message has taken it away. */
export function withRemoved(root: RootJobs, jobId: string): Partial<RootJobs> {
  return {
    added: without(root.added, jobId),
    removed: [...without(root.removed, jobId), jobId].slice(-REMEMBERED_JOBS),
  };
}

/** It was told to its end, and until when: the platform's instant, ms since the epoch. */
export function withDone(root: RootJobs, jobId: string, until: number): Partial<RootJobs> {
  const done = [...without(root.done, jobId), jobId].slice(-REMEMBERED_JOBS);
  const known = byId({ ...root.doneUntil, [jobId]: until });
  const doneUntil = byId<number>();
  for (const id of done) if (id in known) doneUntil[id] = known[id]!;
  return { added: without(root.added, jobId), done, doneUntil };
}

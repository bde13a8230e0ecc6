import * as v from 'valibot';
import { askedAt, requestedStops, type StopsOfJob } from '../../runs/evidence/requested-stops';
import { inBackground, onAbort } from '../../api/errors/guard';
import type { Budget } from '../../api/limits/budget';
import { storedById } from '../../runs/tasks/by-id';
import type { StoredFormat } from '../../runs/tasks/stored-format';
import type { NodeHost } from '../definition/definition';
import { createDurableItems, type DurableItem } from '../state/durable-items';
import { retryStoring } from '../state/first-write';
import { openStateStore, rewriteMissingState } from '../state/state-place';

/** The stops of one job, as they are kept. */
interface StoredStops {
  origin: string;
  jobId: string;
  stops: StopsOfJob;
}

const stopsFormat: StoredFormat<StoredStops> = {
  migrations: [],
  schema: v.object({
    origin: v.string(),
    jobId: v.string(),
    stops: storedById(
      v.union([
        v.number(),
        v.object({
          at: v.number(),
          started: v.optional(v.number()),
          unanswered: v.optional(v.literal(true)),
          inProgress: v.optional(v.literal(true)),
        }),
      ]),
    ),
  }),
};

/** One folder for all platform nodes: what was stopped does not depend on which platform node stays in the flows. */
const FOLDER = 'requested-stops';
/** A run that was asked to stop longer ago (ms) has ended long since. */
const LONGEST_KEPT = 30 * 24 * 3_600_000;
const JOBS_KEPT = 1_000;
/** Until a folder that can't be read is tried again, ms. */
const RETRY = 30_000;

/** What the platform node provides for durable state. */
export type StorageHost = Pick<
  NodeHost<never>,
  'settings' | 'warn' | 'clock' | 'signal' | 'handedOver' | 'background'
>;

/**
 * Stores which runs were asked to stop, so that a run that ends after a restart is still reported as stopped. Resolves
 * when the stops of before the restart have been read.
 */
export async function storeStops(host: StorageHost, origin: string, budget: Budget): Promise<void> {
  const place = { id: FOLDER, settings: host.settings };
  const store = openStateStore(place);
  if (!store.durable) return;
  const stops = requestedStops({ budget });
  const storedItems = createDurableItems<StoredStops>(host, store, {
    prefix: 'stops:',
    format: stopsFormat,
    recurs({ jobId, stops: former }) {
      const all = stops.complete(jobId, former);
      if (all) inBackground(keep(jobId, all));
    },
  });
  const items = new Map<string, DurableItem<StoredStops>>();
  /** By job, those whose first write has not succeeded yet. */
  const unstored = new Map<string, AbortController>();

  const keyOf = (jobId: string) => `${origin} ${jobId}`;

  async function drop(jobId: string): Promise<void> {
    const item = items.get(jobId) ?? (await storedItems.find(keyOf(jobId)).catch(() => null))?.item;
    items.delete(jobId);
    unstored.get(jobId)?.abort();
    unstored.delete(jobId);
    await item?.remove();
  }

  async function dropOldest(): Promise<void> {
    const latest = ({ value }: DurableItem<StoredStops>) =>
      Math.max(...Object.values(value.stops).map(askedAt));
    const newestFirst = [...items.entries()].sort(([, a], [, b]) => latest(b) - latest(a));
    const tooOld = host.clock.now() - LONGEST_KEPT;
    // Where all are, nobody has stopped anything for so long, or this machine has started with a clock that is ahead.
    const isCertain = newestFirst.length > 0 && latest(newestFirst[0]![1]) >= tooOld;
    for (const [place, [jobId, item]] of newestFirst.entries()) {
      if (place >= JOBS_KEPT || (isCertain && latest(item) < tooOld)) await drop(jobId);
    }
  }

  async function keep(jobId: string, now: StopsOfJob): Promise<void> {
    const value = { origin, jobId, stops: now };
    const item = items.get(jobId);
    if (item) return void (await item.write(value));
    const added = storedItems.create(keyOf(jobId), value);
    items.set(jobId, added.item);
    // Dropped meanwhile, or stored.
    if ((await added.stored) || items.get(jobId) !== added.item) return;
    const dropped = new AbortController();
    unstored.set(jobId, dropped);
    retryStoring(host, async () => added.retry().stored, dropped.signal);
  }

  async function loadStored(): Promise<void> {
    await storedItems.resumeStored(({ item }) => {
      if (item.value.origin !== origin) return;
      items.set(item.value.jobId, item);
      stops.recall(item.value.jobId, item.value.stops);
    });
    // What the node before this one had no room for, and was still trying to write when it closed.
    const unstored = stops
      .all()
      .filter(
        ([jobId, known]) => JSON.stringify(items.get(jobId)?.value.stops ?? {}) !== JSON.stringify(known),
      );
    inBackground(dropOldest());
    for (const [jobId, known] of unstored) inBackground(keep(jobId, known));
  }

  async function loadLater(): Promise<void> {
    for (let done = false; !done;) {
      await host.clock.sleep(RETRY, host.signal);
      done = await loadStored().then(
        () => true,
        () => false,
      );
    }
  }

  onAbort(host.signal, stops.keepIn({ keep, drop }));
  onAbort(host.signal, () => rewriteMissingState(place));
  await loadStored().catch(() => host.background(loadLater));
}

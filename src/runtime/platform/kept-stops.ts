import * as v from 'valibot';
import { askedAt, requestedStops, type StopsOfJob } from '../../runs/evidence/requested-stops';
import { inBackground, onAbort } from '../../api/errors/guard';
import type { Budget } from '../../api/limits/budget';
import { storedById } from '../../runs/tasks/by-id';
import type { StoredFormat } from '../../runs/tasks/stored-format';
import type { NodeHost } from '../definition/definition';
import { createDurableItems, type DurableItem } from '../state/durable-items';
import { retryStoring } from '../state/first-write';
import { openStateStore, restoreState } from '../state/state-place';

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
        }),
      ]),
    ),
  }),
};

/** The one folder for all platform nodes beside those of the nodes: what was stopped does not hang on which node stays. */
const FOLDER = 'requested-stops';
/** What was asked to stop longer ago (ms) has ended, or nobody asks any more how. */
const LONGEST_KEPT = 30 * 24 * 3_600_000;
const JOBS_KEPT = 1_000;
/** Until a folder that can't be read is tried again, ms. */
const RETRY = 30_000;

/** What keeping needs of the platform node. */
export type KeepingHost = Pick<
  NodeHost<never>,
  'settings' | 'warn' | 'clock' | 'signal' | 'handedOver' | 'background'
>;

/**
 * Keeps which runs were asked to stop over a restart, so that an end that comes after it is still told as a stop. Resolves
 * when what was kept is known again.
 */
export async function keepStops(host: KeepingHost, origin: string, budget: Budget): Promise<void> {
  const place = { id: FOLDER, settings: host.settings };
  const store = openStateStore(place);
  if (!store.durable) return;
  const stops = requestedStops({ budget });
  const kept = createDurableItems<StoredStops>(host, store, { prefix: 'stops:', format: stopsFormat });
  const items = new Map<string, DurableItem<StoredStops>>();
  /** By job, those that no write has succeeded of yet. */
  const unstored = new Map<string, AbortController>();

  const keyOf = (jobId: string) => `${origin} ${jobId}`;

  async function drop(jobId: string): Promise<void> {
    const item = items.get(jobId) ?? (await kept.find(keyOf(jobId)).catch(() => null))?.item;
    items.delete(jobId);
    unstored.get(jobId)?.abort();
    unstored.delete(jobId);
    await item?.forget();
  }

  async function dropOldest(): Promise<void> {
    const latest = ({ value }: DurableItem<StoredStops>) =>
      Math.max(...Object.values(value.stops).map(askedAt));
    const newestFirst = [...items.entries()].sort(([, a], [, b]) => latest(b) - latest(a));
    const tooOld = host.clock.now() - LONGEST_KEPT;
    for (const [place, [jobId, item]] of newestFirst.entries()) {
      if (place >= JOBS_KEPT || latest(item) < tooOld) await drop(jobId);
    }
  }

  async function keep(jobId: string, now: StopsOfJob): Promise<void> {
    const value = { origin, jobId, stops: now };
    const item = items.get(jobId);
    if (item) return void (await item.write(value));
    const begun = kept.begin(keyOf(jobId), value);
    items.set(jobId, begun.item);
    // Dropped meanwhile, or stored.
    if ((await begun.stored) || items.get(jobId) !== begun.item) return;
    const over = new AbortController();
    unstored.set(jobId, over);
    retryStoring(host, async () => begun.again().stored, over.signal);
  }

  async function recall(): Promise<void> {
    await kept.takeUp(({ item }) => {
      if (item.value.origin !== origin) return;
      items.set(item.value.jobId, item);
      stops.recall(item.value.jobId, item.value.stops);
    });
    inBackground(dropOldest());
  }

  async function recallLater(): Promise<void> {
    for (let done = false; !done;) {
      await host.clock.sleep(RETRY, host.signal);
      done = await recall().then(
        () => true,
        () => false,
      );
    }
  }

  onAbort(host.signal, stops.keepIn({ keep, drop }));
  onAbort(host.signal, () => restoreState(place));
  await recall().catch(() => host.background(recallLater));
}

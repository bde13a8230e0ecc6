import { randomUUID } from 'node:crypto';
import { inBackground } from '../../api/errors/guard';
import type { StateStore } from '../../runs/tasks/ports';
import { startDeadline, type Deadline, type KeptDeadline } from '../../runs/tasks/deadline';
import type { JobReading } from '../../runs/run/job-reading';
import type { Run } from '../../api/client/types';
import { oddEnds, unknownStatus } from '../../runs/run/run-state';
import { awaitEnd, type WaitEnd, type WaitRequest } from '../../runs/wait/wait';
import type { Control, NodeHost, Result, StatusText, InputContext } from '../definition/definition';
import { createDurableItems, type DurableItem } from '../state/durable-items';
import { removeWhenDelivered, sendUntilDelivered } from './until-delivered';
import { storeLater } from '../state/first-write';
import { waitWarnings } from '../state/durable-warnings';
import { unpackMessage } from '../state/stored-message';
import { sharedPolling } from '../platform/shared-polling';
import { createNodeOutage } from './node-outage';
import { processDeadlines } from './process-deadlines';
import { unfinishedStatus, endStatus } from '../status/end-status';
import { oddEndText, oddEndWarning } from '../status/odd-end';
import { createDoubtWarnings, unknownStatusText, unknownStatusWarning } from '../status/unknown-status';
import { waitFormat, type Release, type StoredWait, type WaitFields } from './wait-format';

export type { WaitFields } from './wait-format';

/** The waits of one node. */
interface DurableWaits {
  /** One message waiting. */
  start(context: InputContext<WaitFields>): AsyncGenerator<Result, StatusText | void, undefined>;
  stop(control: Control<WaitFields>): Promise<void>;
  stopAll(): Promise<void>;
  /** Goes on with what waited before a restart. May be called again when it rejects. */
  resume(): Promise<void>;
}

interface Waiting {
  key: string;
  request: WaitRequest;
  deadline: Deadline | null;
  stop: AbortController;
  /** Null when it can't be written at all; until it is stored, it is held in memory only. */
  item: DurableItem<StoredWait> | null;
  /** No first write is tried any more. */
  stopStoring(): void;
  /** The status of its job, where nobody knows it, or a run of which it is not known whether it has ended. */
  toldDoubt: string | null;
  /** What is shown of it in yellow. */
  doubt?: string | undefined;
  /** What is said of the wait itself on its message. */
  notes: Record<string, unknown>;
}

export function createDurableWaits(host: NodeHost<WaitFields>, store: StateStore): DurableWaits {
  const active = new Map<string, Waiting>();
  const outage = createNodeOutage(host);
  const doubtWarnings = createDoubtWarnings((sentence) => host.warn(sentence));
  const waits = createDurableItems<StoredWait>(host, store, {
    prefix: 'wait:',
    format: waitFormat,
    warnings: waitWarnings,
    isForeign: async ({ origin }) => origin !== (await host.connect()).origin,
  });
  const deadlines = processDeadlines(store);
  let resumed: Promise<void> = Promise.resolve();

  /** Stores the wait; where that is not possible it is held in memory, and the user is told. */
  async function storeWait(context: InputContext<WaitFields>, waiting: Waiting): Promise<void> {
    const message = waits.pack(context.message);
    if (!message) return;
    const { request } = waiting;
    const { origin } = context.connection;
    const begin = () =>
      waits.create(waiting.key, {
        origin,
        request,
        deadline: waiting.deadline?.kept ?? null,
        fields: context.fields,
        ...message,
        release: null,
      });
    let created: ReturnType<typeof begin> | null = null;
    const stored = await context.keep(() => (created = begin()));
    waiting.item = created!.item;
    if (!stored && store.durable) waiting.stopStoring = storeLater(host, context, () => created!.retry());
  }

  async function* wait(
    context: InputContext<WaitFields>,
    waiting: Waiting,
    isNew: boolean,
  ): AsyncGenerator<Result, StatusText | void, undefined> {
    const { key } = waiting;
    // From here on it can be stopped, while it is being written too.
    active.set(key, waiting);
    try {
      if (isNew && context.fields.durable) await storeWait(context, waiting);
      const { item } = waiting;
      let release = item?.value.release ?? null;
      if (release) waiting.notes.redelivered = true;
      else {
        release = releaseOf(waiting.request, await endOf(context, waiting));
        // Written before it is sent: a restart in between sends it again and says so.
        await item?.write({ ...item.value, release });
      }
      const { output, payload, rescale, status } = release;
      const inMemory = context.fields.durable && !item?.stored;
      const notes = { ...waiting.notes, ...(inMemory && { durable: false }) };
      const results = (again: boolean) => [
        { output, payload, rescale: { ...rescale, ...notes, ...(again && { redelivered: true }) }, status },
      ];
      if (!(yield* sendUntilDelivered(host, results))) return status;
      waiting.stopStoring();
      await item?.remove();
      return status;
    } finally {
      active.delete(key);
      if (!context.signal.aborted) deadlines.forget(key);
      outage.drop(key);
      doubtWarnings.note(waiting, null);
      waiting.stopStoring();
    }
  }

  async function keepDeadline({ item }: Waiting, deadline: KeptDeadline): Promise<void> {
    await item?.write({ ...item.value, deadline });
  }

  async function endOf(context: InputContext<WaitFields>, waiting: Waiting): Promise<WaitEnd> {
    try {
      return await awaitEnd(waiting.request, {
        polling: sharedPolling(context.connection, host.clock),
        clock: host.clock,
        signal: context.signal,
        stop: waiting.stop.signal,
        deadline: waiting.deadline,
        onDeadline: (deadline) => inBackground(keepDeadline(waiting, deadline)),
        onReading: (reading) => showDoubt(context, waiting, reading),
        onTrouble: (trouble) => outage.note(waiting.key, trouble),
      });
    } catch (error) {
      const { item } = waiting;
      if (!context.signal.aborted && item) context.afterwards(removeWhenDelivered(host, () => item.remove()));
      throw error;
    }
  }

  /** A run that may never come is waited for until the deadline, so the status says what makes it doubtful. */
  function showDoubt(context: InputContext<WaitFields>, waiting: Waiting, reading: JobReading): void {
    const { jobId } = reading;
    const status = reading.jobGone ? null : unknownStatus(reading.statuses);
    const allOdd = reading.jobGone ? [] : oddEnds(awaitedRuns(reading, waiting.request.runId));
    const [odd = null] = allOdd;
    const told = status ?? odd?.runId ?? null;
    if (told !== waiting.toldDoubt) {
      if (status !== null) doubtWarnings.note(waiting, unknownStatusWarning({ jobId, status }));
      else doubtWarnings.note(waiting, odd && oddEndWarning(jobId, odd.runId, odd.doubt));
    }
    waiting.toldDoubt = told;
    const atEnd = odd ? oddEndText(odd.runId, allOdd.length) : doubtOf(reading, waiting.request.runId);
    const doubt = status === null ? atEnd : unknownStatusText(status);
    const shown = doubt ? JSON.stringify(doubt) : undefined;
    if (shown === waiting.doubt) return;
    waiting.doubt = shown;
    context.trouble(doubt ?? null);
  }

  return {
    async *start(context) {
      const { scope, jobId, runId, interval, deadline, outcome, files } = context.fields;
      const { client } = context.connection;
      const waiting: Waiting = {
        key: randomUUID(),
        request: {
          jobId,
          runId: scope === 'run' ? (runId ?? null) : null,
          interval: interval * 1000,
          outcome,
          files,
        },
        deadline: deadline > 0 ? startDeadline(deadline * 1000, host.clock, client) : null,
        stop: new AbortController(),
        item: null,
        stopStoring() {},
        toldDoubt: null,
        notes: {},
      };
      deadlines.note(waiting.key, waiting.deadline);
      return yield* wait(context, waiting, true);
    },

    async stop(control) {
      await allWaitsActive();
      const jobId = await control.read('jobId');
      const runId = await control.read('runId');
      for (const { request, stop } of active.values()) {
        if (request.jobId === jobId && request.runId === (runId ?? null)) stop.abort();
      }
    },

    async stopAll() {
      await allWaitsActive();
      for (const { stop } of active.values()) stop.abort();
    },

    resume: () => (resumed = resumeStored()),
  };

  /** A stop is for every message that came before it, so it waits for what those wait for. */
  async function allWaitsActive(): Promise<void> {
    await resumed.catch(() => undefined);
    await host.connect();
  }

  function resumeStored(): Promise<void> {
    return waits.resumeStored(({ item }) => {
      const { key, value } = item;
      const message = unpackMessage(value.packed);
      if (!message) return 'unreadable';
      const notes: Record<string, unknown> = value.plain.length > 0 ? { notStored: value.plain } : {};
      const waiting = {
        key,
        request: value.request,
        deadline: deadlines.resume(key, value.deadline, host.clock),
        stop: new AbortController(),
        item,
        stopStoring() {},
        toldDoubt: null,
        notes,
      };
      active.set(key, waiting);
      host.resume(message, value.fields, (context) => wait(context, waiting, false));
      return undefined;
    });
  }
}

/** What is waited for, as far as it is listed. */
function awaitedRuns({ runs }: JobReading, runId: string | null): Iterable<Run> {
  const run = runId === null ? undefined : runs.get(runId);
  return runId === null ? runs.values() : run ? [run] : [];
}

/** A run that its job does not list though it lists others may be a slip, and a job without any status is a draft. */
function doubtOf(reading: JobReading, runId: string | null): StatusText | null {
  const { jobId, jobGone, complete, runs, statuses } = reading;
  if (jobGone || !complete) return null;
  if (runs.size === 0) {
    return statuses?.length === 0 ? { key: 'not-submitted', values: { jobId }, kind: 'trouble' } : null;
  }
  if (runId === null || runs.has(runId)) return null;
  return { key: 'run-not-listed', values: { runId }, kind: 'trouble' };
}

function releaseOf(request: WaitRequest, end: WaitEnd): Release {
  if (end.reason !== 'ended') {
    const { reason, payload } = end;
    return { output: 1, payload, rescale: { reason }, status: unfinishedStatus(reason) };
  }
  const { payload, state, outcome, summary, filesReady, progress, outcomes } = end;
  const rescale = {
    state,
    ...(outcome && { outcome }),
    ...(outcomes && { outcomes }),
    summary,
    ...(filesReady !== null && { filesReady }),
    ...(request.runId === null && { progress }),
  };
  const { jobId, runId } = request;
  const status = endStatus(runId === null ? { jobId } : { runId, state }, end);
  return { output: 0, payload, rescale, status };
}

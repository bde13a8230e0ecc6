import { randomUUID } from 'node:crypto';
import type { StateStore } from '../../runs/work/ports';
import { awaitEnd, type WaitEnd, type WaitRequest } from '../../runs/wait/wait';
import { reasonOf } from '../status/catalog';
import type { Control, NodeHost, Result, StatusText, Work } from '../definition/definition';
import { isRecord } from '../definition/messages';
import { createNodeOutage } from './node-outage';
import { sharedPoller } from '../platform/shared-poller';
import { packMessage, unpackMessage } from '../state/stored-message';

/** What the fields of the node say about one wait. */
export interface WaitFields {
  scope: 'run' | 'job';
  jobId: string;
  runId: string | undefined;
  /** Seconds. */
  interval: number;
  /** Seconds; 0 = none. */
  deadline: number;
  outcome: boolean;
  files: boolean;
  durable: boolean;
}

/** The waits of one node. */
export interface DurableWaits {
  /** One message waiting. */
  hold(work: Work<WaitFields>): AsyncGenerator<Result, StatusText | void, undefined>;
  stop(control: Control<WaitFields>): Promise<void>;
  stopAll(): Promise<void>;
  /** Takes up what waited before a restart. */
  resume(): Promise<void>;
}

/** What is on disk of a wait. */
interface StoredWait {
  origin: string;
  request: WaitRequest;
  fields: WaitFields;
  packed: string;
  /** Where the message lost a class. */
  plain: string[];
  /** Written before the message is sent on. */
  release: Release | null;
}

/** The part of a result that can be written. */
interface Release {
  output: 0 | 1;
  payload: unknown;
  rescale: Record<string, unknown>;
  status: StatusText;
}

interface Waiting {
  key: string;
  request: WaitRequest;
  stop: AbortController;
  stored: StoredWait | null;
  /** What is said of the wait itself on its message. */
  notes: Record<string, unknown>;
}

const PREFIX = 'wait:';

export function createDurableWaits(host: NodeHost<WaitFields>, store: StateStore): DurableWaits {
  const open = new Map<string, Waiting>();
  const outage = createNodeOutage(host);
  let warned = false;
  let takenUp: Promise<void> = Promise.resolve();

  /** Writes the wait down; when that can't be done it is held in memory, and the user is told. */
  async function keep(work: Work<WaitFields>, waiting: Waiting): Promise<void> {
    const message = packMessage(work.message);
    if ('unstorable' in message) {
      waiting.notes.durable = false;
      host.warn({ key: 'wait-in-memory', values: { why: { key: message.unstorable } } });
      return;
    }
    const stored: StoredWait = {
      origin: work.connection.origin,
      request: waiting.request,
      fields: work.fields,
      packed: message.packed,
      plain: message.plain,
      release: null,
    };
    if (!(await write(waiting.key, stored))) {
      waiting.notes.durable = false;
      return;
    }
    waiting.stored = stored;
    work.suspendOnClose();
  }

  async function write(key: string, stored: StoredWait): Promise<boolean> {
    if (!store.durable) {
      if (!warned) host.warn({ key: 'wait-not-durable' });
      warned = true;
      return false;
    }
    try {
      await store.write(key, stored);
      return true;
    } catch (error) {
      host.warn({ key: 'wait-not-stored', values: { reason: reasonOf(error) } });
      host.show('failed', { key: 'not-stored' });
      return false;
    }
  }

  /** The wait is over for its message all the same; what stays on disk is taken up again and says so. */
  async function forget(key: string): Promise<void> {
    try {
      await store.remove(key);
    } catch (error) {
      host.warn({ key: 'wait-not-removed', values: { reason: reasonOf(error) } });
    }
  }

  async function* wait(
    work: Work<WaitFields>,
    waiting: Waiting,
    isNew: boolean,
  ): AsyncGenerator<Result, StatusText | void, undefined> {
    const { key } = waiting;
    // From here on it can be stopped, while it is being written too.
    open.set(key, waiting);
    try {
      if (isNew && work.fields.durable) await keep(work, waiting);
      const { stored } = waiting;
      let release = stored?.release ?? null;
      if (release) waiting.notes.redelivered = true;
      else {
        release = releaseOf(waiting.request, await end(work, waiting));
        // Written before it is sent: a restart in between sends it again and says so.
        if (stored) await write(key, { ...stored, release });
      }
      const { output, payload, rescale, status } = release;
      yield { output, payload, rescale: { ...rescale, ...waiting.notes }, status };
      if (stored) await forget(key);
      return status;
    } finally {
      open.delete(key);
      outage.drop(key);
    }
  }

  async function end(work: Work<WaitFields>, waiting: Waiting): Promise<WaitEnd> {
    try {
      return await awaitEnd(waiting.request, {
        poller: sharedPoller(work.connection, host.clock),
        clock: host.clock,
        signal: work.signal,
        stop: waiting.stop.signal,
        onTrouble: (trouble) => outage.note(waiting.key, trouble),
      });
    } catch (error) {
      if (!work.signal.aborted && waiting.stored) await forget(waiting.key);
      throw error;
    }
  }

  return {
    async *hold(work) {
      const { scope, jobId, runId, interval, deadline, outcome, files } = work.fields;
      const waiting: Waiting = {
        key: PREFIX + randomUUID(),
        request: {
          jobId,
          runId: scope === 'run' ? (runId ?? null) : null,
          interval: interval * 1000,
          outcome,
          files,
          deadline: deadline > 0 ? host.clock.now() + deadline * 1000 : null,
        },
        stop: new AbortController(),
        stored: null,
        notes: {},
      };
      return yield* wait(work, waiting, true);
    },

    async stop(control) {
      await everyWaitIsOpen();
      const jobId = await control.read('jobId');
      const runId = await control.read('runId');
      for (const { request, stop } of open.values()) {
        if (request.jobId === jobId && request.runId === (runId ?? null)) stop.abort();
      }
    },

    async stopAll() {
      await everyWaitIsOpen();
      for (const { stop } of open.values()) stop.abort();
    },

    resume: () => (takenUp = takeUp()),
  };

  /** A stop is for every message that came before it, so it waits for what those wait for. */
  async function everyWaitIsOpen(): Promise<void> {
    await takenUp.catch(() => undefined);
    await host.connect();
  }

  async function takeUp(): Promise<void> {
    const keys = (await store.keys()).filter((key) => key.startsWith(PREFIX));
    if (keys.length === 0) return;
    const { origin } = await host.connect();
    let foreign = 0;
    let unreadable = 0;
    for (const key of keys) {
      // A message that came before the flows had started is here already, and may have left by now.
      const item = open.has(key) ? null : await store.read(key);
      if (!item || open.has(key)) continue;
      const stored = readStoredWait(item.value);
      const message = stored && unpackMessage(stored.packed);
      if (!stored || !message) {
        // Another version may be able to read it, so it is not thrown away.
        unreadable += 1;
        continue;
      }
      if (stored.origin !== origin) {
        foreign += 1;
        await forget(key);
        continue;
      }
      if (item.recovered) host.warn({ key: 'wait-recovered' });
      const notes: Record<string, unknown> = stored.plain.length > 0 ? { notStored: stored.plain } : {};
      const waiting = { key, request: stored.request, stop: new AbortController(), stored, notes };
      open.set(key, waiting);
      host.resume(message, stored.fields, (work) => wait(work, waiting, false));
    }
    if (foreign > 0) host.warn({ key: 'wait-foreign', values: { count: foreign } });
    if (unreadable > 0) host.warn({ key: 'wait-unreadable', values: { count: unreadable } });
  }
}

function releaseOf(request: WaitRequest, end: WaitEnd): Release {
  if (end.reason !== 'ended') {
    const status: StatusText = { key: end.reason === 'deadline' ? 'failed-deadline' : 'closed' };
    return { output: 1, payload: end.payload, rescale: { reason: end.reason }, status };
  }
  const { payload, state, outcome, summary, filesReady, progress } = end;
  const rescale = {
    state,
    ...(outcome && { outcome }),
    summary,
    ...(filesReady !== null && { filesReady }),
    ...(request.runId === null && { progress }),
  };
  const { jobId, runId } = request;
  const status: StatusText =
    runId === null ? { key: 'job-over', values: { jobId } } : { key: state, values: { runId } };
  return { output: 0, payload, rescale, status };
}

/** Null for what can't be one: state is a file that anything may have happened to. */
function readStoredWait(value: unknown): StoredWait | null {
  if (!isRecord(value) || typeof value.origin !== 'string' || typeof value.packed !== 'string') return null;
  const { request, fields, release } = value;
  if (!isRecord(request) || typeof request.jobId !== 'string' || typeof request.interval !== 'number')
    return null;
  if (request.runId !== null && typeof request.runId !== 'string') return null;
  if (request.deadline !== null && typeof request.deadline !== 'number') return null;
  if (!isRecord(fields) || typeof fields.jobId !== 'string') return null;
  const known = value as unknown as StoredWait;
  return {
    ...known,
    plain: Array.isArray(known.plain) ? known.plain : [],
    release:
      isRecord(release) && isRecord(release.rescale) && isRecord(release.status) ? known.release : null,
  };
}

import { randomUUID } from 'node:crypto';
import { inBackground } from '../../api/errors/guard';
import { followFile, type FollowEnd } from '../../runs/follow/follow-file';
import { startDeadline } from '../../runs/tasks/deadline';
import { startOfFollow } from '../../runs/follow/follow-state';
import { workingPath } from '../../runs/files/path-match';
import type { StateStore } from '../../runs/tasks/ports';
import type { Control, NodeHost, Result, StatusText, InputContext } from '../definition/definition';
import {
  unsentAfter,
  messagesOf,
  type FollowFields,
  type FollowProgress,
  type FollowReason,
} from './follow-format';
import { createSentMarks } from './sent-marks';
import { removeWhenDelivered, sendAllUntilDelivered, sendUntilDelivered } from './until-delivered';
import { showOddEnd } from '../status/odd-end';
import { createDoubtWarnings } from '../status/unknown-status';
import { closedError } from '../node/node-instance';
import { createFollowStore, type NewFollow } from './follow-store';
import { storeLater } from '../state/first-write';
import { createNodeOutage } from './node-outage';
import { processDeadlines } from './process-deadlines';
import type { Journals } from '../state/journal';
import { followEndStatus, nextBatch, followKey, startFollowing, type Following } from './following';

export type { FollowFields } from './follow-format';

/** The follows of one node. */
export interface DurableFollows {
  /** One message that starts following. */
  follow(context: InputContext<FollowFields>): AsyncGenerator<Result, StatusText | void, undefined>;
  stop(control: Control<FollowFields>): Promise<void>;
  stopAll(): Promise<void>;
  /** Goes on with what was followed before a restart. */
  resume(): Promise<void>;
  /** The node has closed. */
  close(): void;
}

type FollowOutcome = { reason: FollowReason } & Pick<FollowEnd, 'unread'>;

type Sending<Ending> = AsyncGenerator<Result, Ending, undefined>;

export function createDurableFollows(
  host: NodeHost<FollowFields>,
  store: StateStore,
  journals: Journals | null,
): DurableFollows {
  const active = new Map<string, Following>();
  const outage = createNodeOutage(host);
  const doubtWarnings = createDoubtWarnings((sentence) => host.warn(sentence));
  const follows = createFollowStore(host, store);
  const marks = createSentMarks(journals);
  const deadlines = processDeadlines(store);
  let resumed: Promise<void> | null = null;

  async function save(following: Following, progress: FollowProgress): Promise<void> {
    following.progress = progress;
    await following.storage?.write(progress);
  }

  /** Everything has been sent. Noted in the marks where possible, which costs a hundredth of writing the progress. */
  async function saveSent(following: Following): Promise<void> {
    const progress = { ...following.progress, unsent: null, perhapsSent: false };
    following.progress = progress;
    if (!following.storage || marks.note(progress.mark, progress.state)) return;
    await following.storage.write(progress);
  }

  /** From the stored position to the end of the follow. */
  async function* continueFollow(
    context: InputContext<FollowFields>,
    following: Following,
  ): Sending<StatusText> {
    let incomplete = false;
    try {
      const { unsent, perhapsSent } = following.progress;
      // A kill can have come between sending the end and forgetting the follow.
      const redelivered = following.progress.end !== null;
      // Written before it is sent, here as well: another kill can come in between.
      if (unsent && !perhapsSent) await save(following, { ...following.progress, perhapsSent: true });
      if (unsent) yield* send(context, following, perhapsSent);
      if (!redelivered) {
        const { reason, unread } = yield* sendNewLines(context, following);
        if (unread) host.report(unread, { ...context.message });
        incomplete = Boolean(unread);
        await save(following, { ...following.progress, end: reason });
      }
      const { end, state } = following.progress;
      const payload = { reason: end, lines: state.delivered, gaps: state.gaps };
      const rescale = { follow: { redelivered: true } };
      const endResults = (again: boolean) => [
        { output: 1, payload, ...((redelivered || again) && { rescale }) },
      ];
      const status = followEndStatus(end ?? 'completed', incomplete, state);
      if (!(yield* sendUntilDelivered(host, endResults))) return status;
      following.stopStoring();
      await following.storage?.remove();
      marks.forget(following.progress.mark);
      return status;
    } catch (error) {
      const { storage } = following;
      if (!context.signal.aborted && storage)
        context.afterwards(removeWhenDelivered(host, () => storage.remove()));
      if (!context.signal.aborted) marks.forget(following.progress.mark);
      throw error;
    } finally {
      active.delete(following.key);
      if (!context.signal.aborted) deadlines.forget(following.key);
      outage.drop(following.key);
      doubtWarnings.note(following, null);
      following.stopStoring();
    }
  }

  async function* sendNewLines(
    context: InputContext<FollowFields>,
    following: Following,
  ): Sending<FollowOutcome> {
    const { jobId, runId, path, encoding, interval } = context.fields;
    const request = { jobId, runId, path, encoding, interval: interval * 1000, deadline: following.deadline };
    const batches = followFile(context.client, request, following.progress.state, {
      clock: context.clock,
      trace: context.trace,
      signal: AbortSignal.any([context.signal, following.stop.signal]),
      progress: (fact) => context.progress?.(fact),
      trouble: (trouble) => outage.note(following.key, trouble),
      reading: showOddEnd(jobId, context, (sentence) => doubtWarnings.note(following, sentence)),
      onDeadline: (deadline) => inBackground(following.storage?.keepDeadline(deadline) ?? Promise.resolve()),
    });
    for (;;) {
      const next = await nextBatch(batches, following, context.signal);
      if (next === null) return { reason: 'stopped' };
      if (next.done) return next.value;
      const { state, ...batch } = next.value;
      const unsent = batch.lines.length > 0 || batch.gap ? batch : null;
      // Written before it is sent: after a kill in between it is sent again, and says so.
      await save(following, { ...following.progress, state, unsent, perhapsSent: true });
      if (unsent) yield* send(context, following, false);
    }
  }

  /** Sends what is unsent; what has not arrived when the node closes stays on disk for the next start. */
  async function* send(
    context: InputContext<FollowFields>,
    following: Following,
    redelivered: boolean,
  ): Sending<void> {
    const { unsent } = following.progress;
    if (!unsent) return;
    const messages = messagesOf(unsent, context.fields.emit);
    yield* sendAllUntilDelivered(
      host,
      messages,
      ({ payload, ...follow }, again) => ({
        payload,
        rescale: { follow: { ...follow, ...((redelivered || again) && { redelivered: true }) } },
      }),
      async ({ arrived, perhapsMore }) => {
        const left = unsentAfter(unsent, messages, arrived);
        if (!left) return saveSent(following);
        // What was perhaps sent before is so still, as far as it was not sent again.
        const perhapsSent = redelivered || perhapsMore;
        await save(following, { ...following.progress, unsent: left, perhapsSent });
      },
    );
  }

  return {
    async *follow(context) {
      const { fields } = context;
      // It may come before the flows have started, for a file that was followed before the restart.
      await resumeOnce();
      const request = { ...fields, path: workingPath(fields.path, fields) };
      const key = followKey(context.connection.origin, request);
      // Starting what is followed already changes nothing.
      if (active.has(key)) return;
      if (context.signal.aborted) throw closedError();
      const span = fields.deadline * 1000;
      const deadline = span > 0 ? startDeadline(span, host.clock, context.connection.client) : null;
      const progress: FollowProgress = {
        state: startOfFollow(fields.from),
        unsent: null,
        perhapsSent: false,
        end: null,
        mark: randomUUID(),
      };
      const following = startFollowing(key, request, deadline, progress, null);
      deadlines.note(key, deadline);
      active.set(key, following);
      try {
        // It is on disk all the same when its file could not be read yet; then it is taken up later.
        if (await follows.isStored(key)) {
          if (active.get(key) === following) active.delete(key);
          return;
        }
        if (fields.durable) await storeFollow(context, request, following);
      } catch (error) {
        active.delete(key);
        throw error;
      }
      return yield* continueFollow({ ...context, fields: request }, following);
    },

    async stop(control) {
      await allFollowsActive();
      const [jobId, runId] = [await control.read('jobId'), await control.read('runId')];
      const path = workingPath(await control.read('path'), { jobId, runId });
      for (const { target, progress, stop } of active.values()) {
        const matches = path === target.path || path === progress.state.path;
        if (matches && jobId === target.jobId && runId === target.runId) stop.abort(closedError());
      }
    },

    async stopAll() {
      await allFollowsActive();
      for (const { stop } of active.values()) stop.abort(closedError());
    },

    resume: resumeOnce,
    close: () => marks.close(),
  };

  /** Stores the follow before it starts; where that is not possible, it is held in memory only. */
  async function storeFollow(
    context: InputContext<FollowFields>,
    fields: FollowFields,
    following: Following,
  ): Promise<void> {
    const message = follows.pack(context.message);
    if (!message) return;
    const { key, deadline, progress } = following;
    const stored = {
      origin: context.connection.origin,
      fields,
      deadline: deadline?.kept ?? null,
      packed: message.packed,
    };
    const begin = () => follows.create(key, stored, progress);
    let created: NewFollow | null = null;
    const kept = await context.keep(() => (created = begin()));
    following.storage = created!.storage;
    if (!kept && store.durable) following.stopStoring = storeLater(host, context, () => created!.retry());
  }

  /** A stop is for every message that came before it, so it waits for what those wait for. */
  async function allFollowsActive(): Promise<void> {
    await resumeOnce().catch(() => undefined);
    await host.connect();
  }

  /** Before anything new is written: else a follow that a message has just started would be resumed as an old one. */
  function resumeOnce(): Promise<void> {
    return (resumed ??= resumeStored().catch((error: unknown) => {
      resumed = null;
      throw error;
    }));
  }

  async function resumeStored(): Promise<void> {
    // Interval, form and encoding are what the dialog says now, not what it said when the follow started.
    const current = {
      interval: await host.read('interval'),
      emit: await host.read('emit'),
      encoding: await host.read('encoding'),
    };
    await follows.resumeStored(({ key, stored, message, progress: written, storage }) => {
      const deadline = deadlines.resume(key, stored.deadline, host.clock);
      const isSent = written.unsent !== null && marks.has(written.mark, written.state);
      const progress = isSent ? { ...written, unsent: null, perhapsSent: false } : written;
      const following = startFollowing(key, stored.fields, deadline, progress, storage);
      active.set(key, following);
      host.resume(message, { ...stored.fields, ...current }, (context) => continueFollow(context, following));
    });
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { followFile, type FollowEnd, type FollowBatch } from '../../runs/follow/follow-file';
import { startOfFollow } from '../../runs/follow/follow-state';
import { workingPath } from '../../runs/files/path-match';
import type { StateStore } from '../../runs/tasks/ports';
import type { Control, NodeHost, Result, StatusText, InputContext } from '../definition/definition';
import { leftOf, piecesOf, type FollowFields, type FollowProgress, type FollowReason } from './follow-format';
import { createSentMarks } from './sent-marks';
import { forgetTold, sendAllUntilDelivered, sendUntilDelivered } from './until-delivered';
import { brokenOffStatus } from '../status/end-status';
import { closedError } from '../node/node-instance';
import { createFollowStore, type BeginningFollow, type FollowPlace } from './follow-store';
import { storeLater } from '../state/first-write';
import { createNodeOutage } from './node-outage';
import type { Journals } from '../state/journal';

export type { FollowFields } from './follow-format';

/** The follows of one node. */
export interface DurableFollows {
  /** One message that starts following. */
  follow(context: InputContext<FollowFields>): AsyncGenerator<Result, StatusText | void, undefined>;
  stop(control: Control<FollowFields>): Promise<void>;
  stopAll(): Promise<void>;
  /** Takes up what was followed before a restart. */
  resume(): Promise<void>;
  /** The node has closed. */
  close(): void;
}

interface Following {
  key: string;
  address: FollowAddress;
  stop: AbortController;
  until: number | null;
  progress: FollowProgress;
  /** Null when it can't be written at all; until it is stored, it is held in memory only. */
  place: FollowPlace | null;
  /** No first write is tried any more. */
  stopStoring(): void;
}

type FollowOutcome = { reason: FollowReason } & Pick<FollowEnd, 'unread'>;

type FollowAddress = Pick<FollowFields, 'jobId' | 'runId' | 'path'>;

type Sending<Ending> = AsyncGenerator<Result, Ending, undefined>;

export function createDurableFollows(
  host: NodeHost<FollowFields>,
  store: StateStore,
  journals: Journals | null,
): DurableFollows {
  const open = new Map<string, Following>();
  const outage = createNodeOutage(host);
  const follows = createFollowStore(host, store);
  const marks = createSentMarks(journals);
  let takenUp: Promise<void> | null = null;

  async function keep(following: Following, progress: FollowProgress): Promise<void> {
    following.progress = progress;
    await following.place?.write(progress);
  }

  /** Nothing is unsent any more. Noted beside the progress where it can be, for that costs a hundredth of writing it. */
  async function keepSent(following: Following): Promise<void> {
    const progress = { ...following.progress, unsent: null, perhapsSent: false };
    following.progress = progress;
    if (!following.place || marks.note(progress.mark, progress.state)) return;
    await following.place.write(progress);
  }

  /** From where the follow stands to its end. */
  async function* run(context: InputContext<FollowFields>, following: Following): Sending<StatusText> {
    let incomplete = false;
    try {
      const { unsent, perhapsSent } = following.progress;
      // A kill can have come between sending the end and forgetting the follow.
      const redelivered = following.progress.end !== null;
      // Written before it is sent, here as well: another kill can come in between.
      if (unsent && !perhapsSent) await keep(following, { ...following.progress, perhapsSent: true });
      if (unsent) yield* send(context, following, perhapsSent);
      if (!redelivered) {
        const { reason, unread } = yield* sendNewLines(context, following);
        if (unread) host.report(unread, { ...context.message });
        incomplete = Boolean(unread);
        await keep(following, { ...following.progress, end: reason });
      }
      const { end, state } = following.progress;
      const payload = { reason: end, lines: state.delivered, gaps: state.gaps };
      const rescale = { follow: { redelivered: true } };
      const told = (again: boolean) => [{ output: 1, payload, ...((redelivered || again) && { rescale }) }];
      const status = endStatus(end ?? 'completed', incomplete, state);
      if (!(yield* sendUntilDelivered(host, told))) return status;
      following.stopStoring();
      await following.place?.remove();
      marks.forget(following.progress.mark);
      return status;
    } catch (error) {
      const { place } = following;
      if (!context.signal.aborted && place) context.afterwards(forgetTold(host, () => place.remove()));
      if (!context.signal.aborted) marks.forget(following.progress.mark);
      throw error;
    } finally {
      open.delete(following.key);
      outage.drop(following.key);
      following.stopStoring();
    }
  }

  async function* sendNewLines(
    context: InputContext<FollowFields>,
    following: Following,
  ): Sending<FollowOutcome> {
    const { jobId, runId, path, encoding, interval } = context.fields;
    const request = { jobId, runId, path, encoding, interval: interval * 1000, until: following.until };
    const batches = followFile(context.client, request, following.progress.state, {
      clock: context.clock,
      trace: context.trace,
      signal: AbortSignal.any([context.signal, following.stop.signal]),
      progress: (fact) => context.progress?.(fact),
      trouble: (trouble) => outage.note(following.key, trouble),
    });
    for (;;) {
      const next = await nextBatch(batches, following, context.signal);
      if (next === null) return { reason: 'stopped' };
      if (next.done) return next.value;
      const { state, ...batch } = next.value;
      const unsent = batch.lines.length > 0 || batch.gap ? batch : null;
      // Written before it is sent: after a kill in between it is sent again, and says so.
      await keep(following, { ...following.progress, state, unsent, perhapsSent: true });
      if (unsent) yield* send(context, following, false);
    }
  }

  /** Sends what is unsent; what a close leaves over stays on disk for the next start. */
  async function* send(
    context: InputContext<FollowFields>,
    following: Following,
    redelivered: boolean,
  ): Sending<void> {
    const { unsent } = following.progress;
    if (!unsent) return;
    const pieces = piecesOf(unsent, context.fields.emit);
    yield* sendAllUntilDelivered(
      host,
      pieces,
      ({ payload, ...follow }, again) => ({
        payload,
        rescale: { follow: { ...follow, ...((redelivered || again) && { redelivered: true }) } },
      }),
      async ({ arrived, perhapsMore }) => {
        const left = leftOf(unsent, pieces, arrived);
        if (!left) return keepSent(following);
        // What was perhaps sent before is so still, as far as it was not sent again.
        const perhapsSent = redelivered || perhapsMore;
        await keep(following, { ...following.progress, unsent: left, perhapsSent });
      },
    );
  }

  return {
    async *follow(context) {
      const { fields } = context;
      // It may come before the flows have started, for a file that was followed before the restart.
      await takeUpOnce();
      const request = { ...fields, path: workingPath(fields.path, fields) };
      const key = keyOf(context.connection.origin, request);
      // Starting what is followed already changes nothing.
      if (open.has(key)) return;
      if (context.signal.aborted) throw closedError();
      const until = fields.deadline > 0 ? host.clock.now() + fields.deadline * 1000 : null;
      const progress: FollowProgress = {
        state: startOfFollow(fields.from),
        unsent: null,
        perhapsSent: false,
        end: null,
        mark: randomUUID(),
      };
      const following = startFollowing(key, request, until, progress, null);
      open.set(key, following);
      try {
        // It is on disk all the same when its file could not be read yet; then it is taken up later.
        if (await follows.stands(key)) {
          if (open.get(key) === following) open.delete(key);
          return;
        }
        if (fields.durable) await keepFollow(context, request, following);
      } catch (error) {
        open.delete(key);
        throw error;
      }
      return yield* run({ ...context, fields: request }, following);
    },

    async stop(control) {
      await everyFollowIsOpen();
      const [jobId, runId] = [await control.read('jobId'), await control.read('runId')];
      const path = workingPath(await control.read('path'), { jobId, runId });
      for (const { address, progress, stop } of open.values()) {
        const meant = path === address.path || path === progress.state.path;
        if (meant && jobId === address.jobId && runId === address.runId) stop.abort(closedError());
      }
    },

    async stopAll() {
      await everyFollowIsOpen();
      for (const { stop } of open.values()) stop.abort(closedError());
    },

    resume: takeUpOnce,
    close: () => marks.close(),
  };

  /** On disk from its beginning; when that can't be, it lives in memory only. */
  async function keepFollow(
    context: InputContext<FollowFields>,
    fields: FollowFields,
    following: Following,
  ): Promise<void> {
    const message = follows.pack(context.message);
    if (!message) return;
    const { key, until, progress } = following;
    const stored = { origin: context.connection.origin, fields, until, packed: message.packed };
    const begin = () => follows.begin(key, stored, progress);
    let begun: BeginningFollow | null = null;
    const kept = await context.keep(() => (begun = begin()));
    following.place = begun!.place;
    if (!kept && store.durable) following.stopStoring = storeLater(host, context, () => begun!.again());
  }

  /** A stop is for every message that came before it, so it waits for what those wait for. */
  async function everyFollowIsOpen(): Promise<void> {
    await takeUpOnce().catch(() => undefined);
    await host.connect();
  }

  /** Before anything new is written, so that nothing that a message starts is taken for what an earlier start left. */
  function takeUpOnce(): Promise<void> {
    return (takenUp ??= takeUp().catch((error: unknown) => {
      takenUp = null;
      throw error;
    }));
  }

  async function takeUp(): Promise<void> {
    // How often, in which form and encoding is what the dialog says now, whatever it said when the follow began.
    const changed = {
      interval: await host.read('interval'),
      emit: await host.read('emit'),
      encoding: await host.read('encoding'),
    };
    await follows.takeUp(({ key, stored, message, progress: written, place }) => {
      const isSent = written.unsent !== null && marks.has(written.mark, written.state);
      const progress = isSent ? { ...written, unsent: null, perhapsSent: false } : written;
      const following = startFollowing(key, stored.fields, stored.until, progress, place);
      open.set(key, following);
      host.resume(message, { ...stored.fields, ...changed }, (context) => run(context, following));
    });
  }
}

function startFollowing(
  key: string,
  { jobId, runId, path }: FollowAddress,
  until: number | null,
  progress: FollowProgress,
  place: FollowPlace | null,
): Following {
  const address = { jobId, runId, path };
  return { key, address, stop: new AbortController(), until, progress, place, stopStoring() {} };
}

/** Lines that are missing are a doubt, and so is a deadline: the file may go on. */
function endStatus(reason: FollowReason, incomplete: boolean, state: FollowProgress['state']): StatusText {
  if (reason === 'deadline') return brokenOffStatus(reason);
  const values = { count: state.delivered };
  if (incomplete || state.gaps > 0) return { key: 'lines-incomplete', values, kind: 'trouble' };
  return { key: 'lines', values, ...(reason === 'stopped' && { kind: 'idle' as const }) };
}

/** Null when the follow was stopped by a message. */
async function nextBatch(
  batches: AsyncGenerator<FollowBatch, FollowEnd>,
  following: Following,
  closing: AbortSignal,
): Promise<IteratorResult<FollowBatch, FollowEnd> | null> {
  try {
    return await batches.next();
  } catch (error) {
    if (following.stop.signal.aborted && !closing.aborted) return null;
    throw error;
  }
}

/** One follow for each file, whatever form of its path was given, and whatever else the node is set to. */
function keyOf(origin: string, { jobId, runId, path }: FollowAddress): string {
  return createHash('sha256').update([origin, jobId, runId, path].join('\n')).digest('hex');
}

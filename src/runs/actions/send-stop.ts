import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, kindOf, RescaleError } from '../../api/errors/errors';
import { pollOnce, pollUntil, retryTransient } from '../tasks/poll-until';
import type { SentStop } from '../evidence/sent-stop';
import type { TaskContext } from '../tasks/task-context';

/** What a stop is about: a run, of which `Seen` is the Run, or a job, of which it is the status. */
interface StopTarget<Seen> {
  /** Asks the platform to stop it. */
  send(): Promise<void>;
  /** Reads it: what was seen, null for nothing, and whether it is over. */
  read(options: CallOptions): Promise<{ seen: Seen | null; isOver: boolean }>;
  /** For those who tell how runs ended: whether it arrived is known, or is not to be known any more. */
  noted: Pick<SentStop, 'arrived' | 'lost'>;
  /** What it means that the platform said no, or something that is not the API's. Rejects unless it is stopped all the same. */
  refused(failure: unknown): Promise<StopSent<Seen>>;
  /** Its end was not seen in so many seconds. */
  late(seconds: number): RescaleError;
  /** Nobody can know whether the stop arrived. */
  unsettled(): RescaleError;
  /** It was sent, and what it is about can't be read any more. */
  unread(failure: RescaleError): RescaleError;
}

/** What became of a stop. */
export interface StopSent<Seen> {
  /** A stop was sent by this call, and not refused. */
  requested: boolean;
  /** Its end has been seen since. */
  confirmed: boolean;
  /** What was seen last, null for nothing. */
  seen: Seen | null;
}

export interface Confirmation {
  /** Wait until the end has been seen. */
  confirm: boolean;
  /** Milliseconds that the confirmation may take. */
  deadline: number;
}

/** What is read before a stop, to say more about it, may take so long (ms): money burns meanwhile. */
const LONGEST_READ_BEFORE = 10_000;
/** How long (ms) a lost answer is settled by reading when nobody asked for confirmation. */
const SETTLING = 10_000;
/** An end within so long (ms) of a stop whose answer was lost is the stop's doing; a later one may be anybody's. */
const ATTRIBUTED_WITHIN = 60_000;
const FIRST_LOOK = 1_000;
const LONGEST_PAUSE = 15_000;

/**
 * Carries out a stop, from what is read before it on, with nothing else going out until it is `sent`: money burns while it
 * waits, and each pause between its requests would else let others go first. The reads that confirm it are actions, too.
 */
export async function withHighestPriority<Done>(
  { budget }: Pick<RescaleClient, 'budget'>,
  context: TaskContext,
  stop: (context: TaskContext, sent: () => void) => Promise<Done>,
): Promise<Done> {
  const sent = budget.letActionsPass();
  try {
    return await stop({ ...context, priority: 'action' }, sent);
  } finally {
    sent();
  }
}

/**
 * Null for what could not be read: nothing that is said to a read keeps a stop from being sent, which does no harm where it was
 * not needed. Its own answer tells whether there is a job at all.
 */
export async function readBefore<Seen>(
  read: (options: CallOptions) => Promise<Seen>,
  context: TaskContext,
): Promise<Seen | null> {
  try {
    return await pollOnce((signal) => read({ ...context, signal }), LONGEST_READ_BEFORE, context);
  } catch (error) {
    if (!isRescaleError(error) || context.signal?.aborted) throw error;
    return null;
  }
}

/**
 * Sends a stop, once. It is a request: what was stopped goes on until it has been seen ended, which `confirm` waits for
 * (docs/platform.md). `before` is what was seen before.
 */
export async function sendStop<Seen>(
  target: StopTarget<Seen>,
  before: Seen | null,
  { confirm, deadline }: Confirmation,
  context: TaskContext,
): Promise<StopSent<Seen>> {
  try {
    await target.send();
    target.noted.arrived();
  } catch (failure) {
    if (kindOf(failure) !== 'unsettled') return target.refused(failure);
    return settle(
      target,
      failure as RescaleError,
      before,
      confirm ? deadline : Math.min(SETTLING, deadline),
      context,
    );
  }
  if (!confirm) return { requested: true, confirmed: false, seen: before };
  const { isOver, last } = await awaitEnd(target, deadline, context);
  if (isOver) return { requested: true, confirmed: true, seen: last };
  throw target.late(Math.round(deadline / 1000));
}

/**
 * False for an answer that is not the API's own, or a notice in its place, and for what was broken off: the stop may have been
 * carried out all the same. All else that is not unsettled was never sent, or said no.
 */
export function isRefused(failure: unknown): boolean {
  return isRescaleError(failure) && !['RESCALE_PROTOCOL', 'RESCALE_CLOSED'].includes(failure.code);
}

/** The failure of a stop as it is told: an answer that is not the API's leaves a doubt, which its own sentence says nothing of. */
export function stopFailure(failure: unknown): unknown {
  if (!isRescaleError(failure) || failure.code !== 'RESCALE_PROTOCOL') return failure;
  const reason = { key: failure.key, values: failure.values };
  return new RescaleError('RESCALE_PROTOCOL', 'stop-garbled', { reason }, failure.statusCode);
}

/** Nobody knows whether the stop arrived. It is not sent again; what it is about tells. */
async function settle<Seen>(
  target: StopTarget<Seen>,
  failure: RescaleError,
  before: Seen | null,
  timeout: number,
  context: TaskContext,
): Promise<StopSent<Seen>> {
  const attributed = Math.min(timeout, ATTRIBUTED_WITHIN);
  let { isOver, last } = await awaitEnd(target, attributed, context);
  if (isOver) target.noted.arrived();
  else {
    target.noted.lost();
    if (timeout > attributed)
      ({ isOver, last } = await awaitEnd(target, timeout - attributed, context, last));
  }
  if (isOver) return { requested: true, confirmed: true, seen: last };
  // Never readable since, or a plain 5xx: the first failure says it best.
  if ((last ?? before) === null || failure.code === 'RESCALE_SERVER') throw failure;
  throw target.unsettled();
}

async function awaitEnd<Seen>(
  target: StopTarget<Seen>,
  timeout: number,
  context: TaskContext,
  before: Seen | null = null,
): Promise<{ isOver: boolean; last: Seen | null }> {
  context.progress?.({ doing: 'confirming-stop', until: context.clock.now() + timeout });
  let last = before;
  const poll = retryTransient(async (signal) => {
    const { seen, isOver } = await target.read({ trace: context.trace, priority: 'action', signal });
    last = seen ?? last;
    return isOver || null;
  });
  const pauses = { first: FIRST_LOOK, longest: LONGEST_PAUSE, timeout };
  const isOver = await pollUntil(poll, pauses, context).catch((failure: unknown) => {
    // What is said to a look by itself says nothing of the stop, which was sent.
    throw isRescaleError(failure) && !context.signal?.aborted ? target.unread(failure) : failure;
  });
  return { isOver: isOver === true, last };
}

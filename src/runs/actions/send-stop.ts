import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, kindOf, RescaleError, type ErrorText } from '../../api/errors/errors';
import { isApiRefusal, isRefusal, unreadReason } from '../reading/diagnosis';
import { pollOnce, pollPastRefusals } from '../tasks/poll-until';
import type { SentStop, SinceStop } from '../evidence/sent-stop';
import type { TaskContext } from '../tasks/task-context';

/** What a stop is about: a run, of which `Seen` is the Run, or a job, of which it is the status. */
interface StopTarget<Seen> {
  /** Asks the platform to stop it. */
  send(): Promise<void>;
  /** Reads it: what was seen, null for nothing, and whether it is over. */
  read(options: CallOptions): Promise<{ seen: Seen | null; isOver: boolean }>;
  /** For those who tell how runs ended: whether it arrived is known, or is not to be known any more. */
  noted: SentStop;
  /** When what was seen ended, or began to stop; `before` where it does neither. */
  stopped(seen: Seen | null): SinceStop;
  /** Whether what was seen can be stopped and does not stop yet, as far as that shows. */
  goesOn(seen: Seen | null): boolean;
  /** What it means that the platform said no, or something that is not the API's. Rejects unless it needed no stop. */
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
  /** What was said to the stop, after which it has been seen carried out. */
  refused?: RescaleError;
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
  confirmation: Confirmation,
  context: TaskContext,
): Promise<StopSent<Seen>> {
  const { confirm, deadline } = confirmation;
  try {
    await target.send();
    target.noted.arrived();
  } catch (failure) {
    if (kindOf(failure) !== 'unsettled') return settleRefused(target, failure, before, confirmation, context);
    return settle(
      target,
      failure as RescaleError,
      before,
      confirm ? deadline : Math.min(SETTLING, deadline),
      context,
    );
  }
  return confirmed(target, { seen: before, isOver: false }, confirmation, context);
}

/**
 * False for an answer that is not the API's own, or a notice in its place, and for what was broken off: the stop may have been
 * carried out all the same. All else that is not unsettled was never sent, or said no.
 */
function isRefused(failure: unknown): boolean {
  return isRescaleError(failure) && !['RESCALE_PROTOCOL', 'RESCALE_CLOSED'].includes(failure.code);
}

/** The warning of a stop that was refused, and is seen to have been carried out. */
export function stoppedThoughRefused(
  jobId: string,
  runId: string | undefined,
  refusal: RescaleError,
): ErrorText {
  const reason = unreadReason(refusal);
  return runId === undefined
    ? { key: 'stop-job-refused-ended', values: { jobId, reason } }
    : { key: 'stop-refused-ended', values: { jobId, runId, reason } };
}

/**
 * The failure of a stop as it is told, of what was seen to go on: that it does is what counts. An answer that is not the API's
 * leaves a doubt, which its own sentence says nothing of.
 */
export function stopFailure(failure: unknown, jobId: string, runId?: string): unknown {
  if (!isRescaleError(failure)) return failure;
  const { code, statusCode } = failure;
  const reason = { key: failure.key, values: failure.values };
  if (code === 'RESCALE_PROTOCOL') return new RescaleError(code, 'stop-garbled', { reason }, statusCode);
  if (code !== 'RESCALE_REJECTED') return failure;
  return runId === undefined
    ? new RescaleError(code, 'stop-job-refused', { jobId, reason }, statusCode)
    : new RescaleError(code, 'stop-refused', { jobId, runId, reason }, statusCode);
}

/**
 * The answer was a no, which what stands before the platform can give to what was carried out, and the platform to a stop that it
 * repeats; or it was nobody's. What the stop was about tells: it has ended since, or goes on.
 */
async function settleRefused<Seen>(
  target: StopTarget<Seen>,
  failure: unknown,
  before: Seen | null,
  confirmation: Confirmation,
  context: TaskContext,
): Promise<StopSent<Seen>> {
  const { noted } = target;
  if (!isRefusal(failure) || context.signal?.aborted) {
    if (isRefused(failure) && !context.signal?.aborted) noted.refused();
    return target.refused(failure);
  }
  const isTaken = isAcceptance(failure);
  const span = confirmation.confirm && isTaken ? confirmation.deadline : SETTLING;
  const last = await look(target, Math.min(span, confirmation.deadline), isTaken, context);
  const since = last ? target.stopped(last.seen) : 'before';
  // Seen going on before, over now, and the answer was garbled rather than a no: the stop may well have done it.
  const isLikely = since === 'about' && !isRefused(failure) && before !== null;
  if (last && (since === 'after' || isLikely)) {
    noted.arrived();
    return { ...(await confirmed(target, last, confirmation, context)), refused: failure };
  }
  // A stop that was refused stops nothing, but an earlier one may: how the run ends is told by that.
  if (since === 'about') noted.lost();
  else if (isRefused(failure) && !context.signal?.aborted) noted.refused();
  return target.refused(failure);
}

/**
 * A yes in other words than the API's: `Accepted` with 202, a page or `null` with 200. Its end is as far away as that of a stop
 * that was answered in order, and a run that has not begun is stopped, too.
 */
function isAcceptance(failure: RescaleError): boolean {
  const { statusCode = 0 } = failure;
  return statusCode >= 200 && statusCode <= 299 && !isApiRefusal(failure);
}

/** What is seen to end, or to stop, within this time (ms); null for what goes on, or can't be read. */
async function look<Seen>(
  target: StopTarget<Seen>,
  timeout: number,
  isTaken: boolean,
  context: TaskContext,
): Promise<{ seen: Seen | null; isOver: boolean } | null> {
  // Whoever answers in the platform's place does so to a read as well, at the same moment.
  const poll = async (signal: AbortSignal) => {
    const last = await target.read({ trace: context.trace, priority: 'action', signal });
    const isSeen = isTaken ? target.stopped(last.seen) !== 'before' : !target.goesOn(last.seen);
    return last.isOver || isSeen ? last : null;
  };
  context.progress?.({ doing: 'confirming-stop', until: context.clock.now() + timeout });
  try {
    const pauses = { first: FIRST_LOOK, longest: LONGEST_PAUSE, timeout };
    return (await pollPastRefusals(poll, pauses, context)).seen;
  } catch (error) {
    if (!isRescaleError(error) || context.signal?.aborted) throw error;
    return null;
  }
}

/** It has arrived; its end is waited for if that is wanted. */
async function confirmed<Seen>(
  target: StopTarget<Seen>,
  { seen, isOver }: { seen: Seen | null; isOver: boolean },
  { confirm, deadline }: Confirmation,
  context: TaskContext,
): Promise<StopSent<Seen>> {
  if (isOver || !confirm) return { requested: true, confirmed: isOver, seen };
  const end = await awaitEnd(target, deadline, context);
  if (end.isOver) return { requested: true, confirmed: true, seen: end.last };
  if (end.refusal) throw target.unread(end.refusal);
  throw target.late(Math.round(deadline / 1000));
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
  let { isOver, last, refusal } = await awaitEnd(target, attributed, context);
  if (isOver) target.noted.arrived();
  else {
    target.noted.lost();
    if (timeout > attributed)
      ({ isOver, last, refusal } = await awaitEnd(target, timeout - attributed, context, last));
  }
  if (isOver) return { requested: true, confirmed: true, seen: last };
  if (refusal) throw target.unread(refusal);
  // Never readable since, or a plain 5xx: the first failure says it best.
  if ((last ?? before) === null || failure.code === 'RESCALE_SERVER') throw failure;
  throw target.unsettled();
}

async function awaitEnd<Seen>(
  target: StopTarget<Seen>,
  timeout: number,
  context: TaskContext,
  before: Seen | null = null,
): Promise<{ isOver: boolean; last: Seen | null; refusal: RescaleError | null }> {
  context.progress?.({ doing: 'confirming-stop', until: context.clock.now() + timeout });
  let last = before;
  const poll = async (signal: AbortSignal) => {
    const { seen, isOver } = await target.read({ trace: context.trace, priority: 'action', signal });
    last = seen ?? last;
    return isOver || null;
  };
  const pauses = { first: FIRST_LOOK, longest: LONGEST_PAUSE, timeout };
  try {
    const { seen, refusal } = await pollPastRefusals(poll, pauses, context);
    return { isOver: seen === true, last, refusal };
  } catch (failure) {
    // What is said to a look by itself says nothing of the stop, which was sent.
    throw isRescaleError(failure) && !context.signal?.aborted ? target.unread(failure) : failure;
  }
}

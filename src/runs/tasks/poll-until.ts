import { CALLED_OFF } from '../../api/errors/abort';
import { isRescaleError, type RescaleError } from '../../api/errors/errors';
import { onAbort, whenSettled } from '../../api/errors/guard';
import { STOOD_STILL } from '../../api/time/clock';
import type { TaskContext } from './task-context';

/** How often to poll, and for how long: milliseconds. */
interface PollPauses {
  first: number;
  longest: number;
  timeout: number;
}

const GROWTH = 1.5;
/** The last poll, at the deadline itself, gets this long (ms) for its requests. */
const LAST_LOOK = 30_000;

/**
 * Polls until the result is not null, with growing pauses: at least once, and once more at the deadline, also where the machine
 * stood still beyond it. Null when the deadline has passed. Each poll gets a signal that is aborted soon after the deadline, because one call
 * with its retries can take longer than what is left; a poll that is cut off that way counts as the deadline's.
 */
export async function pollUntil<Seen>(
  poll: (signal: AbortSignal) => Promise<Seen | null>,
  pauses: PollPauses,
  context: TaskContext,
  beforePause?: (milliseconds: number) => void,
): Promise<Seen | null> {
  const end = context.clock.monotonic() + pauses.timeout;
  for (let pause = pauses.first; ; pause = Math.min(pause * GROWTH, pauses.longest)) {
    const begun = context.clock.monotonic();
    const most = Math.max(end - begun, LAST_LOOK);
    const seen = await pollOnce(poll, most, context);
    if (seen !== null) return seen;
    const now = context.clock.monotonic();
    // What was under way meanwhile says nothing.
    if (now - begun - most >= STOOD_STILL) continue;
    const left = end - now;
    if (left <= 0) return null;
    const next = Math.min(pause, left);
    beforePause?.(next);
    await context.clock.sleep(next, context.signal);
  }
}

/** One poll that is cut off, as null, when it takes longer than `milliseconds`. */
export async function pollOnce<Seen>(
  poll: (signal: AbortSignal) => Promise<Seen | null>,
  milliseconds: number,
  context: TaskContext,
): Promise<Seen | null> {
  const timedOut = new AbortController();
  const over = new AbortController();
  const stopListening = onAbort(context.signal, () => timedOut.abort(context.signal?.reason));
  const isLate = () => timedOut.abort(new Error('deadline'));
  whenSettled(context.clock.sleep(milliseconds, over.signal), isLate, () => undefined);
  try {
    return await poll(timedOut.signal);
  } catch (error) {
    if (timedOut.signal.aborted && !context.signal?.aborted) return null;
    throw error;
  } finally {
    over.abort(CALLED_OFF);
    stopListening();
  }
}

/** Waits for a task that goes on by itself, but not longer than `milliseconds`. Never rejects. */
export async function awaitAtMost(
  task: Promise<unknown>,
  milliseconds: number,
  clock: TaskContext['clock'],
): Promise<void> {
  const over = new AbortController();
  const ended = [task, clock.sleep(milliseconds, over.signal)].map((one) => one.catch(() => undefined));
  await Promise.race(ended);
  over.abort();
}

/** Refusals in a row that end the polling; gateways answer anything at times (docs/platform.md). */
const CONFIRMATIONS = 3;

/**
 * Wraps a poll so that no transient error ends the polling: network faults and 5xx count as null, and a refusal
 * ends it only when it is repeated.
 */
export function retryTransient<Seen>(
  poll: (signal: AbortSignal) => Promise<Seen | null>,
): (signal: AbortSignal) => Promise<Seen | null> {
  let refusals = 0;
  return async (signal) => {
    try {
      const seen = await poll(signal);
      refusals = 0;
      return seen;
    } catch (error) {
      if (!isRescaleError(error) || signal.aborted) throw error;
      if (error.kind === 'transient') return null;
      // What a gateway, or a key that is being renewed, can answer once by mistake.
      refusals += 1;
      if (error.kind !== 'refused' || refusals >= CONFIRMATIONS) throw error;
      return null;
    }
  };
}

/**
 * As `pollUntil`, for what was asked for and goes on whatever is said to a look: no refusal ends it before the deadline, because a key
 * is renewed and a gateway mended meanwhile. Each is shown as what the next look waits for; with the one that still stood at the deadline.
 */
export async function pollPastRefusals<Seen>(
  poll: (signal: AbortSignal) => Promise<Seen | null>,
  pauses: PollPauses,
  context: TaskContext,
): Promise<{ seen: Seen | null; refusal: RescaleError | null }> {
  let refusal: RescaleError | null = null;
  const show = (error: RescaleError | null, wait: number) => context.trace?.onRetry?.(error, wait);
  const patient = async (signal: AbortSignal) => {
    const before = refusal;
    try {
      const seen = await poll(signal);
      refusal = null;
      if (before) show(null, 0);
      return seen;
    } catch (error) {
      if (!isRescaleError(error) || signal.aborted || error.kind === 'fatal') throw error;
      // No answer says nothing of whether it is refused still.
      if (error.kind === 'refused') refusal = error;
      return null;
    }
  };
  const seen = await pollUntil(patient, pauses, context, (wait) => refusal && show(refusal, wait));
  return { seen, refusal };
}

import { CALLED_OFF } from '../../api/errors/abort';
import { isRescaleError } from '../../api/errors/errors';
import { onAbort, whenSettled } from '../../api/errors/guard';
import type { TaskContext } from './task-context';

/** How often to look at something, and for how long: milliseconds. */
interface PollTimes {
  first: number;
  longest: number;
  patience: number;
}

const GROWTH = 1.5;
/** The last look, at the deadline itself, gets this long (ms) for its requests. */
const LAST_LOOK = 30_000;

/**
 * Looks until there is something to see, with growing pauses: at least once, and once more at the deadline.
 * Null when the deadline has passed. Each look gets a signal that ends soon after the deadline, because one call's
 * patience can be longer than what is left; a look that is cut off that way counts as the deadline's.
 */
export async function pollUntil<Seen>(
  look: (signal: AbortSignal) => Promise<Seen | null>,
  looks: PollTimes,
  context: TaskContext,
): Promise<Seen | null> {
  const end = context.clock.monotonic() + looks.patience;
  for (let pause = looks.first; ; pause = Math.min(pause * GROWTH, looks.longest)) {
    const seen = await pollOnce(look, Math.max(end - context.clock.monotonic(), LAST_LOOK), context);
    if (seen !== null) return seen;
    const left = end - context.clock.monotonic();
    if (left <= 0) return null;
    await context.clock.sleep(Math.min(pause, left), context.signal);
  }
}

/** One look that is cut off, as null, when it takes longer than `milliseconds`. */
export async function pollOnce<Seen>(
  look: (signal: AbortSignal) => Promise<Seen | null>,
  milliseconds: number,
  context: TaskContext,
): Promise<Seen | null> {
  const late = new AbortController();
  const over = new AbortController();
  const stopListening = onAbort(context.signal, () => late.abort(context.signal?.reason));
  const isLate = () => late.abort(new Error('deadline'));
  whenSettled(context.clock.sleep(milliseconds, over.signal), isLate, () => undefined);
  try {
    return await look(late.signal);
  } catch (error) {
    if (late.signal.aborted && !context.signal?.aborted) return null;
    throw error;
  } finally {
    over.abort(CALLED_OFF);
    stopListening();
  }
}

/** Waits for something that goes on by itself, but not longer than `milliseconds`. Never rejects. */
export async function awaitAtMost(
  going: Promise<unknown>,
  milliseconds: number,
  clock: TaskContext['clock'],
): Promise<void> {
  const over = new AbortController();
  const ended = [going, clock.sleep(milliseconds, over.signal)].map((one) => one.catch(() => undefined));
  await Promise.race(ended);
  over.abort();
}

/** Refusals in a row after which a wait believes them. */
const BELIEVED = 3;

/**
 * Wraps a look so that nothing that passes by itself ends the wait: network faults and 5xx count as nothing seen,
 * and a refusal ends it only when it is repeated (docs/platform.md: gateways answer anything at times).
 */
export function tolerant<Seen>(
  look: (signal: AbortSignal) => Promise<Seen | null>,
): (signal: AbortSignal) => Promise<Seen | null> {
  let refusals = 0;
  return async (signal) => {
    try {
      const seen = await look(signal);
      refusals = 0;
      return seen;
    } catch (error) {
      if (!isRescaleError(error) || signal.aborted) throw error;
      if (error.kind === 'transient') return null;
      // What a gateway, or a key that is being renewed, can answer once by mistake.
      refusals += 1;
      if (error.kind !== 'refused' || refusals >= BELIEVED) throw error;
      return null;
    }
  };
}

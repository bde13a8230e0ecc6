import { isRescaleError } from '../../api/errors/errors';
import { isRefusal } from '../reading/diagnosis';
import { fitWindow, LARGEST_WINDOW, type Delivery, type FollowState } from './follow-state';
import { readPart, readStream } from './follow-stream';
import { readCertain, readWindow, type Window } from './follow-window';
import type { LineBatch } from '../lines/log-lines';
import type { LogSource } from '../lines/log-source';
import type { Clock } from '../work/ports';

/** What a follow remembers between two looks, and can do without after a restart. */
export interface FollowNotes {
  /** The whole file is not read again before this instant (ms since the epoch). */
  wholeAfter: number;
  /** The line that was held back at the last look, and where; and the one that was looked into already. */
  held: string;
  settled: string;
}

export function startOfNotes(): FollowNotes {
  return { wholeAfter: 0, held: '', settled: '' };
}

const WIDENING = 8;
/** Bytes of a file up to which reading it whole costs less than looking with wider and wider windows. */
const SMALL = 1024 * 1024;
/** Bytes of a file up to which it is read whole to see whether its last line has an end. */
const SETTLED_UP_TO = 8 * 1024 * 1024;
/** Reading a file whole is paid for with a pause: a millisecond for so many bytes. Nothing is lost by it. */
const BYTES_PER_MILLISECOND = 1024;
/** Lines of an anchor that prove an offset. */
const PROOF = 16;

/** One look at a live log: what is new since the state, in order. Yields nothing when nothing is. */
export async function* readLive(
  state: FollowState,
  source: LogSource,
  notes: FollowNotes,
  clock: Clock,
): AsyncGenerator<Delivery> {
  const { window, delivery } = await lookForWindow(state, source, true);
  if (delivery) {
    if (delivery.lines.length > 0 || delivery.state !== state) {
      yield { ...delivery, state: fitWindow(delivery.state, delivery.lines.length) };
      return;
    }
    if (!isLastLineIdle(state, window, notes)) return;
  }
  if (clock.now() < notes.wholeAfter) return;
  let bytes = 0;
  const counted = async () => {
    const batches = await source.whole();
    return countBytes(batches, (size) => {
      bytes += size;
    });
  };
  try {
    let came = 0;
    for await (const each of readStream(state, counted, false)) {
      came += each.lines.length;
      yield { ...each, state: fitWindow(each.state, came) };
    }
  } catch (error) {
    if (!window || delivery || !isRefusal(error)) throw error;
    yield* readWithoutWhole(state, source);
  } finally {
    notes.wholeAfter = clock.now() + bytes / BYTES_PER_MILLISECOND;
  }
}

/** The lines are to be had but the file is not: what is certainly new goes out, with a gap before it. */
async function* readWithoutWhole(state: FollowState, source: LogSource): AsyncGenerator<Delivery> {
  const { window, delivery } = await lookForWindow(state, source, false);
  const certain = delivery ?? (window && readCertain(state, window));
  if (certain) yield { ...certain, state: fitWindow(certain.state, certain.lines.length) };
}

/** The rest of a log that will not grow any more, to its very last line. */
export async function* readToEnd(state: FollowState, source: LogSource): AsyncGenerator<Delivery> {
  if (state.fromNow) return;
  if (state.offset !== null && state.anchor.length >= PROOF) {
    const start = state.offset - state.sizes.reduce((sum, size) => sum + size, 0);
    const part = await source.part(start);
    if (part && (yield* readPart(state, part))) return;
  }
  if (state.position === null) {
    const { delivery } = await lookForWindow(state, source, false);
    if (delivery) {
      yield delivery;
      return;
    }
  }
  yield* readStream(state, () => source.whole(), true);
}

/** Looks with wider and wider windows until one tells, or until the whole file costs less. */
async function lookForWindow(
  state: FollowState,
  source: LogSource,
  wholeIfSmall: boolean,
): Promise<{ window: Window | null; delivery: Delivery | null }> {
  let window: Window | null = null;
  for (let asked = state.window; ; asked = Math.min(asked * WIDENING, LARGEST_WINDOW)) {
    try {
      window = { lines: await source.window(asked), asked, final: source.final };
    } catch (error) {
      // Lines so long that a window does not fit: the file is read as a stream.
      if (isRescaleError(error) && error.code === 'RESCALE_TOO_LARGE') return { window, delivery: null };
      throw error;
    }
    const delivery = readWindow(state, window);
    if (delivery) return { window, delivery };
    const cheaperWhole = wholeIfSmall && state.offset !== null && state.offset <= SMALL;
    if (asked >= LARGEST_WINDOW || cheaperWhole) return { window, delivery: null };
  }
}

/**
 * True once for a last line that is the same as at the look before: only the file itself shows whether it has an
 * end, and without that a log that stands still would keep its last words to itself.
 */
function isLastLineIdle(state: FollowState, window: Window | null, notes: FollowNotes): boolean {
  const last = window?.lines.at(-1);
  if (!last || state.ahead !== null || state.offset === null || state.offset > SETTLED_UP_TO) return false;
  const held = `${state.position} ${JSON.stringify(last.key())}`;
  const idle = notes.held === held && notes.settled !== held;
  notes.held = held;
  if (idle) notes.settled = held;
  return idle;
}

async function* countBytes(
  batches: AsyncIterable<LineBatch>,
  count: (bytes: number) => void,
): AsyncGenerator<LineBatch> {
  for await (const batch of batches) {
    count([...batch.lines, ...batch.rest].reduce((sum, line) => sum + line.bytes, 0));
    yield batch;
  }
}

import { isRescaleError } from '../../api/errors/errors';
import { isRefusal } from '../reading/diagnosis';
import { deliverLast, fitWindow, LARGEST_WINDOW, type LineDelivery, type FollowState } from './follow-state';
import { passOverStream, readPart, readStream, type WhenShort } from './follow-stream';
import { BYTES_PER_MILLISECOND, settleIdleLine, startOfIdleNotes, type IdleNotes } from './idle-line';
import { forgetGrowth, hasGrownUnseen, startOfGrowthNotes, type GrowthNotes } from './unseen-growth';
import { isWhole, readCertain, readWindow, type Window } from './follow-window';
import { sharpestKey, type LineKey } from '../lines/line-key';
import type { LinePiece, LineBatch } from '../lines/log-lines';
import type { LogSource } from '../lines/log-source';
import { isProvenWhole, learnCap, startOfCapNotes, type CapNotes } from './capped-tail';
import type { Clock } from '../tasks/ports';

/** What a follow remembers between two looks, and can do without after a restart. */
interface FollowNotes extends IdleNotes, GrowthNotes, CapNotes {
  /** The whole file is not read again before this (monotonic ms). */
  wholeAfter: number;
  /** Looks in a row at which nothing was new. */
  quiet: number;
}

export function startOfNotes(): FollowNotes {
  return { ...startOfIdleNotes(), ...startOfGrowthNotes(), ...startOfCapNotes(), wholeAfter: 0, quiet: 0 };
}

/** Lines of a window of a log that has fallen silent, at least. */
const QUIET_WINDOW = 24;
/** A window that did not tell is asked for again, twice as wide, and then wider and wider. */
const FIRST_WIDENING = 2;
const WIDENING = 4;
/** Lines of an anchor that prove an offset. */
const PROOF = 16;
/** Lines before the rest of a finished file that are read again to see that it is the file. */
const READ_AGAIN = 32;

/** One look at a live log: what is new since the state, in order. Yields nothing when nothing is. */
export async function* readLive(
  state: FollowState,
  source: LogSource,
  notes: FollowNotes,
  clock: Clock,
): AsyncGenerator<LineDelivery> {
  const { window, delivery: shown } = await lookForWindow(state, source, { orWhole: true, ...notes });
  const isNews = shown !== null && (shown.lines.length > 0 || shown.state !== state);
  const delivery = isNews && !(await isProvenWhole(state, window, source)) ? null : shown;
  if (delivery) {
    if (isNews) {
      notes.quiet = 0;
      forgetGrowth(notes);
      yield { ...delivery, state: fitWindow(state, delivery.state, delivery.lines.length) };
      return;
    }
    notes.quiet += 1;
    const idle = await settleIdleLine(state, window, source, notes, clock);
    if (idle === 'wait') {
      // Without the file itself there is nothing to be found out.
      if (clock.monotonic() < notes.wholeAfter) return;
      if (!(await hasGrownUnseen(state, window, source, notes, notes.quiet))) return;
    } else if (idle !== 'read') {
      yield deliverLast(state, idle.complete);
      return;
    }
  }
  if (clock.monotonic() < notes.wholeAfter) return;
  let bytes = 0;
  const counted = async () => {
    const batches = await source.whole();
    return countBytes(batches, (size) => {
      bytes += size;
    });
  };
  try {
    let came = 0;
    let isReplaced = false;
    if (state.fromNow) {
      yield { lines: [], gap: false, state: await passOverStream(state, await counted()) };
      return;
    }
    for await (const each of readStream(state, counted, false)) {
      came += each.lines.length;
      isReplaced ||= each.replaced === true;
      yield { ...each, state: fitWindow(state, each.state, came) };
    }
    if (!isReplaced) learnCap(state, window, notes);
  } catch (error) {
    if (!window || !isRefusal(error)) throw error;
    // With nothing new but a line that is perhaps complete, nothing is lost by waiting.
    if (!delivery) yield* readWithoutWhole(state, source);
  } finally {
    notes.wholeAfter = clock.monotonic() + bytes / BYTES_PER_MILLISECOND;
  }
}

/** The lines are to be had but the file is not: what is certainly new goes out, with a gap before it. */
async function* readWithoutWhole(state: FollowState, source: LogSource): AsyncGenerator<LineDelivery> {
  const { window, delivery } = await lookForWindow(state, source, { orWhole: false });
  const certain = delivery ?? (window && readCertain(state, window));
  if (certain) yield { ...certain, state: fitWindow(state, certain.state, certain.lines.length) };
}

/**
 * The rest of a log that will not grow any more, to its very last line. Returns `short` for one that ends before what was
 * consumed; told to wait, it has delivered nothing then.
 */
export async function* readToEnd(
  state: FollowState,
  source: LogSource,
  whenShort: WhenShort = 'take',
): AsyncGenerator<LineDelivery, 'read' | 'short'> {
  if (state.fromNow) return 'read';
  if (state.offset !== null && state.anchor.length >= PROOF) {
    const again = linesThatProve(state.anchor);
    const sizes = state.sizes.slice(-again);
    const start = state.offset - sizes.reduce((sum, size) => sum + size, 0);
    // Sizes of what came as text are an estimate, which can reach back beyond the beginning.
    const part = again > 0 && start >= 0 ? await source.part(start) : null;
    if (part && (yield* readPart({ ...state, sizes, anchor: state.anchor.slice(-again) }, part)))
      return 'read';
  }
  if (state.position === null) {
    const { delivery } = await lookForWindow(state, source, { orWhole: false });
    if (delivery) {
      yield delivery;
      return 'read';
    }
  }
  return yield* readStream(state, () => source.whole(), true, whenShort);
}

/**
 * How many lines before the rest are to be read again, so that one is among them that is found nowhere else: what repeats
 * itself proves no place, and the offset may be wrong, because bytes of lines that came as text are an estimate.
 */
function linesThatProve(anchor: readonly LineKey[]): number {
  const counts = new Map<number, number>();
  for (const key of anchor.map(sharpestKey)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const last = anchor.findLastIndex((key) => counts.get(sharpestKey(key)) === 1);
  // The first line of a part may be half a line.
  return last <= 0 ? 0 : Math.min(anchor.length, Math.max(READ_AGAIN, anchor.length - last + 1));
}

/** Looks with wider and wider windows until one tells, or until the whole file costs less. */
async function lookForWindow(
  state: FollowState,
  source: LogSource,
  { orWhole, quiet = 0, cap = Infinity }: { orWhole: boolean; quiet?: number; cap?: number },
): Promise<{ window: Window | null; delivery: LineDelivery | null }> {
  let window: Window | null = null;
  // A log that has fallen silent is looked at with less and less, as long as a window still shows its place.
  const first = Math.max(QUIET_WINDOW, Math.ceil(state.window / 2 ** Math.min(quiet, 16)));
  let widening = FIRST_WIDENING;
  const most = Math.min(LARGEST_WINDOW, cap);
  for (let asked = Math.min(first, state.window, most); ; asked = Math.min(asked * widening, most)) {
    if (window) widening = WIDENING;
    try {
      const lines = await source.window(asked);
      if (lines === null) return { window: null, delivery: null };
      window = { lines, asked, final: source.final, alone: !orWhole && !source.final };
    } catch (error) {
      // Lines so long that a window does not fit: the file is read as a stream.
      if (isRescaleError(error) && error.code === 'RESCALE_TOO_LARGE') return { window, delivery: null };
      throw error;
    }
    const delivery = readWindow(state, window);
    if (delivery) return { window, delivery };
    const cheaperWhole = orWhole && state.offset !== null && state.offset <= WIDENING * bytesOf(window.lines);
    if (asked >= most || cheaperWhole || isWhole(window)) return { window, delivery: null };
  }
}

function bytesOf(lines: readonly LinePiece[]): number {
  return lines.reduce((sum, line) => sum + line.bytes, 0);
}

async function* countBytes(
  batches: AsyncIterable<LineBatch>,
  count: (bytes: number) => void,
): AsyncGenerator<LineBatch> {
  for await (const batch of batches) {
    count(bytesOf([...batch.lines, ...batch.rest]));
    yield batch;
  }
}

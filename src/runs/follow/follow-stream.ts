import {
  atStartOfFile,
  deliver,
  deliverGap,
  deliverLast,
  goesOnAsDelivered,
  skipExisting,
  type LineDelivery,
  type FollowState,
} from './follow-state';
import { inFormOfFile } from './other-form';
import { isSameLine } from '../lines/line-key';
import { anchorSearch } from '../lines/line-window';
import { hasOtherEnds, startOfLastLine, type LinePiece, type LineBatch } from '../lines/log-lines';

/** Opens the file from its start, anew at each call. */
type OpenLines = () => Promise<AsyncIterable<LineBatch>>;

/** What is done about a finished file that ends before what was consumed: nothing yet, or it is taken as it is. */
export type WhenShort = 'wait' | 'take';

/**
 * What is new in a file that is read from its start to its end, in bounded memory: exact wherever the position is
 * known. Where it is not, the file is read once more after the last place that fits.
 * `final`: the file will not grow any more, so a last line without an end is a line. Returns `short` when such a file ends before
 * what was consumed; told to wait, it has delivered nothing then.
 */
export async function* readStream(
  state: FollowState,
  open: OpenLines,
  final: boolean,
  whenShort: WhenShort = 'take',
): AsyncGenerator<LineDelivery, 'read' | 'short'> {
  const outcome = yield* readInPlace(state, open, final);
  if (outcome === 'read' || (outcome === 'earlier view' && !final)) return 'read';
  // What was written after the last look is not in a file that ends before it.
  if (outcome === 'earlier view' && whenShort === 'take') yield deliverGap(state);
  if (outcome === 'earlier view') return 'short';
  const inForm = outcome === 'cut' ? null : await inFormOfFile(state, open);
  if (inForm && (yield* readAfter(inForm, await open(), inForm.position ?? 0, final, false)) === 'read')
    return 'read';
  const short = final && outcome !== 'other file';
  if (short && whenShort === 'wait') return 'short';
  // Another file has taken the place (see follow-window.ts); all of it is new.
  let last = { gap: false, state: atStartOfFile(state) };
  for await (const delivery of readAfter(last.state, await open(), 0, final, true)) {
    last = { gap: last.gap || delivery.gap, state: delivery.state };
    yield delivery;
  }
  // It is empty, so no line came that would have said it.
  if (final && !last.gap) yield deliverGap(last.state);
  return short ? 'short' : 'read';
}

type Outcome = 'read' | 'earlier view' | 'cut' | 'other file';

/** Reads after the position, or after the last place that fits; `nowhere` when none does. */
async function* readInPlace(
  state: FollowState,
  open: OpenLines,
  final: boolean,
): AsyncGenerator<LineDelivery, Outcome | 'nowhere'> {
  if (state.position !== null) return yield* readAfter(state, await open(), state.position, final, false);
  const { count, last } = await placesInStream(state, await open());
  if (last === null) return state.anchor.length > 0 ? 'nowhere' : 'other file';
  const placed = { ...state, position: last, offset: null };
  return yield* readAfter(placed, await open(), last, final, count > 1);
}

/**
 * The same for a part of the file that begins with the anchor, as a finished file can be read. Returns false without
 * having delivered anything when it does not.
 */
export async function* readPart(
  state: FollowState,
  batches: AsyncIterable<LineBatch>,
): AsyncGenerator<LineDelivery, boolean> {
  const outcome = yield* readAfter(state, batches, state.anchor.length, true, false);
  return outcome === 'read';
}

/**
 * Passes over `skip` lines, whose last ones must be the anchor, and delivers what follows. What ends before is an earlier view
 * where the lines that it has show that, and `cut` where it ends within a line or before all that could show it.
 */
async function* readAfter(
  start: FollowState,
  batches: AsyncIterable<LineBatch>,
  skip: number,
  final: boolean,
  gapBefore: boolean,
): AsyncGenerator<LineDelivery, Outcome> {
  const checked = Math.min(start.anchor.length, skip);
  let state = start;
  let gap = gapBefore;
  let skipped = 0;
  let skippedBytes = 0;
  let plain = true;
  const sizes: number[] = [];
  /** The last line so far, of which only what follows shows that it is complete. */
  let last: LinePiece[] = [];

  for await (const batch of batches) {
    let { lines, rest } = batch;
    if (plain && lines.some(hasOtherEnds)) {
      plain = false;
      state = { ...state, counted: false };
    }
    if (skipped < skip) {
      // A reader that ends lines elsewhere has consumed pieces of a line that has no end yet, too.
      const pieces = rest.length > 0 ? [...lines, ...rest] : lines;
      let passed = 0;
      for (; skipped < skip && passed < pieces.length; passed += 1) {
        const piece = pieces[passed]!;
        const back = skip - skipped;
        if (back <= checked) {
          const isSame = isSameLine(piece.key(), start.anchor[start.anchor.length - back]!);
          // The very last piece of a file that grows may be half written in this view of it.
          if (!isSame && piece !== rest.at(-1)) return 'other file';
          if (!isSame && final) return 'cut';
          if (!isSame) break;
          sizes.push(piece.bytes);
        }
        skipped += 1;
        skippedBytes += piece.bytes;
      }
      // The bytes of what came as text were an estimate; now they are known.
      if (skipped === skip && skip === start.position) {
        state = { ...state, offset: skippedBytes, sizes, counted: plain && start.offset === skippedBytes };
      }
      if (skipped < skip) continue;
      rest = rest.slice(Math.max(0, passed - lines.length));
      lines = lines.slice(passed);
    }
    lines = [...last, ...lines, ...(final ? rest : [])];
    if (!goesOnAsDelivered(state, lines[0])) return final && lines[0] === rest.at(-1) ? 'cut' : 'other file';
    const held = batch.rest.length > 0 ? lines.length : startOfLastLine(lines);
    last = lines.slice(held);
    lines = lines.slice(0, held);
    if (lines.length === 0) continue;
    const delivery = deliver(state, lines, gap);
    gap = false;
    state = delivery.state;
    yield delivery;
  }
  // Shorter than what was consumed: an earlier view of the same file, or cut to less than the anchor shows.
  if (skipped < skip) return skip - skipped < checked ? 'earlier view' : 'cut';
  if (last.length === 0) {
    const isCut = final && state.ahead !== null && state.ahead !== 'any';
    return isCut ? 'earlier view' : 'read';
  }
  if (final) yield deliver(state, last, gap);
  else if (state.ahead === null) yield deliverLast(state, last, gap);
  return 'read';
}

/** The state after all that is in the file now, of which nothing is delivered. */
export async function passOverStream(
  state: FollowState,
  batches: AsyncIterable<LineBatch>,
): Promise<FollowState> {
  let after = state;
  let held = false;
  for await (const batch of batches) {
    after = skipExisting(after, [...batch.lines, ...batch.rest.slice(0, -1)], false, true);
    held = batch.rest.length > 0;
  }
  return skipExisting(after, [], held, true);
}

/** How often the whole anchor is in the file, and after how many lines the last time. */
async function placesInStream(
  state: FollowState,
  batches: AsyncIterable<LineBatch>,
): Promise<{ count: number; last: number | null }> {
  const places = { count: 0, last: null as number | null };
  if (state.anchor.length === 0) return places;
  const search = anchorSearch(state.anchor);
  let line = 0;
  for await (const batch of batches) {
    for (const piece of [...batch.lines, ...batch.rest]) {
      line += 1;
      if (!search(piece.key())) continue;
      places.count += 1;
      places.last = line;
    }
  }
  return places;
}

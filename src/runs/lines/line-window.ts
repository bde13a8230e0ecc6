import { isSameLine, looseKey, sharpestKey, type LineKey } from './line-key';

/**
 * Where a window of the last N lines of a file lies, when all that is known is what its lines say
 * (docs/platform.md, tail: no offset, no size, no time; lines can repeat, be cut or jump by more than N).
 *
 * Lines are compared by their keys. A window is placed by looking for the `anchor`, the lines that were consumed last.
 * The answer is never a guess: a log that repeats itself fits in several places, and then all of them are told.
 */

/**
 * All places where the anchor can end in the window: numbers of window lines up to and including the anchor's last,
 * ascending. At the window's beginning a part of the anchor is enough, because the window may begin inside it.
 */
export function findAnchor(anchor: readonly LineKey[], window: readonly LineKey[]): number[] {
  if (anchor.length === 0 || window.length === 0) return [];
  const [known, seen] = [anchor.map(looseKey), window.map(looseKey)];
  const places = [...beginnings(known, seen), ...occurrences(known, seen)];
  return places.filter((place) => endsWithAnchor(anchor, window, place));
}

/** True when the lines up to a place are those of the anchor, as far as both reach. */
function endsWithAnchor(anchor: readonly LineKey[], lines: readonly LineKey[], place: number): boolean {
  const overlap = Math.min(place, anchor.length);
  for (let back = 1; back <= overlap; back += 1) {
    if (!isSameLine(lines[place - back]!, anchor[anchor.length - back]!)) return false;
  }
  return true;
}

/** Lengths, shorter than the anchor, of window beginnings that are endings of the anchor. */
function beginnings(anchor: readonly number[], window: readonly number[]): number[] {
  const pattern = window.slice(0, anchor.length - 1);
  const borders = bordersOf(pattern);
  let matched = 0;
  for (const hash of anchor) matched = step(pattern, borders, matched, hash);
  const lengths: number[] = [];
  for (; matched > 0; matched = borders[matched - 1]!) lengths.push(matched);
  return lengths.reverse();
}

/** Ends of whole anchors within the window. */
function occurrences(anchor: readonly number[], window: readonly number[]): number[] {
  const search = looseSearch(anchor);
  const ends: number[] = [];
  window.forEach((hash, index) => {
    if (search(hash)) ends.push(index + 1);
  });
  return ends;
}

function looseSearch(anchor: readonly number[]): (hash: number) => boolean {
  const borders = bordersOf(anchor);
  let matched = 0;
  return (hash) => {
    matched = step(anchor, borders, matched, hash);
    return matched === anchor.length;
  };
}

/** Takes a file line by line and says after which lines the whole anchor has just passed. */
export function anchorSearch(anchor: readonly LineKey[]): (key: LineKey) => boolean {
  const search = looseSearch(anchor.map(looseKey));
  /** The lines that passed last, so that a place is confirmed by all that is known of them. */
  const passed: LineKey[] = [];
  return (key) => {
    passed.push(key);
    if (passed.length > 2 * anchor.length) passed.splice(0, passed.length - anchor.length);
    return search(looseKey(key)) && endsWithAnchor(anchor, passed, passed.length);
  };
}

/** For each beginning of the pattern the length of its longest proper border (Knuth, Morris and Pratt). */
function bordersOf(pattern: readonly number[]): number[] {
  const borders: number[] = [];
  let length = 0;
  pattern.forEach((hash, index) => {
    if (index === 0) {
      borders.push(0);
      return;
    }
    while (length > 0 && pattern[length] !== hash) length = borders[length - 1]!;
    if (pattern[length] === hash) length += 1;
    borders.push(length);
  });
  return borders;
}

function step(pattern: readonly number[], borders: readonly number[], matched: number, hash: number): number {
  let length = matched;
  if (length === pattern.length && length > 0) length = borders[length - 1]!;
  while (length > 0 && pattern[length] !== hash) length = borders[length - 1]!;
  return pattern[length] === hash ? length + 1 : length;
}

/** Lines of overlap below which a single place is still not believed … */
const ENOUGH = 16;
/** … unless so many of them are found nowhere else. */
const ENOUGH_DISTINCT = 6;

/**
 * The number of window lines that were consumed already, null when that is not certain: the only place that fits,
 * with enough overlap, and with a line in it that is found once in the anchor and once in the window. What repeats
 * itself could as well have come again, further on than the window reaches.
 */
export function placeWindow(anchor: readonly LineKey[], window: readonly LineKey[]): number | null {
  const places = findAnchor(anchor, window);
  if (places.length !== 1) return null;
  const place = places[0]!;
  const overlap = Math.min(place, anchor.length);
  const distinct = distinctLines(anchor, window, place - overlap, place);
  return distinct >= (overlap >= ENOUGH ? 1 : ENOUGH_DISTINCT) ? place : null;
}

/** How many of the anchor's lines a window has to reach back over for its place to be believed. */
export function overlapNeeded(anchor: readonly LineKey[]): number {
  const counts = countsOf(anchor);
  const most = Math.min(anchor.length, ENOUGH);
  let distinct = 0;
  for (let back = 1; back <= most; back += 1) {
    if (counts.get(sharpestKey(anchor[anchor.length - back]!)) === 1) distinct += 1;
    if (distinct >= ENOUGH_DISTINCT) return back;
  }
  return ENOUGH;
}

/** Of the window lines from `from` up to `to` those that are found once in the anchor and once in the window. */
function distinctLines(
  anchor: readonly LineKey[],
  window: readonly LineKey[],
  from: number,
  to: number,
): number {
  const inAnchor = countsOf(anchor);
  const inWindow = countsOf(window);
  let distinct = 0;
  for (let index = from; index < to; index += 1) {
    const key = sharpestKey(window[index]!);
    if (inAnchor.get(key) === 1 && inWindow.get(key) === 1) distinct += 1;
  }
  return distinct;
}

function countsOf(keys: readonly LineKey[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys.map(sharpestKey)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** True when the lines before `position` of a file that begins with `lines` end like the anchor. */
export function anchorEndsAt(
  anchor: readonly LineKey[],
  lines: readonly LineKey[],
  position: number,
): boolean {
  return position <= lines.length && endsWithAnchor(anchor, lines, position);
}

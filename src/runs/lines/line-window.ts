/**
 * Where a window of the last N lines of a file lies, when all that is known is what its lines say
 * (rescale-platform.md 4, 19: no offset, no size, no time; lines can repeat, be cut or jump by more than N).
 *
 * Lines are compared by a hash. A window is placed by looking for the `anchor`, the lines that were consumed last.
 * The answer is never a guess: a log that repeats itself fits in several places, and then all of them are told.
 */

const TAB = 9;
const SPACE = 32;
const DELETE = 127;

/**
 * 53 bits of a line, as a number that JSON keeps. Only printable ASCII counts: the same line comes once as JSON and
 * once as raw bytes, and how the platform decodes what is not UTF-8, or ends lines, must make no difference. Lines
 * that differ in nothing else look alike, which makes a place unclear but never wrong.
 */
export function lineHash(line: string): number {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if ((code < SPACE && code !== TAB) || code >= DELETE) continue;
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & two) + (one >>> 0);
}

/**
 * All places where the anchor can end in the window: numbers of window lines up to and including the anchor's last,
 * ascending. At the window's beginning a part of the anchor is enough, because the window may begin inside it.
 */
export function findAnchor(anchor: readonly number[], window: readonly number[]): number[] {
  if (anchor.length === 0 || window.length === 0) return [];
  return [...beginnings(anchor, window), ...occurrences(anchor, window)];
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
  const search = anchorSearch(anchor);
  const ends: number[] = [];
  window.forEach((hash, index) => {
    if (search(hash)) ends.push(index + 1);
  });
  return ends;
}

/** Takes a file line by line and says after which lines the whole anchor has just passed. */
export function anchorSearch(anchor: readonly number[]): (hash: number) => boolean {
  const borders = bordersOf(anchor);
  let matched = 0;
  return (hash) => {
    matched = step(anchor, borders, matched, hash);
    return matched === anchor.length;
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

/** Lines of overlap below which a single place is still not believed. */
const ENOUGH = 16;

/**
 * The number of window lines that were consumed already, null when that is not certain: the only place that fits,
 * with enough overlap, and with a line in it that is found once in the anchor and once in the window. What repeats
 * itself could as well have come again, further on than the window reaches.
 */
export function placeWindow(anchor: readonly number[], window: readonly number[]): number | null {
  const places = findAnchor(anchor, window);
  if (places.length !== 1) return null;
  const place = places[0]!;
  const overlap = Math.min(place, anchor.length);
  if (overlap < ENOUGH) return null;
  return hasDistinctLine(anchor, window, place - overlap, place) ? place : null;
}

function hasDistinctLine(
  anchor: readonly number[],
  window: readonly number[],
  from: number,
  to: number,
): boolean {
  const inAnchor = countsOf(anchor);
  const inWindow = countsOf(window);
  for (let index = to - 1; index >= from; index -= 1) {
    const hash = window[index]!;
    if (inAnchor.get(hash) === 1 && inWindow.get(hash) === 1) return true;
  }
  return false;
}

function countsOf(hashes: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return counts;
}

/** True when the lines before `position` of a file that begins with `lines` end like the anchor. */
export function anchorEndsAt(anchor: readonly number[], lines: readonly number[], position: number): boolean {
  if (position > lines.length) return false;
  const overlap = Math.min(anchor.length, position);
  for (let back = 1; back <= overlap; back += 1) {
    if (lines[position - back] !== anchor[anchor.length - back]) return false;
  }
  return true;
}

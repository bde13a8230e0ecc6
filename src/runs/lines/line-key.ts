/**
 * What two views of one file have in common. The same line comes once as JSON from the platform's tail and once as raw
 * bytes, and nobody says how the platform decodes what is not UTF-8 (docs/platform.md, "Tail"). So a line has a loose
 * key, of its printable ASCII alone, by which places are searched fast, and, where it holds anything else, exact keys
 * by which a place that was found is confirmed.
 */

import { textEncoding } from '../files/text-encoding';

/**
 * A number is the key of a line of plain ASCII. Any other line has its loose key, whether its bytes are no UTF-8
 * (1), so that no decoding of them is known to be the platform's, and the exact keys of how it may be decoded. It
 * survives JSON.
 */
export type LineKey = number | readonly [loose: number, undecodable: 0 | 1, ...exact: number[]];

const TAB = 9;
const ESCAPE = 27;
const SPACE = 32;
const DELETE = 127;
const BRACKET = 91;
/** The letters of sequences that colour text or erase a line. */
const COLOURS = [0x6d, 0x4b];

/**
 * 53 bits of what is printable, as a number that JSON keeps; of its ASCII alone unless `all`. Without blanks and terminal colours,
 * which a tail may strip, expand or drop; those of before (former-line-key.ts) had them.
 */
export function lineHash(line: string, all = false, former = false): number {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code <= SPACE) {
      if (!former || (code < SPACE && code !== TAB)) continue;
    } else if (code >= DELETE) {
      if (!all || code === DELETE) continue;
    } else if (code === BRACKET && !former) {
      const end = endOfSequence(line, at);
      if (end > at) {
        at = end - 1;
        continue;
      }
    }
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & two) + (one >>> 0);
}

/** Where a sequence for a terminal ends that begins with this bracket; a tail may have dropped the escape before it. */
function endOfSequence(line: string, at: number): number {
  let end = at + 1;
  let code = line.charCodeAt(end);
  // Parameters are digits and signs.
  while (code >= SPACE && code < 0x40) code = line.charCodeAt((end += 1));
  const isKnown = line.charCodeAt(at - 1) === ESCAPE ? code >= 0x40 && code < DELETE : COLOURS.includes(code);
  return isKnown ? end + 1 : at;
}

/** The key of a line that the platform decoded. */
export function keyOfText(text: string, former = false): LineKey {
  const loose = lineHash(text, false, former);
  return isAscii(text) ? loose : [loose, 0, lineHash(text, true, former)];
}

/**
 * The key of a line of a file: it may be shown as UTF-8, as Latin 1 or as Windows has it. One that is no UTF-8 is told from
 * another such line by its bytes, whatever encoding somebody takes it for.
 */
export function keyOfBytes(bytes: Buffer, former = false): LineKey {
  const text = bytes.toString('utf8');
  const loose = lineHash(text, false, former);
  if (isAscii(text)) return loose;
  if (text.includes('\ufffd')) return [loose, 1, lineHash(bytes.toString('latin1'), true, former)];
  const shown = [text, bytes.toString('latin1'), textEncoding('windows-1252').decode(bytes)];
  const exact = [...new Set(shown.map((form) => lineHash(form, true, former)))];
  return [loose, 0, ...exact];
}

export function looseKey(key: LineKey): number {
  return typeof key === 'number' ? key : key[0];
}

/** What tells a line from others of its own view. */
export function sharpestKey(key: LineKey): number {
  return typeof key === 'number' ? key : (key[2] ?? key[0]);
}

/** Whether two keys can be of the same line, as far as both sides know it. */
export function isSameLine(one: LineKey, other: LineKey): boolean {
  if (looseKey(one) !== looseKey(other)) return false;
  if (typeof one === 'number' && typeof other === 'number') return true;
  const [oneOpen, otherOpen] = [isUndecodable(one), isUndecodable(other)];
  if (oneOpen !== otherOpen) return true;
  if (typeof one === 'number' || typeof other === 'number') return false;
  return one.slice(2).some((exact) => other.indexOf(exact, 2) >= 2);
}

function isUndecodable(key: LineKey): boolean {
  return typeof key !== 'number' && key[1] === 1;
}

export function isAscii(text: string): boolean {
  return !/[^\p{ASCII}]/u.test(text);
}

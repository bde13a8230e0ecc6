import { noteFault } from './guard';
import { keyForms, type KeyForm } from './key-forms';

/** What stands in place of a value that nobody may see. */
export const HIDDEN = '…';

/** Shorter values are no secrets, and would be found everywhere. */
const SHORTEST = 4;
/** So many letters and digits in a row are a part of a value that gives it away. */
const TELLING = 8;

/** Takes out of a text what nobody may see. */
export type Redact = (text: string) => string;

/**
 * Takes values out of texts of others, who may have cut them, or written them as JSON, HTML, in an address or with other
 * spaces. So letters and digits alone are compared, and a part that tells something of a value goes, too.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  return neverFailing(() => withoutForms(secrets, []));
}

/**
 * The words of others are shown beside what happened, and a fault in cutting them must not take its place: what can't be cut is
 * withheld as a whole.
 */
export function neverFailing(make: () => Redact): Redact {
  const redact = unlessFailing(make);
  return (text) => (redact && unlessFailing(() => redact(text))) ?? HIDDEN;
}

function unlessFailing<Made>(make: () => Made): Made | null {
  try {
    return make();
  } catch (fault) {
    // What it says may repeat what nobody may see; where it happened does not.
    const noted = new Error('Words of others could not be freed of secrets, and are withheld.');
    if (fault instanceof Error)
      noted.stack = [noted.message, ...(fault.stack?.match(/^ +at .*/gm) ?? [])].join('\n');
    noteFault(noted);
    return null;
  }
}

/** @param forms how else they may be written */
function withoutForms(secrets: readonly string[], forms: readonly KeyForm[]): Redact {
  const whole = secrets.filter((secret) => secret.length >= SHORTEST);
  if (whole.length === 0) return (text) => text;
  const parts: Parts = { whole: new Set(), beginnings: new Set(), lengths: [], shortest: TELLING };
  const odd: string[] = [];
  for (const secret of whole) {
    // What looks like an escape may be one, or stand for itself.
    const read = [lettersOf(secret, true), lettersOf(secret, false)].map(({ letters }) => letters);
    if (read.some((letters) => letters.length < SHORTEST)) odd.push(secret);
    for (const letters of new Set(read)) addParts(parts, { letters, telling: TELLING });
  }
  for (const form of forms) addParts(parts, form);
  for (const part of parts.whole) parts.beginnings.add(part.slice(0, parts.shortest));
  return (text) => withoutParts(withoutTexts(text, odd), parts);
}

/** What gives a secret away. */
interface Parts {
  whole: Set<string>;
  /** The first letters of each, as many as the shortest has: most of a text is nothing of the kind, and is soon passed over. */
  beginnings: Set<string>;
  lengths: number[];
  shortest: number;
}

function addParts(parts: Parts, { letters, telling }: KeyForm): void {
  if (letters.length < SHORTEST) return;
  const length = Math.min(letters.length, telling);
  for (let start = 0; start + length <= letters.length; start += 1)
    parts.whole.add(letters.slice(start, start + length));
  if (!parts.lengths.includes(length)) parts.lengths.push(length);
  parts.shortest = Math.min(parts.shortest, length);
}

/** A longer one before one that is a part of it. */
function withoutTexts(text: string, secrets: string[]): string {
  const longest = [...secrets].sort((one, other) => other.length - one.length);
  return longest.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
}

/** Keys are shorter nowhere, and shorter texts would be found everywhere. */
const SHORTEST_KEY = 6;
/**
 * Takes the API key out of what others say: as it is, escaped in whatever way and however often, and in every form of `keyForms`, of
 * whatever it stands in (`Token …`, `user:…`).
 */
export function createKeyRedactor(key: string): Redact {
  return key.length < SHORTEST_KEY ? (text) => text : neverFailing(() => withoutForms([key], keyForms(key)));
}

interface Letters {
  /** Letters and digits alone, in lower case. */
  letters: string;
  /** Where each of them begins and ends in the text. */
  spans: [start: number, end: number][];
}

/** A letter as it is, circled ones too, or as one of the escapes that there are. They may have been escaped once more on their way: `%2541`, `&amp;#65;`. */
const ESCAPES = new RegExp(
  [
    '&(?:amp;)*(?:#(?<decimal>\\d{1,6});?|#x(?<entity>[\\da-f]{1,5});?|[a-z]{2,6};)',
    '%(?:25)*(?:u(?<script>[\\da-f]{4})|(?<percent>[\\da-f]{2}))',
    '\\\\+(?:u\\{(?<braced>[\\da-f]{1,6})\\}|x\\{(?<perl>[\\da-f]{1,6})\\}|o\\{(?<octet>[0-7]{1,6})\\}' +
      '|u(?<unicode>[\\da-f]{4})|u(?<wide>000[\\da-f]{5})|x(?<hex>[\\da-f]{2})|(?<octal>[0-7]{2,4})|[nrtbfv"\'/]?)',
    'u\\+(?<point>[\\da-f]{4,6})',
    '[\\p{L}\\p{N}\\u24b6-\\u24e9]',
  ].join('|'),
  'giu',
);
const PLAIN = /[\p{L}\p{N}\u24b6-\u24e9]/gu;
/** Of the groups of `ESCAPES`; all others are hexadecimal. */
const BASES: Readonly<Record<string, number>> = { decimal: 10, octet: 8, octal: 8 };

function lettersOf(text: string, escaped: boolean): Letters {
  const found: Letters = { letters: '', spans: [] };
  for (const match of text.matchAll(escaped ? ESCAPES : PLAIN)) {
    const [written] = match;
    // Full-width letters, and those of formulas, are the plain ones in other clothes.
    for (const letter of decoded(written, match.groups).normalize('NFKC').toLowerCase()) {
      if (!/^[\p{L}\p{N}]$/u.test(letter)) continue;
      for (let unit = 0; unit < letter.length; unit += 1)
        found.spans.push([match.index, match.index + written.length]);
      found.letters += letter;
    }
  }
  return found;
}

function decoded(written: string, groups: Readonly<Record<string, string | undefined>> | undefined): string {
  if (written.length === 1 || !groups) return written;
  for (const [name, digits] of Object.entries(groups)) {
    if (digits === undefined) continue;
    return String.fromCodePoint(Math.min(Number.parseInt(digits, BASES[name] ?? 16), 0x10ffff));
  }
  // One that stands for no letter, such as `&quot;`.
  return /^[&%\\]/.test(written) ? '' : written;
}

function withoutParts(text: string, { whole, beginnings, lengths, shortest }: Parts): string {
  let left = text;
  for (const escaped of [true, false]) {
    const { letters, spans } = lettersOf(left, escaped);
    const hidden: [start: number, end: number][] = [];
    for (let start = 0; start + shortest <= letters.length; start += 1) {
      if (!beginnings.has(letters.slice(start, start + shortest))) continue;
      for (const length of lengths) {
        // At the end of the text there may be less, which may be a shorter part, and is found as such.
        if (start + length > letters.length || !whole.has(letters.slice(start, start + length))) continue;
        const [from, to] = [spans[start]![0], spans[start + length - 1]![1]];
        const last = hidden.at(-1);
        if (last && from <= last[1]) last[1] = Math.max(last[1], to);
        else hidden.push([from, to]);
      }
    }
    left = without(left, hidden);
  }
  return left;
}

function without(text: string, hidden: readonly [start: number, end: number][]): string {
  let left = '';
  let at = 0;
  for (const [from, to] of hidden) {
    left += text.slice(at, from) + HIDDEN;
    at = to;
  }
  return left + text.slice(at);
}

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
  const whole = secrets.filter((secret) => secret.length >= SHORTEST);
  if (whole.length === 0) return (text) => text;
  const parts = new Set<string>();
  const odd: string[] = [];
  for (const secret of whole) {
    // What looks like an escape may be one, or stand for itself.
    const forms = [lettersOf(secret, true), lettersOf(secret, false)].map(({ letters }) => letters);
    if (forms.some((form) => form.length < SHORTEST)) odd.push(secret);
    for (const form of forms) {
      if (form.length < SHORTEST) continue;
      const length = Math.min(form.length, TELLING);
      for (let start = 0; start + length <= form.length; start += 1)
        parts.add(form.slice(start, start + length));
    }
  }
  const lengths = [...new Set([...parts].map(({ length }) => length))];
  return (text) => withoutParts(withoutTexts(text, odd), parts, lengths);
}

/** A longer one before one that is a part of it. */
function withoutTexts(text: string, secrets: string[]): string {
  const longest = [...secrets].sort((one, other) => other.length - one.length);
  return longest.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
}

/** Keys are shorter nowhere, and shorter texts would be found everywhere. */
const SHORTEST_KEY = 6;
/** What base64 may have before the key: nothing, or the rest of what is written before it, which moves it by a byte or two. */
const BEFORE = ['', '.', '..'];

/**
 * Takes the API key out of what others say: as it is, escaped in whatever way and however often, in hexadecimal digits, and in base64
 * of whatever it stands in (`Token …`, `user:…`).
 */
export function createKeyRedactor(key: string): Redact {
  if (key.length < SHORTEST_KEY) return (text) => text;
  return createRedactor([
    key,
    Buffer.from(key).toString('hex'),
    ...BEFORE.map((before) => inBase64(key, before)),
  ]);
}

/** The characters that the key alone decides: of those at its ends some bits belong to its neighbours. */
function inBase64(key: string, before: string): string {
  const bytes = Buffer.from(before + key);
  const first = Math.ceil((before.length * 8) / 6);
  return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
}

interface Letters {
  /** Letters and digits alone, in lower case. */
  letters: string;
  /** Where each of them begins and ends in the text. */
  spans: [start: number, end: number][];
}

/** Escapes may have been escaped once more on their way: `%2541`, `&amp;#65;`, `\\\\u0041`. */
const ESCAPES =
  /&(?:amp;)*(?:#(\d{1,6})|#x([\da-f]{1,5})|[a-z]{2,6});|%(?:25)*([\da-f]{2})|\\+(?:u([\da-f]{4})|x([\da-f]{2})|[nrtbfv"'/]?)|[\p{L}\p{N}]/giu;
const PLAIN = /[\p{L}\p{N}]/gu;

function lettersOf(text: string, escaped: boolean): Letters {
  const found: Letters = { letters: '', spans: [] };
  for (const match of text.matchAll(escaped ? ESCAPES : PLAIN)) {
    const [written, decimal, ...hex] = match;
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex.find(Boolean) ?? '', 16);
    const decoded = Number.isNaN(code) ? written : String.fromCodePoint(Math.min(code, 0x10ffff));
    if (!/^[\p{L}\p{N}]$/u.test(decoded)) continue;
    // Some letters have several in lower case.
    for (const letter of decoded.toLowerCase()) {
      for (let unit = 0; unit < letter.length; unit += 1)
        found.spans.push([match.index, match.index + written.length]);
      found.letters += letter;
    }
  }
  return found;
}

function withoutParts(text: string, parts: ReadonlySet<string>, lengths: readonly number[]): string {
  let left = text;
  for (const escaped of [true, false]) {
    const { letters, spans } = lettersOf(left, escaped);
    const hidden: [start: number, end: number][] = [];
    for (let start = 0; start < letters.length; start += 1) {
      for (const length of lengths) {
        if (!parts.has(letters.slice(start, start + length))) continue;
        const [from, to] = [spans[start]![0], spans[start + length - 1]![1]];
        const last = hidden.at(-1);
        if (last && from <= last[1]) last[1] = Math.max(last[1], to);
        else hidden.push([from, to]);
      }
    }
    for (const [from, to] of hidden.reverse()) left = left.slice(0, from) + HIDDEN + left.slice(to);
  }
  return left;
}

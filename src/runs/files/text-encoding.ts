import { RescaleError } from '../../api/errors/errors';
import { offeredEncodings } from './offered-encodings';

/** How the bytes of a file are text, and where its lines end. */
export interface TextEncoding {
  /** The name of the WHATWG Encoding Standard, such as `utf-8` or `shift_jis`. */
  readonly name: string;
  /** Bytes of the smallest unit: a line end is a whole unit at a multiple of it from the file's start. */
  readonly unit: 1 | 2;
  readonly lineEnd: Buffer;
  /** A byte below 128 is that character, wherever it stands alone: text of ASCII alone can't have been decoded wrongly. */
  readonly keepsAscii: boolean;
  /** Whole lines to text. A mark of the byte order stays; what is no text becomes U+FFFD. */
  readonly decode: (bytes: Buffer) => string;
}

const LINE_FEED = 0x0a;

export const utf8: TextEncoding = {
  name: 'utf-8',
  unit: 1,
  lineEnd: Buffer.from('\n'),
  keepsAscii: true,
  decode: (bytes) => bytes.toString('utf8'),
};

const known = new Map<string, TextEncoding>([['utf-8', utf8]]);

/**
 * The encoding of this name, any label of the Encoding Standard (`latin1`, `sjis`, `utf-16`). Rejects with RESCALE_INPUT
 * what this Node.js does not know.
 */
export function textEncoding(label: string): TextEncoding {
  const found = known.get(label);
  if (found) return found;
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { ignoreBOM: true });
  } catch {
    throw new RescaleError('RESCALE_INPUT', 'input-choice', {
      field: 'encoding',
      value: label,
      choices: offeredEncodings.join(', '),
    });
  }
  const encoding = decoder.encoding === 'utf-8' ? utf8 : encodingOf(decoder);
  known.set(label, encoding);
  return encoding;
}

function encodingOf(decoder: TextDecoder): TextEncoding {
  const name = decoder.encoding;
  const wide = name.startsWith('utf-16');
  return {
    name,
    unit: wide ? 2 : 1,
    lineEnd: Buffer.from(!wide ? [10] : name === 'utf-16be' ? [0, 10] : [10, 0]),
    // ISO-2022-JP writes all in bytes below 128, and says by escapes what they are.
    keepsAscii: !wide && name !== 'iso-2022-jp',
    // In a stream, because Node.js 20 takes windows-1252 for ISO 8859-1 where it decodes at once.
    decode: (bytes) => decoder.decode(bytes, { stream: true }) + decoder.decode(),
  };
}

/** What the mark of the byte order at the start of a file says of it, whatever was told; null without one. */
export function markedEncoding(beginning: Buffer): TextEncoding | null {
  const [mark] = MARKS.find(([, bytes]) => beginning.subarray(0, bytes.length).equals(bytes)) ?? [];
  return mark === undefined ? null : textEncoding(mark);
}

const MARKS = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
] as const;

/** Where the next line end begins, -1 for none. `bytes` begin at a multiple of the unit. */
export function nextLineEnd(bytes: Buffer, { lineEnd, unit }: TextEncoding, from: number): number {
  if (unit === 1) return bytes.indexOf(LINE_FEED, from);
  let at = bytes.indexOf(lineEnd, from);
  while (at % unit > 0) at = bytes.indexOf(lineEnd, at + 1);
  return at;
}

/** Where the last line end that begins at or before `from` begins, -1 for none. `first`: offset in the file of `bytes`. */
export function lastLineEnd(
  bytes: Buffer,
  { lineEnd, unit }: TextEncoding,
  from: number,
  first: number,
): number {
  if (from < 0) return -1;
  if (unit === 1) return bytes.lastIndexOf(LINE_FEED, from);
  let at = bytes.lastIndexOf(lineEnd, from);
  while (at >= 0 && (first + at) % unit > 0) at = at === 0 ? -1 : bytes.lastIndexOf(lineEnd, at - 1);
  return at;
}

/** A mark of the byte order is no part of a text. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

import type { Contents } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import { nextLineEnd, utf8, withoutByteOrderMark, type TextEncoding } from '../files/text-encoding';
import { keyOfBytes, keyOfText, type LineKey } from './line-key';

/**
 * A piece of a line. Readers do not agree on where a line ends: files are cut at line feeds here, but the platform's
 * tail may cut where Python or Java cut, at a carriage return within a progress bar or at a form feed before a page
 * (docs/platform.md, "Tail"). So places are counted in pieces, which are the same for all of them, and pieces that
 * the source had in one line are handed on as one line.
 */
export interface LinePiece {
  text: string;
  /** Bytes in the file, its end included. For a line that came as text, what they most likely are. */
  bytes: number;
  /** What stands between this piece and the next one of the same line; null for the last piece of a line. */
  joint: string | null;
  /** `former`: as it was before (former-line-key.ts). */
  key(former?: boolean): LineKey;
}

/** Lines as they arrive. Only the last batch may have a rest: what follows the last line end. */
export interface LineBatch {
  lines: LinePiece[];
  /** Pieces of the line that has no end yet. */
  rest: LinePiece[];
}

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
/** Bytes of one line that are held in memory; more is not a log. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Where some reader ends a line: the ends of Python's splitlines, a superset of Java's. */
const END = '\\r\\n|[\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]';
const HAS_END = new RegExp(END);
const ENDS = new RegExp(END, 'g');

/** Lines of the platform's tail: texts without their ends. */
export function linesOfWindow(texts: readonly string[]): LinePiece[] {
  return texts.flatMap((text) => {
    return splitPieces(
      withoutByteOrderMark(withoutCarriageReturn(text)),
      Buffer.byteLength(text) + 1,
      keyOfText,
    );
  });
}

/** Lines of bytes; what follows the last line end is a line as well. */
export function linesOfBytes(bytes: Buffer, encoding = utf8): LinePiece[] {
  const { lines, from } = splitLines(bytes, encoding);
  return from < bytes.length ? [...lines, ...lineAt(bytes, from, bytes.length, encoding)] : lines;
}

/**
 * Cuts a file into lines while it arrives, in memory bounded by one chunk and one line.
 * Rejects with RESCALE_NETWORK when less arrives than was promised, so that a cut line is never taken for a line.
 */
export async function* readLines(
  contents: Contents,
  path: string,
  encoding = utf8,
): AsyncGenerator<LineBatch> {
  let rest: Buffer[] = [];
  let arrived = 0;
  for await (const chunk of contents.chunks) {
    arrived += chunk.length;
    // A line end of two bytes may come in two chunks.
    const mayEnd = chunk.includes(LINE_FEED) || rest.at(-1)?.at(-1) === LINE_FEED;
    const bytes = mayEnd && rest.length > 0 ? Buffer.concat([...rest, chunk]) : chunk;
    const { lines, from } = mayEnd ? splitLines(bytes, encoding) : { lines: [], from: 0 };
    if (!mayEnd) rest.push(chunk);
    else rest = from < bytes.length ? [bytes.subarray(from)] : [];
    if (sizeOf(rest) > LONGEST_LINE) {
      throw new RescaleError('RESCALE_TOO_LARGE', 'line-too-long', { path, limit: LONGEST_LINE });
    }
    if (lines.length > 0) yield { lines, rest: [] };
  }
  if (contents.bytes !== null && arrived < contents.bytes) {
    throw new RescaleError('RESCALE_NETWORK', 'download-broken', { path, times: 1 });
  }
  const last = Buffer.concat(rest);
  yield { lines: [], rest: last.length > 0 ? lineAt(last, 0, last.length, encoding) : [] };
}

/** The texts of whole lines, from pieces. */
export function joinPieces(pieces: readonly LinePiece[]): string[] {
  const texts: string[] = [];
  let begun = '';
  pieces.forEach(({ text, joint }, index) => {
    begun += text;
    if (joint !== null && index < pieces.length - 1) {
      begun += joint;
      return;
    }
    texts.push(begun);
    begun = '';
  });
  return texts;
}

/** Where the last line begins among the pieces. */
export function startOfLastLine(pieces: readonly LinePiece[]): number {
  let start = Math.max(0, pieces.length - 1);
  while (start > 0 && pieces[start - 1]!.joint !== null) start -= 1;
  return start;
}

/** All lines that have an end, and where the rest begins. */
function splitLines(bytes: Buffer, encoding: TextEncoding): { lines: LinePiece[]; from: number } {
  const lines: LinePiece[] = [];
  let from = 0;
  for (let end = nextLineEnd(bytes, encoding, 0); end >= 0; end = nextLineEnd(bytes, encoding, from)) {
    lines.push(...lineAt(bytes, from, end, encoding, encoding.unit));
    from = end + encoding.unit;
  }
  return { lines, from };
}

function lineAt(bytes: Buffer, from: number, end: number, encoding: TextEncoding, ending = 0): LinePiece[] {
  const whole = bytes.subarray(from, end);
  const size = end - from + ending;
  if (encoding.unit > 1) {
    const text = withoutByteOrderMark(withoutCarriageReturn(encoding.decode(whole)));
    return splitPieces(text, size, keyOfText);
  }
  const marked = whole.at(-1) === RETURN ? whole.subarray(0, -1) : whole;
  const raw = marked.indexOf(BYTE_ORDER_MARK) === 0 ? marked.subarray(BYTE_ORDER_MARK.length) : marked;
  const text = withoutByteOrderMark(encoding.decode(raw));
  const pieces = splitPieces(text, size, (_, former) => keyOfBytes(raw, former));
  // Of a line in pieces each has the key of its own bytes, as far as these can be told from its text.
  if (pieces.length > 1) {
    for (const piece of pieces) piece.key = (former) => keyOfBytes(Buffer.from(piece.text), former);
  }
  return pieces;
}

/** `bytes` is exact for all pieces of a line together, whatever the text was decoded from. */
function splitPieces(
  text: string,
  bytes: number,
  key: (piece: string, former?: boolean) => LineKey,
): LinePiece[] {
  if (!HAS_END.test(text)) return [{ text, bytes, joint: null, key: (former) => key(text, former) }];
  const pieces: LinePiece[] = [];
  let from = 0;
  let left = bytes;
  for (const { 0: joint, index } of text.matchAll(ENDS)) {
    const piece = text.slice(from, index);
    from = index + joint.length;
    const size = Math.min(left, Buffer.byteLength(piece) + Buffer.byteLength(joint));
    left -= size;
    pieces.push({ text: piece, bytes: size, joint, key: (former) => key(piece, former) });
  }
  const piece = text.slice(from);
  pieces.push({ text: piece, bytes: left, joint: null, key: (former) => key(piece, former) });
  return pieces;
}

/**
 * True for a line of a file that has more than a line feed to end it, or ends of other readers within. A reader that hides
 * them leaves fewer bytes than there are.
 */
export function hasOtherEnds({ text, bytes, joint }: LinePiece): boolean {
  return joint !== null || bytes > Buffer.byteLength(text) + 1;
}

/** A carriage return before a line feed is part of the line's end. */
export function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function sizeOf(chunks: Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

import type { Contents } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import { keyOfBytes, keyOfText, type LineKey } from './line-key';

/**
 * A piece of a line. Readers do not agree on where a line ends: files are cut at line feeds here, but the platform's
 * tail may cut where Python or Java cut, at a carriage return within a progress bar or at a form feed before a page
 * (docs/platform.md, "Tail"). So places are counted in pieces, which are the same for all of them, and pieces that
 * the source had in one line are handed on as one line.
 */
export interface Line {
  text: string;
  /** Bytes in the file, its end included. For a line that came as text, what they most likely are. */
  bytes: number;
  /** What stands between this piece and the next one of the same line; null for the last piece of a line. */
  joint: string | null;
  key(): LineKey;
}

/** Lines as they arrive. Only the last batch may have a rest: what follows the last line end. */
export interface LineBatch {
  lines: Line[];
  /** Pieces of the line that has no end yet. */
  rest: Line[];
}

/** Bytes to text, by the encoding of the file. */
export type Decode = (bytes: Buffer) => string;

export const decodeUtf8: Decode = (bytes) => bytes.toString('utf8');

const LINE_END = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
/** Bytes of one line that are held in memory; more is not a log. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Where some reader ends a line: the ends of Python's splitlines, a superset of Java's. */
const END = '\\r\\n|[\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]';
const HAS_END = new RegExp(END);
const ENDS = new RegExp(END, 'g');

/** Lines of the platform's tail: texts without their ends. */
export function linesOfWindow(texts: readonly string[]): Line[] {
  return texts.flatMap((text) => {
    const plain = withoutMark(text.endsWith('\r') ? text.slice(0, -1) : text);
    return piecesOf(plain, Buffer.byteLength(text) + 1, (piece) => keyOfText(piece));
  });
}

/** Lines of bytes; what follows the last line end is a line as well. */
export function linesOfBytes(bytes: Buffer, decode: Decode = decodeUtf8): Line[] {
  const { lines, from } = cut(bytes, decode);
  return from < bytes.length ? [...lines, ...lineAt(bytes, from, bytes.length, decode)] : lines;
}

/**
 * Cuts a file into lines while it arrives, in memory bounded by one chunk and one line.
 * Rejects with RESCALE_NETWORK when less arrives than was promised, so that a cut line is never taken for a line.
 */
export async function* readLines(
  contents: Contents,
  path: string,
  decode: Decode = decodeUtf8,
): AsyncGenerator<LineBatch> {
  let rest: Buffer[] = [];
  let arrived = 0;
  for await (const chunk of contents.chunks) {
    arrived += chunk.length;
    if (!chunk.includes(LINE_END)) {
      rest.push(chunk);
      if (sizeOf(rest) > LONGEST_LINE) {
        throw new RescaleError('RESCALE_TOO_LARGE', 'too-large', { what: path, limit: LONGEST_LINE });
      }
      continue;
    }
    const bytes = rest.length > 0 ? Buffer.concat([...rest, chunk]) : chunk;
    const { lines, from } = cut(bytes, decode);
    rest = from < bytes.length ? [bytes.subarray(from)] : [];
    yield { lines, rest: [] };
  }
  if (contents.bytes !== null && arrived < contents.bytes) {
    throw new RescaleError('RESCALE_NETWORK', 'download-broken', { path, times: 1 });
  }
  const last = Buffer.concat(rest);
  yield { lines: [], rest: last.length > 0 ? lineAt(last, 0, last.length, decode) : [] };
}

/** The texts of whole lines, from pieces. */
export function joinPieces(pieces: readonly Line[]): string[] {
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
export function startOfLastLine(pieces: readonly Line[]): number {
  let start = Math.max(0, pieces.length - 1);
  while (start > 0 && pieces[start - 1]!.joint !== null) start -= 1;
  return start;
}

/** All lines that have an end, and where the rest begins. */
function cut(bytes: Buffer, decode: Decode): { lines: Line[]; from: number } {
  const lines: Line[] = [];
  let from = 0;
  for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
    lines.push(...lineAt(bytes, from, end, decode, 1));
    from = end + 1;
  }
  return { lines, from };
}

function lineAt(bytes: Buffer, from: number, end: number, decode: Decode, ending = 0): Line[] {
  const last = end > from && bytes[end - 1] === RETURN ? end - 1 : end;
  const marked = bytes.subarray(from, last);
  const raw = marked.indexOf(BYTE_ORDER_MARK) === 0 ? marked.subarray(BYTE_ORDER_MARK.length) : marked;
  const text = withoutMark(decode(raw));
  const pieces = piecesOf(text, end - from + ending, () => keyOfBytes(raw));
  // Of a line in pieces each has the key of its own bytes, as far as these can be told from its text.
  if (pieces.length > 1) {
    for (const piece of pieces) piece.key = () => keyOfBytes(Buffer.from(piece.text));
  }
  return pieces;
}

/** `bytes` is exact for all pieces of a line together, whatever the text was decoded from. */
function piecesOf(text: string, bytes: number, key: (piece: string) => LineKey): Line[] {
  if (!HAS_END.test(text)) return [{ text, bytes, joint: null, key: () => key(text) }];
  const pieces: Line[] = [];
  let from = 0;
  let left = bytes;
  for (const { 0: joint, index } of text.matchAll(ENDS)) {
    const piece = text.slice(from, index);
    from = index + joint.length;
    const size = Math.min(left, Buffer.byteLength(piece) + Buffer.byteLength(joint));
    left -= size;
    pieces.push({ text: piece, bytes: size, joint, key: () => key(piece) });
  }
  const piece = text.slice(from);
  pieces.push({ text: piece, bytes: left, joint: null, key: () => key(piece) });
  return pieces;
}

/** A mark of the byte order is no part of a text. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function sizeOf(chunks: Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

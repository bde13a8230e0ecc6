import type { Contents } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';

/** A line of a log, without its end. */
export interface Line {
  text: string;
  /** Bytes in the file, its end included. For a line that came as text, what they most likely are. */
  bytes: number;
}

/** Lines as they arrive. Only the last batch may have a rest: what follows the last line end. */
export interface LineBatch {
  lines: Line[];
  rest: Line | null;
}

const LINE_END = 0x0a;
const RETURN = 0x0d;
/** Bytes of one line that are held in memory; more is not a log. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Lines of the platform's tail: texts without their ends. */
export function linesOfWindow(texts: readonly string[]): Line[] {
  return texts.map((text) => ({ text: withoutReturn(text), bytes: Buffer.byteLength(text) + 1 }));
}

/** Lines of bytes; what follows the last line end is a line as well. */
export function linesOfBytes(bytes: Buffer): Line[] {
  const { lines, from } = cut(bytes);
  return from < bytes.length ? [...lines, lineAt(bytes, from, bytes.length)] : lines;
}

/**
 * Cuts a file into lines while it arrives, in memory bounded by one chunk and one line.
 * Rejects with RESCALE_NETWORK when less arrives than was promised, so that a cut line is never taken for a line.
 */
export async function* readLines(contents: Contents, path: string): AsyncGenerator<LineBatch> {
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
    const { lines, from } = cut(bytes);
    rest = from < bytes.length ? [bytes.subarray(from)] : [];
    yield { lines, rest: null };
  }
  if (contents.bytes !== null && arrived < contents.bytes) {
    throw new RescaleError('RESCALE_NETWORK', 'download-broken', { path, times: 1 });
  }
  const last = Buffer.concat(rest);
  yield { lines: [], rest: last.length > 0 ? lineAt(last, 0, last.length) : null };
}

/** All lines that have an end, and where the rest begins. */
function cut(bytes: Buffer): { lines: Line[]; from: number } {
  const lines: Line[] = [];
  let from = 0;
  for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
    lines.push(lineAt(bytes, from, end, 1));
    from = end + 1;
  }
  return { lines, from };
}

function lineAt(bytes: Buffer, from: number, end: number, ending = 0): Line {
  const last = end > from && bytes[end - 1] === RETURN ? end - 1 : end;
  return { text: bytes.toString('utf8', from, last), bytes: end - from + ending };
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

function sizeOf(chunks: Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

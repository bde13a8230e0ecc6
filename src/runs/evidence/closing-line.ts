import type { LogEvidence } from '../run/outcome';

/**
 * So many of the log's last lines, without empty ones, are looked through for a code that is not 0. What comes behind the closing line
 * (an upload, a cleaning up) takes a few; work that goes on after a step has failed takes more, the head of a solver alone does. A code
 * of a step that is taken for the run's makes a success uncertain; one that is passed over makes a failure a success.
 */
const LAST_LINES = 20;

/** What is said to a terminal (ECMA-48): colours, titles, moves of the cursor. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
/** Padding, marks of the byte order, which are no UTF-8 where they are of UTF-16, and what has no width. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const INVISIBLE = /[\u0000-\u0008\u000e-\u001f\u007f\u200b-\u200f\u2060\ufeff\ufffd]/g;
/** One or more of `[2020-03-06T12:10:13Z]: `, or a bare date. */
const STAMPS = /^(?:\s*(?:\[[^\]]*\]:?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*))+/;
const CLOSING_LINE = /^Exited with code (-?\d{1,10})\s*\.?$/;
/** As the platform writes it (docs/platform.md, outcome): what a solver puts before its own lines looks otherwise. */
const PLATFORM_STAMP = /^[ \t\ufeff\ufffd]*\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\]\n]{0,20}\]: /m;
/** More may follow in the line: `Exited with code 139 (core dumped)`. */
const CODE = /^Exited with code (-?\d{1,10})(?!\d)/;

/**
 * What the end of a log says: the code in the platform's closing line. A step within a run may print such a line for itself, and then
 * others follow, or the run was killed right then and it stands bare in a log that the platform has stamped: of those a code that is
 * not 0 and near the end is a doubt, and 0 says nothing.
 */
export function closingEvidence(text: string): LogEvidence {
  const readable = text.replaceAll('\0', '');
  const isStamped = PLATFORM_STAMP.test(readable);
  let isLast = true;
  for (const { line, stamped } of lastLines(readable)) {
    const closing = isLast && (stamped || !isStamped) ? CLOSING_LINE.exec(line) : null;
    if (closing) return { kind: 'exit', code: Number(closing[1]) };
    isLast = false;
    const code = Number(CODE.exec(line)?.[1] ?? NaN);
    if (code === 0) break;
    if (!Number.isNaN(code)) return { kind: 'followed', code };
  }
  return { kind: 'silent' };
}

/** A line without its stamps, and whether it had any. */
interface BareLine {
  line: string;
  stamped: boolean;
}

/** From the last one back, each as long as a carriage return does not begin it anew. */
function* lastLines(text: string): Generator<BareLine> {
  let end = text.length;
  for (let left = LAST_LINES; left > 0 && end >= 0;) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const pieces = text
      .slice(start, end)
      .split('\r')
      .map(bare)
      .filter(({ line }) => line !== '');
    yield* pieces.reverse();
    if (pieces.length > 0) left -= 1;
    end = end === 0 ? -1 : start - 1;
  }
}

/** The line is ASCII in every encoding of logs, so that one of UTF-16 is read without its zeros. */
function bare(piece: string): BareLine {
  const visible = piece.replace(ESCAPES, '').replace(INVISIBLE, '');
  const line = visible.replace(STAMPS, '');
  return { line: line.trim(), stamped: line.length < visible.length };
}

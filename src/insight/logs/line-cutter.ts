/**
 * Cuts pieces of text into lines. Line ends are LF, CRLF and a bare CR (progress bars overwrite a line with it); the
 * lines are the same for any cutting of the text.
 */

/** Longest line that is read, in characters; what follows is dropped. The widest tables known are some 20,000. */
const LINE_LIMIT = 65_536;

export interface CutterState {
  /** The unfinished line so far. */
  rest: string;
  /** The text so far ended with CR, so an LF that follows ends no line of its own. */
  afterReturn: boolean;
}

export function newCutter(): CutterState {
  return { rest: '', afterReturn: false };
}

export function cutLines(state: CutterState, piece: string, take: (line: string) => void): void {
  let text = piece;
  if (state.afterReturn && text.length > 0) {
    if (text.charCodeAt(0) === 10) text = text.slice(1);
    state.afterReturn = false;
  }
  if (text.includes('\r')) {
    state.afterReturn = text.endsWith('\r');
    text = text.replace(/\r\n?/g, '\n');
  }
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    let line = text.slice(from, end);
    if (state.rest !== '') {
      line = state.rest + line;
      state.rest = '';
    }
    take(line.length > LINE_LIMIT ? line.slice(0, LINE_LIMIT) : line);
    from = end + 1;
  }
  const room = LINE_LIMIT - state.rest.length;
  if (from < text.length && room > 0) state.rest += text.slice(from, from + room);
}

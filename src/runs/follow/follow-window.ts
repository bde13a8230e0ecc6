import {
  atStartOfFile,
  deliver,
  goesOnAsDelivered,
  skipExisting,
  type LineDelivery,
  type FollowState,
} from './follow-state';
import { isSameLine, type LineKey } from '../lines/line-key';
import { anchorEndsAt, findAnchor, placeWindow } from '../lines/line-window';
import { startOfLastLine, type LinePiece } from '../lines/log-lines';

/** A look at the end of a file. */
export interface Window {
  lines: LinePiece[];
  /** How many lines were asked for: fewer came when this is the whole file. */
  asked: number;
  /** The file will not grow any more. Otherwise its last line may be half written, and is held back. */
  final: boolean;
  /** The file itself can't be read, so that what the window shows is all that is to be had. */
  alone: boolean;
}

/** Without the last line of a file that may still grow, which may be half written. */
function completeLines({ lines, final }: Window): LinePiece[] {
  return final ? lines : lines.slice(0, startOfLastLine(lines));
}

/** True for what looks like the whole file. A tail that gives fewer lines than it is asked for looks so, too (capped-tail.ts). */
export function isWhole(window: Window): boolean {
  return linesIn(window) < window.asked;
}

/** Lines as the platform counts them, of which each may be in pieces. */
export function linesIn({ lines }: Window): number {
  return lines.filter(({ joint }) => joint === null).length;
}

/** What is new in a window; null when the window can't tell for certain. */
export function readWindow(state: FollowState, window: Window): LineDelivery | null {
  const complete = completeLines(window);
  const whole = isWhole(window);
  if (state.fromNow) {
    const held = complete.length < window.lines.length;
    return nothing(skipExisting(state, complete, held, whole));
  }
  const keys = complete.map((line) => line.key());
  if (!whole) {
    const place = placeWindow(state.anchor, keys);
    // What was delivered as the last line still stands there, also where it is held back as perhaps half written.
    if (place === null || !goesOnAsDelivered(state, window.lines[place])) return null;
    return deliver(state, complete.slice(place));
  }
  if (state.position === null) return readWholeUnplaced(state, window, complete, keys);
  if (anchorEndsAt(state.anchor, keys, state.position)) {
    if (!goesOnAsDelivered(state, complete[state.position])) return replaced(state, window, complete);
    return deliver(state, complete.slice(state.position));
  }
  if (isEarlierView(state.anchor, keys, state.position)) return nothing(state);
  const place = window.alone ? placeWindow(state.anchor, keys) : null;
  if (place !== null) return deliver({ ...state, position: null, offset: null }, complete.slice(place));
  return replaced(state, window, complete);
}

/**
 * The lines of a window that are new wherever it lies, for when the whole file can't be had. What may have come
 * before them is stated as a gap, because it will not be seen again. Null when none is certainly new: then nothing
 * is lost by waiting.
 */
export function readCertain(state: FollowState, window: Window): LineDelivery | null {
  const complete = completeLines(window);
  const keys = complete.map((line) => line.key());
  const lines = complete.slice(findAnchor(state.anchor, keys).at(-1) ?? 0);
  if (lines.length === 0) return null;
  return deliver({ ...state, position: null, offset: null }, lines, true);
}

/** The whole file is in sight, but not how much of it was consumed: after the last place that fits, all is new. */
function readWholeUnplaced(
  state: FollowState,
  window: Window,
  complete: LinePiece[],
  keys: LineKey[],
): LineDelivery | null {
  const places = findAnchor(state.anchor, keys).filter((place) => place >= state.anchor.length);
  const last = places.at(-1);
  if (last === undefined) return replaced(state, window, complete);
  const delivery = deliver(state, complete.slice(last), places.length > 1);
  return { ...delivery, state: { ...delivery.state, position: complete.length, offset: sizeOf(complete) } };
}

/**
 * Another file seems to have taken the place: it was cut, rotated or written anew. Whether the old one had more lines that
 * nobody saw can't be known, so that is stated. As long as the new one has no line, nothing is. The file itself has the word
 * where it can be read: the tail may have given less than it was asked for, and a finished file may not be all there yet.
 */
function replaced(state: FollowState, { alone, final }: Window, complete: LinePiece[]): LineDelivery | null {
  const isConsumed = state.anchor.length > 0 || state.ahead !== null;
  if (!alone && isConsumed && (final || complete.length > 0)) return null;
  if (complete.length === 0) return nothing(state);
  return deliver(atStartOfFile(state), complete, true);
}

/** True when the file looks as it did some lines ago, as a cached answer or a cut that goes on the same way does. */
function isEarlierView(anchor: readonly LineKey[], keys: readonly LineKey[], position: number): boolean {
  const first = position - anchor.length;
  if (keys.length >= position || keys.length <= first) return false;
  for (let index = Math.max(first, 0); index < keys.length; index += 1) {
    if (!isSameLine(keys[index]!, anchor[index - first]!)) return false;
  }
  return true;
}

function nothing(state: FollowState): LineDelivery {
  return { lines: [], gap: false, state };
}

function sizeOf(lines: readonly LinePiece[]): number {
  return lines.reduce((sum, line) => sum + line.bytes, 0);
}

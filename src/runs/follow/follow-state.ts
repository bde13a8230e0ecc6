import type { Line } from '../lines/log-lines';
import { lineHash } from '../lines/line-window';

/** Where a follow stands. Plain data: it survives JSON, and with it a redeploy, a restart and a kill. */
export interface FollowState {
  version: 1;
  /** The path at which the file is live, once that is known. */
  path: string | null;
  /** The lines that are in the file at the first look are passed over. */
  fromNow: boolean;
  /** Lines delivered so far. */
  delivered: number;
  /** Gaps stated so far. */
  gaps: number;
  /** Lines may be missing before the next one. */
  gapDue: boolean;
  /** Lines of the file that were consumed, and their bytes; null when nobody can know. */
  position: number | null;
  offset: number | null;
  /** Hashes of the lines that were consumed last, and their bytes. */
  anchor: number[];
  sizes: number[];
  /**
   * The line after those was dealt with too, because a window can't show that its last line is complete: the hash of
   * the one that was delivered, `any` for one that was passed over perhaps half written, null when there is none.
   */
  ahead: number | 'any' | null;
  /** How many lines the next window asks for. */
  window: number;
  /** The most lines that came between two looks lately. */
  peak: number;
}

/** Lines to hand on, and where the follow stands after them. */
export interface Delivery {
  lines: string[];
  /** Lines may be missing before these. */
  gap: boolean;
  state: FollowState;
}

/** Lines kept to find the place again. Enough for a log to show its period, and little to store at each look. */
const ANCHOR = 512;
const SMALLEST_WINDOW = 100;
export const LARGEST_WINDOW = 50_000;

export function startOfFollow(from: 'start' | 'now'): FollowState {
  return {
    version: 1,
    path: null,
    fromNow: from === 'now',
    delivered: 0,
    gaps: 0,
    gapDue: false,
    position: 0,
    offset: 0,
    anchor: [],
    sizes: [],
    ahead: null,
    window: SMALLEST_WINDOW,
    peak: 0,
  };
}

/** True for a stored value that this version can go on from. */
export function isFollowState(value: unknown): value is FollowState {
  const state = value as FollowState | null;
  return typeof state === 'object' && state?.version === 1 && Array.isArray(state.anchor);
}

/** The same follow at the first line of a file that has taken the place of the one that was read. */
export function atStartOfFile(state: FollowState): FollowState {
  return { ...state, position: 0, offset: 0, anchor: [], sizes: [], ahead: null };
}

/** Hands on lines that follow the anchor, all of them known to be complete. A gap is stated before the next line. */
export function deliver(state: FollowState, lines: readonly Line[], gap = false): Delivery {
  const fresh = state.ahead === null ? lines : lines.slice(1);
  return handOn(
    advance(state, lines),
    fresh.map((line) => line.text),
    gap,
  );
}

/** Passes over lines that are there at the first look; `held` is one more, perhaps incomplete. */
export function passOver(
  state: FollowState,
  lines: readonly Line[],
  held: boolean,
  whole: boolean,
): FollowState {
  const after = advance(state, lines);
  const known = whole ? {} : { position: null, offset: null };
  return { ...after, ...known, fromNow: false, ahead: held ? 'any' : null };
}

/** Hands on the file's last line, which is known to be complete but stays outside of the anchor. */
export function deliverLast(state: FollowState, line: Line, gap = false): Delivery {
  return handOn({ ...state, ahead: lineHash(line.text) }, [line.text], gap);
}

/** False when the line after the anchor is another than the one that was delivered: the file was replaced. */
export function goesOnAsDelivered(state: FollowState, next: Line | undefined): boolean {
  return typeof state.ahead !== 'number' || !next || lineHash(next.text) === state.ahead;
}

/** States a gap that no line came after. */
export function deliverGap(state: FollowState): Delivery {
  return { lines: [], gap: true, state: { ...state, gaps: state.gaps + 1, gapDue: false } };
}

function handOn(state: FollowState, lines: string[], gap: boolean): Delivery {
  const due = gap || state.gapDue;
  if (lines.length === 0) {
    return { lines, gap: false, state: due === state.gapDue ? state : { ...state, gapDue: due } };
  }
  return {
    lines,
    gap: due,
    state: {
      ...state,
      gapDue: false,
      delivered: state.delivered + lines.length,
      gaps: state.gaps + (due ? 1 : 0),
    },
  };
}

function advance(state: FollowState, lines: readonly Line[]): FollowState {
  if (lines.length === 0) return state;
  const last = lines.slice(-ANCHOR);
  return {
    ...state,
    position: state.position === null ? null : state.position + lines.length,
    offset: state.offset === null ? null : lines.reduce((sum, line) => sum + line.bytes, state.offset),
    anchor: [...state.anchor, ...last.map((line) => lineHash(line.text))].slice(-ANCHOR),
    sizes: [...state.sizes, ...last.map((line) => line.bytes)].slice(-ANCHOR),
    ahead: null,
  };
}

/** Sizes the next window to what came since the last look: twice the most seen lately, and some to overlap. */
export function fitWindow(state: FollowState, came: number): FollowState {
  const peak = Math.max(came, Math.floor(state.peak * 0.9));
  const window = Math.min(Math.max(2 * peak + SMALLEST_WINDOW, SMALLEST_WINDOW), LARGEST_WINDOW);
  return { ...state, peak, window };
}

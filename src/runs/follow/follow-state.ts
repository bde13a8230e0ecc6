import { isSameLine, type LineKey } from '../lines/line-key';
import { overlapNeeded } from '../lines/line-window';
import { joinPieces, type LinePiece } from '../lines/log-lines';
import { withFormerKeys } from '../lines/former-line-key';
import type { LogSource } from '../lines/log-source';

/** Where a follow stands. Plain data: it survives JSON, and with it a redeploy, a restart and a kill. */
export interface FollowState {
  version: 2;
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
  /** The next line is the first of another file, which has taken the place of the one that lines were delivered of. */
  replacedDue: boolean;
  /** Pieces of lines of the file (log-lines.ts) that were consumed, and their bytes; null when nobody can know. */
  position: number | null;
  offset: number | null;
  /**
   * The bytes that were counted of lines that came as text were right when the file was read, and are so of lines to
   * come: all of it had plain line feeds.
   */
  counted: boolean;
  /** Keys of the pieces that were consumed last, and their bytes. */
  anchor: LineKey[];
  sizes: number[];
  /**
   * The piece after those was dealt with too, because a window can't show that its last line is complete: the key of
   * the one that was delivered, `any` for one that was passed over perhaps half written, null when there is none.
   */
  ahead: LineKey | 'any' | null;
  /** The keys are without blanks and terminal colours; missing in states of before (former-line-key.ts). */
  bare?: true;
  /** How many lines the next window asks for. */
  window: number;
  /** How many lines came between two looks lately, and by how much that differed (moving means). */
  pace: number;
  deviation: number;
}

/** Lines to hand on, and where the follow stands after them. */
export interface LineDelivery {
  lines: string[];
  /** Lines may be missing before these. */
  gap: boolean;
  /** These are the first lines of another file in the same place. */
  replaced?: true;
  state: FollowState;
}

/** Lines kept to find the place again. Enough for a log to show its period, and little to store at each look. */
const ANCHOR = 512;
const FIRST_WINDOW = 100;
/** Lines beside those that place a window: the last one, which may be half written, and one to spare. */
const SPARE = 2;
export const LARGEST_WINDOW = 50_000;
/**
 * Weights of the newest look in the moving means, and the deviations that a window allows for beyond the mean. By trial with steady,
 * stepping and bursty logs: a window that is too small costs another one, so what is asked for too seldom is as dear as too much.
 */
const PACE_WEIGHT = 1 / 4;
const DEVIATION_WEIGHT = 1 / 4;
const DEVIATIONS = 1.5;

/** Before the first line of a file. */
const FILE_START = { position: 0, offset: 0, counted: false, anchor: [], sizes: [], ahead: null };

export function startOfFollow(from: 'start' | 'now'): FollowState {
  return {
    version: 2,
    path: null,
    fromNow: from === 'now',
    delivered: 0,
    gaps: 0,
    gapDue: false,
    replacedDue: false,
    ...FILE_START,
    bare: true,
    window: FIRST_WINDOW,
    pace: 0,
    deviation: 0,
  };
}

/** A stored state as this version goes on from it; null for what is none. */
export function readFollowState(value: unknown): FollowState | null {
  const state = value as (FollowState & { version: number; peak?: number }) | null;
  if (typeof state !== 'object' || state === null || !Array.isArray(state.anchor)) return null;
  if (state.version === 2) return state;
  if (state.version !== 1) return null;
  // Version 1 kept the loose keys alone, so any line with such a key may be the one that was meant.
  const open = (key: LineKey): LineKey => (typeof key === 'number' ? [key, 1] : key);
  const { peak = 0, ...rest } = state;
  const ahead = typeof state.ahead === 'number' ? open(state.ahead) : state.ahead;
  return {
    ...rest,
    version: 2,
    replacedDue: false,
    counted: false,
    anchor: state.anchor.map(open),
    ahead,
    pace: peak,
    deviation: peak / 2,
  };
}

/** The log with the keys that the state has. */
export function keyedAs({ bare }: FollowState, source: LogSource): LogSource {
  return bare ? source : withFormerKeys(source);
}

/** The same follow at the first line of a file that has taken the place of the one that was read. */
export function atStartOfFile(state: FollowState): FollowState {
  const replacedDue = state.replacedDue || state.delivered > 0;
  return {
    ...state,
    replacedDue,
    ...FILE_START,
  };
}

/** Hands on lines that follow the anchor, all of them known to be complete. A gap is stated before the next line. */
export function deliver(state: FollowState, lines: readonly LinePiece[], gap = false): LineDelivery {
  const fresh = state.ahead === null ? lines : lines.slice(1);
  return handOn(advance(state, lines), fresh, gap);
}

/** Passes over lines that are there at the first look; `held` is one more, perhaps incomplete. */
export function skipExisting(
  state: FollowState,
  lines: readonly LinePiece[],
  held: boolean,
  whole: boolean,
): FollowState {
  const after = advance(state, lines);
  const known = whole ? {} : { position: null, offset: null };
  return { ...after, ...known, fromNow: false, ahead: held ? 'any' : null };
}

/** Hands on the file's last line, which is known to be complete, while its last piece stays outside of the anchor. */
export function deliverLast(state: FollowState, pieces: readonly LinePiece[], gap = false): LineDelivery {
  const before = advance(state, pieces.slice(0, -1));
  return handOn({ ...before, ahead: pieces.at(-1)!.key() }, pieces, gap);
}

/** False when the line after the anchor is another than the one that was delivered: the file was replaced. */
export function goesOnAsDelivered({ ahead }: FollowState, next: LinePiece | undefined): boolean {
  return ahead === null || ahead === 'any' || !next || isSameLine(next.key(), ahead);
}

/** States a gap that no line came after. */
export function deliverGap(state: FollowState): LineDelivery {
  return { lines: [], gap: true, state: { ...state, gaps: state.gaps + 1, gapDue: false } };
}

function handOn(state: FollowState, pieces: readonly LinePiece[], gap: boolean): LineDelivery {
  const lines = joinPieces(pieces);
  const due = gap || state.gapDue;
  if (lines.length === 0) {
    return { lines, gap: false, state: due === state.gapDue ? state : { ...state, gapDue: due } };
  }
  return {
    lines,
    gap: due,
    ...(state.replacedDue && { replaced: true }),
    state: {
      ...state,
      gapDue: false,
      replacedDue: false,
      delivered: state.delivered + lines.length,
      gaps: state.gaps + (due ? 1 : 0),
    },
  };
}

function advance(state: FollowState, lines: readonly LinePiece[]): FollowState {
  if (lines.length === 0) return state;
  const last = lines.slice(-ANCHOR);
  return {
    ...state,
    position: state.position === null ? null : state.position + lines.length,
    offset: state.offset === null ? null : lines.reduce((sum, line) => sum + line.bytes, state.offset),
    anchor: [...state.anchor, ...last.map((line) => line.key())].slice(-ANCHOR),
    sizes: [...state.sizes, ...last.map((line) => line.bytes)].slice(-ANCHOR),
    ahead: null,
  };
}

/**
 * Sizes the next window to what is likely to come until then. A window that is too small costs a second one, a window
 * that is too large costs its surplus at every look, so it learns the pace of the log and how steady that is.
 */
export function fitWindow(before: FollowState, state: FollowState, came: number): FollowState {
  // What was there before the first look says nothing about the pace.
  if (before.anchor.length === 0) return { ...state, pace: 0, deviation: 0, window: FIRST_WINDOW };
  const first = state.pace === 0 && state.deviation === 0;
  const pace = first ? came : state.pace + PACE_WEIGHT * (came - state.pace);
  const away = Math.abs(came - state.pace);
  const deviation = first ? came / 8 : state.deviation + DEVIATION_WEIGHT * (away - state.deviation);
  const expected = Math.ceil(pace + DEVIATIONS * deviation) + overlapOf(state);
  return { ...state, pace, deviation, window: Math.min(expected, LARGEST_WINDOW) };
}

/** Lines that a window reaches back over what was consumed. */
function overlapOf({ anchor }: FollowState): number {
  return overlapNeeded(anchor) + SPARE;
}

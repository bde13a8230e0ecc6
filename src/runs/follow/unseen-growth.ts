import { startOfLastLine } from '../lines/log-lines';
import type { LogSource } from '../lines/log-source';
import type { FollowState } from './follow-state';
import type { Window } from './follow-window';

/**
 * A window shows the last lines only. Where a program is started again and prints the very block that it printed before, the
 * window after it looks as the one before: nothing seems to be new. The size of the file tells, so it is asked for now and
 * then while nothing comes. It costs a request, so the looks in between grow in number, up to a bound.
 */
export interface GrowthNotes {
  /** Looks in a row at which nothing was new, as many as there must be before the size is asked for. */
  sizeDue: number;
  /** The size (bytes) that belongs to what a window showed last. */
  sized: { shown: string; size: number } | null;
}

const FIRST_DUE = 2;
const LONGEST_STEP = 16;

export function startOfGrowthNotes(): GrowthNotes {
  return { sizeDue: FIRST_DUE, sized: null };
}

/** Something new came: it is begun anew. */
export function forgetGrowth(notes: GrowthNotes): void {
  notes.sizeDue = FIRST_DUE;
}

/** True when the file has grown although a window shows nothing new, after `quiet` looks like that. */
export async function hasGrownUnseen(
  state: FollowState,
  window: Window | null,
  source: LogSource,
  notes: GrowthNotes,
  quiet: number,
): Promise<boolean> {
  if (!window || window.lines.length === 0 || quiet < notes.sizeDue) return false;
  notes.sizeDue = quiet + Math.min(quiet, LONGEST_STEP);
  const size = await source.size();
  if (size === null) return false;
  const last = window.lines.slice(startOfLastLine(window.lines));
  const shown = `${state.position} ${state.delivered} ${JSON.stringify(last.map((piece) => piece.key()))}`;
  const before = notes.sized;
  notes.sized = { shown, size };
  if (before?.shown === shown) return size > before.size;
  // Bytes of lines that came as text are an estimate, unless the file was read to here.
  if (!state.counted || state.offset === null) return false;
  const held = state.ahead === null ? last : last.slice(-1);
  return size > held.reduce((sum, piece) => sum + piece.bytes, state.offset);
}

import { isRescaleError } from '../../api/errors/errors';
import { isRefusal } from '../reading/diagnosis';
import type { LogSource } from '../lines/log-source';
import type { FollowState } from './follow-state';
import { isWhole, linesIn, type Window } from './follow-window';

/**
 * The platform's tail may give fewer lines than it is asked for, however long the file is. Such a window looks like the whole
 * file. So it is held to the file's size where nothing else can tell, at the first look, and where it does not fit the file itself
 * is read; the bound is learned then, and no more is asked for.
 */
export interface CapNotes {
  /** Lines that the tail gives at most. */
  cap: number;
}

export function startOfCapNotes(): CapNotes {
  return { cap: Infinity };
}

/** Bytes of a mark of the byte order. */
const MARK = 3;

/** True for lines of a first look that are certainly not the end of a longer file. */
export async function isProvenWhole(
  state: FollowState,
  window: Window | null,
  source: LogSource,
): Promise<boolean> {
  const isFirst = state.anchor.length === 0 && state.ahead === null && state.delivered === 0;
  if (!isFirst || !window || window.lines.length === 0 || !isWhole(window)) return true;
  let size: number | null;
  try {
    size = await source.size();
  } catch (error) {
    if (isRescaleError(error) && isRefusal(error)) return false;
    throw error;
  }
  // The very last line may have no end.
  const bytes = window.lines.reduce((sum, line) => sum + line.bytes, 0);
  return size !== null && [bytes, bytes - 1, bytes + MARK, bytes + MARK - 1].includes(size);
}

/** Learns from a file that goes on after `before`: a window that seemed to be all of it had fewer lines than were consumed then. */
export function learnCap(before: FollowState, window: Window | null, notes: CapNotes): void {
  if (!window || window.lines.length === 0 || before.position === null || !isWhole(window)) return;
  if (window.lines.length < before.position) notes.cap = linesIn(window);
}

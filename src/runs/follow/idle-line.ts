import type { LinePiece } from '../lines/log-lines';
import { startOfLastLine } from '../lines/log-lines';
import type { LogSource } from '../lines/log-source';
import type { Clock } from '../tasks/ports';
import type { FollowState } from './follow-state';
import type { Window } from './follow-window';

/**
 * The last line of a window may be half written, so it is held back. Of a log that stands still it may be the one that
 * says why, so whether it has an end is looked into once: by reading the file, or, where that is long and its bytes were
 * counted right before, by its size, which says it without a byte of it being read.
 */
export interface IdleNotes {
  /** The line that was held back at the last look, and since when (monotonic ms). */
  held: string;
  heldSince: number;
  /** The one that was looked into already. */
  settled: string;
}

export function startOfIdleNotes(): IdleNotes {
  return { held: '', heldSince: 0, settled: '' };
}

/** Reading a file is paid for with idle time before and a pause after: a millisecond for so many bytes. */
export const BYTES_PER_MILLISECOND = 1024;

/** Bytes up to which a file is read: what is counted of text can be wrong, and is then found out. */
const SMALL = 1024 * 1024;

/** What is to be done about the line that is held back: it is complete, the file has to tell, or nothing yet. */
export async function settleIdleLine(
  state: FollowState,
  window: Window | null,
  source: LogSource,
  notes: IdleNotes,
  clock: Clock,
): Promise<{ complete: LinePiece[] } | 'read' | 'wait'> {
  const lines = window?.lines ?? [];
  const last = lines.slice(startOfLastLine(lines));
  if (last.length === 0 || state.ahead !== null) return 'wait';
  const held = `${state.position} ${state.delivered} ${JSON.stringify(last.map((piece) => piece.key()))}`;
  if (notes.held !== held) {
    notes.held = held;
    notes.heldSince = clock.monotonic();
    return 'wait';
  }
  if (notes.settled === held) return 'wait';

  const size = await source.size();
  if (size !== null && size > SMALL && state.offset !== null && state.counted) {
    const withEnd = last.reduce((sum, piece) => sum + piece.bytes, state.offset);
    if (size === withEnd || size === withEnd - 1) notes.settled = held;
    if (size === withEnd) return { complete: last };
    if (size === withEnd - 1) return 'wait';
  }
  const bytes = size ?? state.offset ?? 0;
  const idle = clock.monotonic() - notes.heldSince;
  if (bytes > SMALL && idle < bytes / BYTES_PER_MILLISECOND) return 'wait';
  notes.settled = held;
  return 'read';
}

import { startTimer, whenSettled } from '../../api/errors/guard';
import type { FollowState } from '../../runs/follow/follow-state';
import type { Journal, Journals } from '../state/journal';

/** How far a follow was when everything up to there had been sent. */
type Position = Pick<FollowState, 'delivered' | 'gaps'>;

/**
 * What the follows of one node have sent, in one journal, for a hundredth of what writing the whole progress of each once more
 * would cost. It is noted a little later, when the next nodes have what was sent. A kill before that, and a power cut, leave
 * lines unmarked: they come again, `redelivered`.
 */
interface SentMarks {
  /** False when it can't be noted: then the progress has to say it. */
  note(follow: string, position: Position): boolean;
  /** All that was there at this place was sent. */
  has(follow: string, position: Position): boolean;
  /** It is over. */
  forget(follow: string): void;
  /** A node that closes in order has given everything to the next ones. Nothing is noted any more. */
  close(): void;
}

const KEY = 'follows-sent';
/** Milliseconds; what was sent meanwhile is written in one entry. */
const WRITE_DELAY = 500;
/** Bytes of entries after which the journal is compacted. */
const COMPACT_AFTER = 256 * 1024;

/** By the follow, lines and gaps that were sent; null when it is over. An entry of the journal holds several. */
type Mark =
  readonly [follow: string, delivered: number, gaps: number] | readonly [follow: string, over: null];

/** `journals` is null where nothing outlives the process. The journal is read at first use. */
export function createSentMarks(journals: Journals | null): SentMarks {
  const marks = new Map<string, string>();
  const unwritten = new Map<string, Mark>();
  let opened: Journal | null | undefined;
  let compactAt = COMPACT_AFTER;
  let stopTimer: (() => void) | null = null;
  let closed = false;

  function open(): Journal | null {
    if (opened !== undefined) return opened;
    opened = null;
    try {
      const found = journals?.find(KEY) ?? null;
      for (const entry of [found?.whole, ...(found?.entries ?? [])]) {
        if (Array.isArray(entry)) entry.forEach(apply);
      }
      opened = found?.journal ?? journals?.create(KEY) ?? null;
    } catch {
      // What can't be read now must not be mixed with what comes: the progress of each follow says it, as it would without.
      marks.clear();
    }
    return opened;
  }

  function apply(mark: unknown): void {
    if (!Array.isArray(mark)) return;
    const [follow, delivered, gaps] = mark as unknown[];
    if (typeof follow !== 'string') return;
    if (typeof delivered === 'number' && typeof gaps === 'number') marks.set(follow, `${delivered} ${gaps}`);
    else marks.delete(follow);
  }

  function noteLater(mark: Mark): void {
    apply(mark);
    unwritten.set(mark[0], mark);
    stopTimer ??= startTimer(WRITE_DELAY, write, { background: true });
  }

  function write(): void {
    stopTimer?.();
    stopTimer = null;
    // One look at the file, for somebody may have removed the folder with all marks.
    const lost = opened?.removedByOthers ?? false;
    if (!opened || (unwritten.size === 0 && !lost)) return;
    const entry = [...unwritten.values()];
    unwritten.clear();
    try {
      if (lost) opened.compactNow(allMarks());
      else opened.append(entry);
    } catch {
      // On a full disk lines come again after a restart, and say so.
      return;
    }
    if (opened.size >= compactAt) compact(opened);
  }

  function allMarks(): unknown[] {
    return [...marks].map(([follow, position]) => [follow, ...position.split(' ').map(Number)]);
  }

  function compact(journal: Journal): void {
    compactAt = Infinity;
    whenSettled(
      journal.compact(allMarks()),
      () => (compactAt = COMPACT_AFTER),
      () => (compactAt = journal.size + COMPACT_AFTER),
    );
  }

  return {
    note(follow, { delivered, gaps }) {
      if (follow === '' || closed || !open()) return false;
      noteLater([follow, delivered, gaps]);
      return true;
    },
    has(follow, { delivered, gaps }) {
      open();
      return follow !== '' && marks.get(follow) === `${delivered} ${gaps}`;
    },
    forget(follow) {
      if (marks.has(follow) && !closed) noteLater([follow, null]);
    },
    close() {
      write();
      closed = true;
      opened?.close();
    },
  };
}

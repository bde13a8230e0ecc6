import { createHash } from 'node:crypto';
import type { FollowBatch, FollowEnd } from '../../runs/follow/follow-file';
import type { Deadline } from '../../runs/tasks/deadline';
import type { StatusText } from '../definition/definition';
import { unfinishedStatus } from '../status/end-status';
import type { FollowFields, FollowProgress, FollowReason } from './follow-format';
import type { FollowStorage } from './follow-store';

type FollowTarget = Pick<FollowFields, 'jobId' | 'runId' | 'path'>;

/** A follow that goes on. */
export interface Following {
  key: string;
  target: FollowTarget;
  stop: AbortController;
  deadline: Deadline | null;
  progress: FollowProgress;
  /** Null when it can't be written at all; until it is stored, it is held in memory only. */
  storage: FollowStorage | null;
  /** No first write is tried any more. */
  stopStoring(): void;
}

export function startFollowing(
  key: string,
  { jobId, runId, path }: FollowTarget,
  deadline: Deadline | null,
  progress: FollowProgress,
  storage: FollowStorage | null,
): Following {
  const target = { jobId, runId, path };
  return {
    key,
    target,
    stop: new AbortController(),
    deadline,
    progress,
    storage,
    stopStoring() {},
  };
}

/** Lines that are missing are a doubt, and so is a deadline: the file may go on. */
export function followEndStatus(
  reason: FollowReason,
  incomplete: boolean,
  state: FollowProgress['state'],
): StatusText {
  if (reason === 'deadline') return unfinishedStatus(reason);
  const values = { count: state.delivered };
  if (incomplete || state.gaps > 0) return { key: 'lines-incomplete', values, kind: 'trouble' };
  return { key: 'lines', values, ...(reason === 'stopped' && { kind: 'idle' as const }) };
}

/** Null when the follow was stopped by a message. */
export async function nextBatch(
  batches: AsyncGenerator<FollowBatch, FollowEnd>,
  following: Following,
  closing: AbortSignal,
): Promise<IteratorResult<FollowBatch, FollowEnd> | null> {
  try {
    return await batches.next();
  } catch (error) {
    if (following.stop.signal.aborted && !closing.aborted) return null;
    throw error;
  }
}

/** One follow for each file, whatever form of its path was given, and whatever else the node is set to. */
export function followKey(origin: string, { jobId, runId, path }: FollowTarget): string {
  return createHash('sha256').update([origin, jobId, runId, path].join('\n')).digest('hex');
}

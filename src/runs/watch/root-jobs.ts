import { byId } from '../tasks/by-id';
import type { WatchRoot } from './watch-state';

/** Jobs that were told to their end or taken away are remembered, so that they are not taken for new ones. */
const REMEMBERED_JOBS = 1000;

type RootJobs = Pick<WatchRoot, 'added' | 'removed' | 'done' | 'doneUntil'>;

const without = (ids: readonly string[], jobId: string) => ids.filter((id) => id !== jobId);

/** A message has added the job. */
export function withAdded(root: RootJobs, jobId: string): Partial<RootJobs> {
  return {
    added: [...without(root.added, jobId), jobId],
    removed: without(root.removed, jobId),
    done: without(root.done, jobId),
  };
}

/** A message has taken it away. */
export function withRemoved(root: RootJobs, jobId: string): Partial<RootJobs> {
  return {
    added: without(root.added, jobId),
    removed: [...without(root.removed, jobId), jobId].slice(-REMEMBERED_JOBS),
  };
}

/** It was told to its end, and until when: the platform's instant, ms since the epoch. */
export function withDone(root: RootJobs, jobId: string, until: number): Partial<RootJobs> {
  const done = [...without(root.done, jobId), jobId].slice(-REMEMBERED_JOBS);
  const known = byId({ ...root.doneUntil, [jobId]: until });
  const doneUntil = byId<number>();
  for (const id of done) if (id in known) doneUntil[id] = known[id]!;
  return { added: without(root.added, jobId), done, doneUntil };
}

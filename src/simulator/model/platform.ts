import type { Habits } from '../scripts/options';
import type { VirtualClock } from './clock';
import { fileIds, type FileIds } from './file-ids';
import { anyRun, createJob, type Job, type JobPlan } from './job';
import type { Run } from './run';
import { fileIdOf, outputAt, outputFiles, type OutputFile, type RunContext } from './run-files';
import { createFileStore, type FileStore } from './stored-files';
import { timelineOf } from './timeline';

/** The whole of the simulated platform. */
export interface Platform {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly ids: FileIds;
  readonly habits: Required<Habits>;
  readonly store: FileStore;
  /** Adds a job, or replaces the one of this id. */
  add(plan: JobPlan): Job;
  find(jobId: string): Job | null;
  /** In the order of their creation. */
  jobs(): Job[];
  remove(jobId: string): boolean;
  contextOf(job: Job, run: Run): RunContext;
  /** A file that is listed by now. */
  findFile(fileId: string): { context: RunContext; file: OutputFile } | null;
}

export function createPlatform(seed: number, clock: VirtualClock, habits: Habits = {}): Platform {
  const jobs = new Map<string, Job>();
  const byIndex = new Map<number, string>();
  const ids = fileIds(seed);
  const store = createFileStore(seed);
  let created = 0;

  const contextOf = (job: Job, run: Run): RunContext => ({ seed, dateOf: clock.dateOf, job, run });

  function addJob(id: string, plan: JobPlan, at: number): Job {
    const job = createJob(created, id, plan, at);
    byIndex.set(created, id);
    created += 1;
    jobs.set(id, job);
    return job;
  }

  /** Restarts a job that is due, at the instant when it was due: the answer does not depend on who asks when. */
  function restartedIfDue(job: Job): Job {
    const { restartsAfter } = job.plan;
    if (restartsAfter === undefined) return job;
    const { lastEnd } = timelineOf(job);
    const due = lastEnd === null ? Infinity : lastEnd + restartsAfter * 1000;
    if (clock.now() < due) return job;
    const { keepsDates } = job.plan;
    return restartedIfDue(addJob(job.id, keepsDates ? job.plan : { ...job.plan, createdAt: due }, due));
  }

  function find(jobId: string): Job | null {
    const job = jobs.get(jobId);
    return job ? restartedIfDue(job) : null;
  }

  return {
    seed,
    clock,
    ids,
    store,
    habits: {
      notActiveStatus: habits.notActiveStatus ?? 400,
      noSnapshotId: habits.noSnapshotId ?? null,
      stopEndedStatus: habits.stopEndedStatus ?? 200,
      projectKey: habits.projectKey ?? 'projectId',
    },
    add: (plan) => addJob(plan.id ?? freeId(jobs, seed, created), plan, clock.now()),
    find,
    jobs: () => [...jobs.values()].map(restartedIfDue),
    contextOf,
    remove: (jobId) => jobs.delete(jobId),
    findFile(fileId) {
      const now = clock.now();
      const located = locate(fileId);
      const file = located && outputAt(located.context, located.fileIndex, now);
      if (located && file && fileIdOf(ids, located.context, file) === fileId)
        return { context: located.context, file };
      return findFixedId(fileId, now);
    },
  };

  /** The run, and the index among its files, that an id encodes. */
  function locate(fileId: string): { context: RunContext; fileIndex: number } | null {
    const location = ids.locationOf(fileId);
    const jobId = location && byIndex.get(location.job);
    const job = jobId === null || jobId === undefined ? null : find(jobId);
    const run = job && job.index === location!.job ? anyRun(job, String(location!.run)) : null;
    return job && run ? { context: contextOf(job, run), fileIndex: location!.fileIndex } : null;
  }

  /** Among the files whose ids are fixed because the API page prints them. */
  function findFixedId(fileId: string, now: number): { context: RunContext; file: OutputFile } | null {
    for (const job of jobs.values()) {
      const [run] = job.runs;
      if (!run?.plan.storedEarly) continue;
      const context = contextOf(restartedIfDue(job), run);
      const file = outputFiles(context, now).find((each) => fileIdOf(ids, context, each) === fileId);
      if (file) return { context, file };
    }
    return null;
  }
}

const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ';

/** Five letters, like the platform's. */
function freeId(taken: Map<string, Job>, seed: number, number: number): string {
  for (let attempt = 0; ; attempt += 1) {
    let value = (((seed % 9973) + 1) * 7919 + number * 104_729 + attempt * 15_485_863) % LETTERS.length ** 5;
    let id = '';
    for (let place = 0; place < 5; place += 1) {
      id += LETTERS[value % LETTERS.length]!;
      value = Math.floor(value / LETTERS.length);
    }
    if (!taken.has(id)) return id;
  }
}

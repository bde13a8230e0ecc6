import type { Habits } from '../scripts/types';
import type { VirtualClock } from './clock';
import { fileIds, type FileIds } from './file-ids';
import { anyRun, createJob, type Job, type JobPlan } from './job';
import { fileIdOf, outputAt, outputFiles, type OutputFile, type RunPlace } from './run-files';
import { timeline } from './timeline';

/** The whole of the simulated platform. */
export interface Platform {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly ids: FileIds;
  readonly habits: Required<Habits>;
  /** Adds a job, or replaces the one of this id. */
  add(plan: JobPlan): Job;
  find(jobId: string): Job | null;
  /** In the order of their creation. */
  jobs(): Job[];
  remove(jobId: string): boolean;
  /** A file that is listed by now. */
  findFile(fileId: string): { place: RunPlace; file: OutputFile } | null;
}

export function createPlatform(seed: number, clock: VirtualClock, habits: Habits = {}): Platform {
  const jobs = new Map<string, Job>();
  const byIndex = new Map<number, string>();
  const ids = fileIds(seed);
  let created = 0;

  function put(id: string, plan: JobPlan, now: number): Job {
    const job = createJob(created, id, plan, now);
    byIndex.set(created, id);
    created += 1;
    jobs.set(id, job);
    return job;
  }

  /** An exhibit that has been over for a while starts anew. */
  function settled(job: Job): Job {
    const { reopensAfter } = job.plan;
    if (reopensAfter === undefined) return job;
    const { lastEnd } = timeline(job);
    if (lastEnd === null || clock.now() < lastEnd + reopensAfter * 1000) return job;
    return put(job.id, job.plan, clock.now());
  }

  function find(jobId: string): Job | null {
    const job = jobs.get(jobId);
    return job ? settled(job) : null;
  }

  return {
    seed,
    clock,
    ids,
    habits: {
      notActiveStatus: habits.notActiveStatus ?? 400,
      noSnapshotId: habits.noSnapshotId ?? null,
      stopEndedStatus: habits.stopEndedStatus ?? 200,
    },
    add: (plan) => put(plan.id ?? freeId(jobs, seed, created), plan, clock.now()),
    find,
    jobs: () => [...jobs.values()].map(settled),
    remove: (jobId) => jobs.delete(jobId),
    findFile(fileId) {
      const now = clock.now();
      const told = placeOf(fileId);
      const file = told && outputAt(told.place, told.slot, now);
      if (told && file && fileIdOf(ids, told.place, file) === fileId) return { place: told.place, file };
      return findPrinted(fileId, now);
    },
  };

  /** The run, and the slot among its files, that an id tells. */
  function placeOf(fileId: string): { place: RunPlace; slot: number } | null {
    const where = ids.placeOf(fileId);
    const jobId = where && byIndex.get(where.job);
    const job = jobId === null || jobId === undefined ? null : find(jobId);
    const run = job && job.index === where!.job ? anyRun(job, String(where!.run)) : null;
    return job && run ? { place: { seed, job, run }, slot: where!.slot } : null;
  }

  /** Among the files that have ids of their own, as the API page prints them. */
  function findPrinted(fileId: string, now: number): { place: RunPlace; file: OutputFile } | null {
    for (const job of jobs.values()) {
      const [run] = job.runs;
      if (!run?.plan.storedEarly) continue;
      const place = { seed, job: settled(job), run };
      const file = outputFiles(place, now).find((each) => fileIdOf(ids, place, each) === fileId);
      if (file) return { place, file };
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

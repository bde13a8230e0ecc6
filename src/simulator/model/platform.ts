import type { Habits } from '../scripts/options';
import type { VirtualClock } from './clock';
import { fileIds, type FileIds } from './file-ids';
import { anyRun, createJob, type Job, type JobPlan } from './job';
import type { Run } from './run';
import { fileIdOf, outputAt, outputFiles, type OutputFile, type RunPlace } from './run-files';
import { createFileStore, type FileStore } from './stored-files';
import { timeline } from './timeline';

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
  place(job: Job, run: Run): RunPlace;
  /** A file that is listed by now. */
  findFile(fileId: string): { place: RunPlace; file: OutputFile } | null;
}

export function createPlatform(seed: number, clock: VirtualClock, habits: Habits = {}): Platform {
  const jobs = new Map<string, Job>();
  const byIndex = new Map<number, string>();
  const ids = fileIds(seed);
  const store = createFileStore(seed);
  let created = 0;

  const place = (job: Job, run: Run): RunPlace => ({ seed, dateOf: clock.dateOf, job, run });

  function put(id: string, plan: JobPlan, at: number): Job {
    const job = createJob(created, id, plan, at);
    byIndex.set(created, id);
    created += 1;
    jobs.set(id, job);
    return job;
  }

  /** A job that begins anew some time after its end does so at that instant, whoever asks for it when. */
  function settled(job: Job): Job {
    const { restartsAfter } = job.plan;
    if (restartsAfter === undefined) return job;
    const { lastEnd } = timeline(job);
    const due = lastEnd === null ? Infinity : lastEnd + restartsAfter * 1000;
    if (clock.now() < due) return job;
    const { keepsDates } = job.plan;
    return settled(put(job.id, keepsDates ? job.plan : { ...job.plan, createdAt: due }, due));
  }

  function find(jobId: string): Job | null {
    const job = jobs.get(jobId);
    return job ? settled(job) : null;
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
    add: (plan) => put(plan.id ?? freeId(jobs, seed, created), plan, clock.now()),
    find,
    jobs: () => [...jobs.values()].map(settled),
    place,
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
    return job && run ? { place: place(job, run), slot: where!.slot } : null;
  }

  /** Among the files that have ids of their own, as the API page prints them. */
  function findPrinted(fileId: string, now: number): { place: RunPlace; file: OutputFile } | null {
    for (const job of jobs.values()) {
      const [run] = job.runs;
      if (!run?.plan.storedEarly) continue;
      const there = place(settled(job), run);
      const file = outputFiles(there, now).find((each) => fileIdOf(ids, there, each) === fileId);
      if (file) return { place: there, file };
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

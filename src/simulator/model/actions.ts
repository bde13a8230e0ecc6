import { HttpError } from '../answers/answers';
import { contentOf, type Content } from '../content/contents';
import type { JobAction } from '../scripts/job-action';
import { anyRun, type Job } from './job';
import type { Platform } from './platform';
import { createRun, stateAt, timesOf, type Run } from './run';
import { liveFiles } from './run-files';

/** Moves a job by hand. Throws an HttpError that says what is in the way. */
export function applyAction(platform: Platform, jobId: string, action: JobAction): void {
  const job = platform.find(jobId);
  if (!job) throw new HttpError(404, `There is no job ${jobId}.`);
  const now = platform.clock.now();
  switch (action.action) {
    case 'remove-job':
      platform.remove(jobId);
      return;
    case 'restart':
      platform.add({ ...job.plan, id: jobId, createdAt: now, definition: job.definition });
      return;
    case 'submit':
      submit(job, now);
      break;
    case 'cancel':
      cancel(job, now);
      break;
    case 'set-status': {
      job.rowsByHand.push({ at: now, status: action.status, reason: action.reason ?? null });
      break;
    }
    case 'add-run':
      job.lastRunNumber += 1;
      job.runs.push(createRun(job.lastRunNumber, action.run ?? {}));
      break;
    case 'remove-run': {
      const run = requiredRun(job, action.runId);
      job.runs = job.runs.filter((each) => each !== run);
      break;
    }
    case 'start-run': {
      const run = requiredRun(job, action.runId);
      if (stateAt(timesOf(run, job), now) !== 'pending') {
        throw new HttpError(409, `Run ${action.runId} has started already.`);
      }
      // A run can't compute in a job that was never submitted.
      submit(job, now);
      run.startedByHand = now;
      break;
    }
    case 'end-run': {
      const run = requiredRun(job, action.runId);
      if (stateAt(timesOf(run, job), now) !== 'running') throw notRunning(action.runId);
      run.endedByHand = now;
      if (action.exitCode !== undefined) run.exitCodeByHand = action.exitCode;
      break;
    }
    case 'append':
    case 'replace':
    case 'remove-file':
      editFile(platform, job, action);
      break;
  }
  job.timeline = null;
}

export function submit(job: Job, now: number): void {
  if (job.submitted !== null && job.submitted <= now) return;
  const plans = job.plan.runsAtSubmission?.(job);
  if (plans) {
    job.runs = plans.map((plan, position) => createRun(position + 1, plan));
    job.lastRunNumber = plans.length;
  }
  job.submitted = now;
  job.timeline = null;
}

/** Ends a job: what runs is stopped, what has not started never will. */
export function cancel(job: Job, now: number): void {
  if (job.cancelled !== null && job.cancelled <= now) return;
  job.cancelled = now;
  job.timeline = null;
}

/** Ends a job at once: nothing is saved any more, and the history says so. */
export function forceStop(job: Job, now: number): void {
  if (job.forced !== null) return;
  job.forced = now;
  cancel(job, now);
}

/** Takes the cluster away, whatever is left on it. */
export function shutDown(job: Job, now: number): void {
  cancel(job, now);
  job.shutDown ??= now;
  job.timeline = null;
}

export function stopRun(job: Job, run: Run, now: number): void {
  run.stopRequestedAt ??= now;
  job.timeline = null;
}

type FileEdit = Extract<JobAction, { action: 'append' | 'replace' | 'remove-file' }>;

/** An edited file no longer grows by itself: from the first edit on it has only what the edits put there. */
function editFile(platform: Platform, job: Job, action: FileEdit): void {
  const run = requiredRun(job, action.runId);
  const live = liveFiles(platform.contextOf(job, run), platform.clock.now());
  if (!live) throw notRunning(action.runId);
  if (action.action === 'remove-file') {
    if (!live.some(({ path }) => path === action.path))
      throw new HttpError(404, `There is no file ${action.path}.`);
    run.edits.set(action.path, null);
    return;
  }
  const bytes = Buffer.from(action.text, action.encoding ?? 'utf8');
  if (action.action === 'replace') {
    run.edits.set(action.path, [bytes]);
    return;
  }
  const chunks = run.edits.get(action.path);
  if (chunks) {
    chunks.push(bytes);
    return;
  }
  const before: Content = live.find(({ path }) => path === action.path)?.content ?? contentOf('');
  run.edits.set(action.path, [Buffer.from(before.slice(0, before.size)), bytes]);
}

function requiredRun(job: Job, runId: string): Run {
  const run = anyRun(job, runId);
  if (!run) throw new HttpError(404, `Job ${job.id} has no run ${runId}.`);
  return run;
}

const notRunning = (runId: string) => new HttpError(409, `Run ${runId} is not in progress.`);

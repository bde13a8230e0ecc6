import type { IncomingMessage } from 'node:http';
import { empty, json, HttpError, errorAnswer, type Answer } from '../answers/answers';
import { requestBody } from '../answers/request-body';
import { applyAction } from '../model/actions';
import { listedRuns, type Job } from '../model/job';
import type { Platform } from '../model/platform';
import { stateAt, timesOf } from '../model/run';
import { jobStatus } from '../model/timeline';
import { checkedSeconds } from '../scripts/check';
import { checkedFaults } from '../scripts/fault-rule';
import { checkedAction, checkedRestart } from '../scripts/job-action';
import { checkedJob } from '../scripts/job-script';
import type { Faults } from '../traffic/faults';
import type { RequestLog } from '../traffic/request-log';

/** What `/_sim/…` acts on. */
export interface ControlTarget {
  platform: Platform;
  faults: Faults;
  log: RequestLog;
}

/** Scripts with the contents of files in them. */
const LARGEST_BODY = 64 * 1024 * 1024;

/** Answers `/_sim/…`: no token, but only from this machine's own programs. */
export async function controlAnswer(
  target: ControlTarget,
  request: IncomingMessage,
  pathname: string,
): Promise<Answer> {
  try {
    refuseBrowsers(request);
    const answer = await dispatch(target, request, pathname.slice('/_sim/'.length).replace(/\/$/, ''));
    return { ...answer, headers: { 'content-type': 'application/json', ...answer.headers } };
  } catch (error) {
    if (error instanceof HttpError) return errorAnswer(error);
    throw error;
  }
}

/** A page of any web site could reach 127.0.0.1, by its address or by a name that it rebinds to it. */
function refuseBrowsers({ headers }: IncomingMessage): void {
  const loopback = /^(https?:\/\/)?(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;
  if (!loopback.test(headers.host ?? '')) throw new HttpError(403, 'Only a loopback address may be used.');
  if (headers.origin !== undefined && !loopback.test(headers.origin)) {
    throw new HttpError(403, 'Not for pages of other sites.');
  }
}

async function dispatch(target: ControlTarget, request: IncomingMessage, path: string): Promise<Answer> {
  const { platform, faults, log } = target;
  const endpoint = `${request.method} ${path}`;
  switch (endpoint) {
    case 'GET state':
      return json(state(target));
    case 'GET requests':
      return json(log.records());
    case 'DELETE requests':
      log.clear();
      return empty(204);
    case 'GET faults':
      return json(faults.rules());
    case 'POST faults':
    case 'PUT faults':
      faults.set(checkedFaults(await scriptBody(request)));
      return json(faults.rules());
    case 'DELETE faults':
      faults.set([]);
      return empty(204);
    case 'POST advance':
      platform.clock.advance(checkedSeconds(await scriptBody(request)));
      return json({ now: dateNow(platform) });
    case 'POST restart': {
      const { jobId } = checkedRestart(await scriptBody(request));
      applyAction(platform, jobId, { action: 'restart' });
      return json(jobState(platform.find(jobId)!, platform.clock.now()), 201);
    }
    case 'GET jobs':
      return json(platform.jobs().map((job) => jobState(job, platform.clock.now())));
    case 'POST jobs':
      return json({ id: platform.add(checkedJob(await scriptBody(request))).id }, 201);
  }
  const jobControl = /^POST jobs\/([^/]+)\/control$/.exec(endpoint);
  if (!jobControl) throw new HttpError(404, `There is no ${endpoint} here.`);
  const jobId = decodeURIComponent(jobControl[1]!);
  applyAction(platform, jobId, checkedAction(await scriptBody(request)));
  const job = platform.find(jobId);
  return job ? json(jobState(job, platform.clock.now())) : empty(204);
}

function jobState(job: Job, now: number) {
  const runs: Record<string, string> = {};
  for (const run of listedRuns(job, now)) runs[String(run.number)] = stateAt(timesOf(run, job), now);
  return { id: job.id, name: job.name, status: jobStatus(job, now), runs };
}

function state({ platform, log }: ControlTarget) {
  const now = platform.clock.now();
  const { connections, requestsPerSecond } = log.peaks();
  return {
    now: dateNow(platform),
    speed: platform.clock.speed,
    seed: platform.seed,
    peakConnections: connections,
    highestRequestRate: requestsPerSecond,
    jobs: platform.jobs().map((job) => jobState(job, now)),
  };
}

const dateNow = ({ clock }: Platform) => new Date(clock.dateOf(clock.now())).toISOString();

async function scriptBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await requestBody(request, LARGEST_BODY);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new HttpError(400, 'The body is not JSON.');
  }
}

import type { IncomingMessage } from 'node:http';
import { empty, json, Refusal, refused, type Answer } from '../answers/answers';
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
export interface Controlled {
  platform: Platform;
  faults: Faults;
  log: RequestLog;
}

/** Scripts with the contents of files in them. */
const LARGEST_BODY = 64 * 1024 * 1024;

/** Answers `/_sim/…`: no token, but only from this machine's own programs. */
export async function controlAnswer(
  controlled: Controlled,
  request: IncomingMessage,
  pathname: string,
): Promise<Answer> {
  try {
    refuseBrowsers(request);
    const told = await dispatch(controlled, request, pathname.slice('/_sim/'.length).replace(/\/$/, ''));
    return { ...told, headers: { 'content-type': 'application/json', ...told.headers } };
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

/** A page of any web site could reach 127.0.0.1, by its address or by a name that it binds anew to it. */
function refuseBrowsers({ headers }: IncomingMessage): void {
  const loopback = /^(https?:\/\/)?(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;
  if (!loopback.test(headers.host ?? '')) throw new Refusal(403, 'Only a loopback address may be used.');
  if (headers.origin !== undefined && !loopback.test(headers.origin)) {
    throw new Refusal(403, 'Not for pages of other sites.');
  }
}

async function dispatch(controlled: Controlled, request: IncomingMessage, path: string): Promise<Answer> {
  const { platform, faults, log } = controlled;
  const asked = `${request.method} ${path}`;
  switch (asked) {
    case 'GET state':
      return json(state(controlled));
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
      return json(told(platform.find(jobId)!, platform.clock.now()), 201);
    }
    case 'GET jobs':
      return json(platform.jobs().map((job) => told(job, platform.clock.now())));
    case 'POST jobs':
      return json({ id: platform.add(checkedJob(await scriptBody(request))).id }, 201);
  }
  const acted = /^POST jobs\/([^/]+)\/control$/.exec(asked);
  if (!acted) throw new Refusal(404, `There is no ${asked} here.`);
  const jobId = decodeURIComponent(acted[1]!);
  applyAction(platform, jobId, checkedAction(await scriptBody(request)));
  const job = platform.find(jobId);
  return job ? json(told(job, platform.clock.now())) : empty(204);
}

function told(job: Job, now: number) {
  const runs: Record<string, string> = {};
  for (const run of listedRuns(job, now)) runs[String(run.number)] = stateAt(timesOf(run, job), now);
  return { id: job.id, name: job.name, status: jobStatus(job, now), runs };
}

function state({ platform, log }: Controlled) {
  const now = platform.clock.now();
  const { connections, requestsPerSecond } = log.peaks();
  return {
    now: dateNow(platform),
    speed: platform.clock.speed,
    seed: platform.seed,
    peakConnections: connections,
    highestRequestRate: requestsPerSecond,
    jobs: platform.jobs().map((job) => told(job, now)),
  };
}

const dateNow = ({ clock }: Platform) => new Date(clock.dateOf(clock.now())).toISOString();

async function scriptBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) throw new Refusal(413, 'The body is too large.');
    parts.push(part);
  }
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
}

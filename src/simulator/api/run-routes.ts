import { json, notFound, Refusal, type Answer } from '../answers/answers';
import { listPage } from '../answers/lists';
import { lastLines } from '../content/contents';
import { stopRun } from '../model/actions';
import { findRun, listedRuns } from '../model/job';
import { stateAt, timesOf } from '../model/run';
import {
  fileIdOf,
  liveFiles,
  outputFiles,
  SNAPSHOT,
  workingBytes,
  type LiveFile,
  type RunPlace,
} from '../model/run-files';
import { fileRow, fullFileRow } from './file-rows';
import { askedJob } from './job-lookup';
import type { ApiRequest, Route } from './request';
import { runRow } from './run-rows';

const RUN = 'jobs\\/([^/]+)\\/runs\\/([^/]+)\\/';

export const runRoutes: Route[] = [
  { path: /^jobs\/([^/]+)\/runs\/$/, methods: { GET: listRuns } },
  { path: new RegExp(`^${RUN}$`), methods: { GET: readRun } },
  { path: new RegExp(`^${RUN}stop\\/$`), methods: { POST: stop }, ignoresBody: true },
  { path: new RegExp(`^${RUN}snapshot\\/$`), methods: { POST: snapshot }, ignoresBody: true },
  { path: new RegExp(`^${RUN}files\\/$`), methods: { GET: listRunFiles } },
  { path: new RegExp(`^${RUN}directory-contents\\/$`), methods: { GET: listDirectory } },
  // With or without a slash at the end: heading and examples of the API page differ (docs/platform.md, "Tail").
  { path: new RegExp(`^${RUN}tail\\/(.+?)\\/?$`), methods: { GET: tail } },
];

function listRuns(request: ApiRequest): Answer {
  const job = askedJob(request);
  const { platform, now } = request;
  return json(listPage(request, listedRuns(job, now), (run) => runRow(platform.place(job, run), now)));
}

function askedRun(request: ApiRequest): RunPlace {
  const job = askedJob(request);
  const run = findRun(job, request.parts[1]!, request.now);
  if (!run) throw notFound();
  return request.platform.place(job, run);
}

function readRun(request: ApiRequest): Answer {
  return json(runRow(askedRun(request), request.now));
}

/** A request, not an end: `{}` at once, `dateCompleted` some seconds later (docs/platform.md, "Actions"). */
function stop(request: ApiRequest): Answer {
  const { job, run } = askedRun(request);
  const { stopEndedStatus } = request.platform.habits;
  if (stateAt(timesOf(run, job), request.now) === 'completed') {
    if (stopEndedStatus >= 400) throw new Refusal(stopEndedStatus, 'Run is not active.');
    return json({}, stopEndedStatus);
  }
  stopRun(job, run, request.now);
  return json({});
}

const SNAPSHOT_TAKES = 45;

/**
 * Asks for an archive of the working directory. It is a failure inside a 200 when there is none to make;
 * `lastSnapshotID` is the previous archive's id (docs/platform.md, "Actions").
 */
function snapshot(request: ApiRequest): Answer {
  const place = askedRun(request);
  const { job, run } = place;
  const { now } = request;
  const lastSnapshotID = newestSnapshot(request, place);
  const told = (exitcode: number, reason: string) => json({ data: '', exitcode, lastSnapshotID, reason });
  if (stateAt(timesOf(run, job), now) !== 'running') return told(1, 'Run is not active.');
  if (run.snapshots.some(({ readyAt }) => readyAt > now))
    return told(1, 'A snapshot is already in progress.');
  const takes = (job.plan.snapshotTakes ?? SNAPSHOT_TAKES) * 1000;
  const bytes = workingBytes(place, now);
  run.snapshots.push({ slot: run.snapshots.length, requestedAt: now, readyAt: now + takes, bytes });
  return told(0, 'Generating snapshot.');
}

function newestSnapshot({ platform, now }: ApiRequest, place: RunPlace): string | null {
  const archives = outputFiles(place, now).filter(({ typeId }) => typeId === SNAPSHOT);
  archives.sort((one, other) => one.uploadedAt - other.uploadedAt);
  const newest = archives.at(-1);
  return newest ? fileIdOf(platform.ids, place, newest) : platform.habits.noSnapshotId;
}

function listRunFiles(request: ApiRequest): Answer {
  const { platform, now, query, storage } = request;
  const place = askedRun(request);
  const wanted = (query.get('search') ?? '').toLowerCase();
  const files = outputFiles(place, now).filter((file) => file.relativePath.toLowerCase().includes(wanted));
  const row = place.run.plan.storedEarly
    ? (file: (typeof files)[number]) => fileRow(platform.ids, place, file)
    : (file: (typeof files)[number]) => fullFileRow(platform.ids, place, file, storage);
  return json(listPage(request, files, row, 'next-last'));
}

function workingDirectory(request: ApiRequest, place: RunPlace): LiveFile[] {
  const files = liveFiles(place, request.now);
  if (!files) throw new Refusal(request.platform.habits.notActiveStatus, 'Run is not active.');
  return files;
}

/** A bare array; `resource` with the prefix that was asked for (docs/platform.md, "Tail"). */
function listDirectory(request: ApiRequest): Answer {
  const place = askedRun(request);
  const base = `${request.prefix}jobs/${place.job.id}/runs/${place.run.number}/tail/`;
  return json(workingDirectory(request, place).map(({ path }) => ({ path, resource: base + path })));
}

/** The last lines as JSON, or with no `lines` the bytes of the whole file. */
function tail(request: ApiRequest): Answer {
  const place = askedRun(request);
  const path = request.parts[2]!;
  const file = workingDirectory(request, place).find((each) => each.path === path);
  if (!file) throw notFound();
  const { content } = file;
  const lines = request.query.get('lines');
  const type = fileType(content.slice(0, 512));
  if (lines === null) {
    const contentType = type === 'data' ? 'application/octet-stream' : 'text/plain';
    return {
      status: 200,
      headers: { 'content-type': contentType },
      body: { kind: 'content', content, start: 0, end: content.size },
    };
  }
  if (!/^\d+$/.test(lines)) throw new Refusal(400, 'lines: A valid integer is required.');
  const home = place.job.plan.home ?? `/enc/uprod_${place.job.id}`;
  return json({
    fileType: `${home}/work/${path}: ${place.job.plan.textType ?? type}`,
    lines: lastLines(content, Number(lines)),
  });
}

/** What `file` would say. */
function fileType(beginning: Buffer): string {
  if (beginning.length === 0) return 'empty';
  if (beginning.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return 'data';
  return beginning.some((byte) => byte > 127) ? 'UTF-8 Unicode text' : 'ASCII text';
}

import { json, notFound, HttpError, type Answer } from '../answers/answers';
import { listPage } from '../answers/lists';
import { lastLines } from '../content/contents';
import { stopRun } from '../model/actions';
import { findRun, listedRuns } from '../model/job';
import { stateAt, timesOf } from '../model/run';
import {
  fileIdOf,
  liveFiles,
  outputFiles,
  SNAPSHOT_TYPE,
  workingBytes,
  type LiveFile,
  type RunContext,
} from '../model/run-files';
import { fileRow, fullFileRow } from './file-rows';
import { requestedJob } from './requested-job';
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
  const job = requestedJob(request);
  const { platform, now } = request;
  return json(listPage(request, listedRuns(job, now), (run) => runRow(platform.contextOf(job, run), now)));
}

function requestedRun(request: ApiRequest): RunContext {
  const job = requestedJob(request);
  const run = findRun(job, request.parts[1]!, request.now);
  if (!run) throw notFound();
  return request.platform.contextOf(job, run);
}

function readRun(request: ApiRequest): Answer {
  return json(runRow(requestedRun(request), request.now));
}

/** A request, not an end: `{}` at once, `dateCompleted` some seconds later (docs/platform.md, "Actions"). */
function stop(request: ApiRequest): Answer {
  const { job, run } = requestedRun(request);
  const { stopEndedStatus } = request.platform.habits;
  if (stateAt(timesOf(run, job), request.now) === 'completed') {
    if (stopEndedStatus >= 400) throw new HttpError(stopEndedStatus, 'Run is not active.');
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
  const context = requestedRun(request);
  const { job, run } = context;
  const { now } = request;
  const lastSnapshotID = newestSnapshot(request, context);
  const snapshotAnswer = (exitcode: number, reason: string) =>
    json({ data: '', exitcode, lastSnapshotID, reason });
  if (stateAt(timesOf(run, job), now) !== 'running') return snapshotAnswer(1, 'Run is not active.');
  if (run.snapshots.some(({ readyAt }) => readyAt > now))
    return snapshotAnswer(1, 'A snapshot is already in progress.');
  const takes = (job.plan.snapshotTakes ?? SNAPSHOT_TAKES) * 1000;
  const bytes = workingBytes(context, now);
  run.snapshots.push({ fileIndex: run.snapshots.length, requestedAt: now, readyAt: now + takes, bytes });
  return snapshotAnswer(0, 'Generating snapshot.');
}

function newestSnapshot({ platform, now }: ApiRequest, context: RunContext): string | null {
  const archives = outputFiles(context, now).filter(({ typeId }) => typeId === SNAPSHOT_TYPE);
  archives.sort((one, other) => one.uploadedAt - other.uploadedAt);
  const newest = archives.at(-1);
  return newest ? fileIdOf(platform.ids, context, newest) : platform.habits.noSnapshotId;
}

function listRunFiles(request: ApiRequest): Answer {
  const { platform, now, query, storage } = request;
  const context = requestedRun(request);
  const wanted = (query.get('search') ?? '').toLowerCase();
  const files = outputFiles(context, now).filter((file) => file.relativePath.toLowerCase().includes(wanted));
  const row = context.run.plan.storedEarly
    ? (file: (typeof files)[number]) => fileRow(platform.ids, context, file)
    : (file: (typeof files)[number]) => fullFileRow(platform.ids, context, file, storage);
  return json(listPage(request, files, row, 'next-last'));
}

function workingDirectory(request: ApiRequest, context: RunContext): LiveFile[] {
  const files = liveFiles(context, request.now);
  if (!files) throw new HttpError(request.platform.habits.notActiveStatus, 'Run is not active.');
  return files;
}

/** A bare array; `resource` with the prefix that was asked for (docs/platform.md, "Tail"). */
function listDirectory(request: ApiRequest): Answer {
  const context = requestedRun(request);
  const base = `${request.prefix}jobs/${context.job.id}/runs/${context.run.number}/tail/`;
  return json(workingDirectory(request, context).map(({ path }) => ({ path, resource: base + path })));
}

/** The last lines as JSON, or with no `lines` the bytes of the whole file. */
function tail(request: ApiRequest): Answer {
  const context = requestedRun(request);
  const path = request.parts[2]!;
  const file = workingDirectory(request, context).find((each) => each.path === path);
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
  if (!/^\d+$/.test(lines)) throw new HttpError(400, 'lines: A valid integer is required.');
  const home = context.job.plan.home ?? `/enc/uprod_${context.job.id}`;
  return json({
    fileType: `${home}/work/${path}: ${context.job.plan.textType ?? type}`,
    lines: lastLines(content, Number(lines)),
  });
}

/** What `file` would say. */
function fileType(beginning: Buffer): string {
  if (beginning.length === 0) return 'empty';
  if (beginning.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return 'data';
  return beginning.some((byte) => byte > 127) ? 'UTF-8 Unicode text' : 'ASCII text';
}

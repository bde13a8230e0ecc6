import { empty, json, notFound, HttpError } from '../answers/answers';
import { listPage } from '../answers/lists';
import { isoMicroseconds } from '../content/dates';
import { cancel, forceStop, shutDown, submit } from '../model/actions';
import { listedRuns, type Job, type StatusRow } from '../model/job';
import { fileIdOf, outputFiles, type OutputFile, type RunContext } from '../model/run-files';
import { clusterStatus, isTerminal, jobStatus, timelineOf, rowsUntil } from '../model/timeline';
import { deleteJob, patchJob, postJob } from './definition-routes';
import { definitionRow, isV3, jobSummary } from './definition-rows';
import { fullFileRow } from './file-rows';
import { requestedJob } from './requested-job';
import type { ApiRequest, Route } from './request';
import { withChanges, findAnyFile } from './stored-file-rows';

export const jobRoutes: Route[] = [
  { path: /^jobs\/$/, methods: { GET: listJobs, POST: postJob } },
  {
    path: /^jobs\/([^/]+)\/$/,
    methods: { GET: readJob, PATCH: patchJob, PUT: patchJob, DELETE: deleteJob },
  },
  { path: /^jobs\/([^/]+)\/statuses\/$/, methods: { GET: listStatuses } },
  { path: /^jobs\/([^/]+)\/cluster_statuses\/$/, methods: { GET: listClusterStatuses } },
  { path: /^jobs\/([^/]+)\/files\/$/, methods: { GET: listJobFiles } },
  { path: /^jobs\/([^/]+)\/submit\/$/, methods: { POST: submitJob }, ignoresBody: true },
  { path: /^jobs\/([^/]+)\/stop\/$/, methods: { POST: endAction(cancel) }, ignoresBody: true },
  { path: /^jobs\/([^/]+)\/force_stop\/$/, methods: { POST: endAction(forceStop) }, ignoresBody: true },
  { path: /^jobs\/([^/]+)\/shutdown\/$/, methods: { POST: endAction(shutDown) }, ignoresBody: true },
];

function readJob(request: ApiRequest) {
  return json(definitionRow(request, requestedJob(request)));
}

type Order = (one: Job, other: Job) => number;
const orders: Record<string, Order> = {
  dateInserted: (one, other) => one.created - other.created || one.index - other.index,
  name: (one, other) => one.name.localeCompare(other.name) || one.index - other.index,
};

/** Newest first unless `ordering` says otherwise; filters as clients use them (docs/platform.md, "Jobs"). */
function listJobs(request: ApiRequest) {
  const { query, now, platform } = request;
  const wanted = (query.get('search') ?? '').toLowerCase();
  const matches = (job: Job) => {
    if (wanted && !`${job.name} ${job.id}`.toLowerCase().includes(wanted)) return false;
    return matchesState(query, jobStatus(job, now));
  };
  const [, minus, field] = /^(-?)(.*)$/.exec(query.get('ordering') ?? '-dateInserted')!;
  const order = orders[field!] ?? orders['dateInserted']!;
  const jobs = platform.jobs().filter((job) => job.created <= now && matches(job));
  jobs.sort(minus === '-' ? (one, other) => order(other, one) : order);
  return json(
    listPage(request, jobs, (job) => ({
      ...jobSummary(request, job),
      projectId: job.definition.projectId,
      jobStatus: { content: jobStatus(job, now) },
      clusterStatusDisplay: { content: clusterStatus(job, now) },
    })),
  );
}

function matchesState(query: URLSearchParams, status: string): boolean {
  const state = query.get('state');
  if (state === 'completed' && !isTerminal(status)) return false;
  if (state === 'not_completed' && isTerminal(status)) return false;
  // `t=1`, the active ones, is what a phone client asks for.
  if (query.get('t') === '1' && (status === '' || isTerminal(status))) return false;
  const requestedStatus = query.get('job_status');
  return requestedStatus === null || status.toUpperCase() === requestedStatus.toUpperCase();
}

/** Newest first; v3 says more (docs/platform.md, "Addresses"). */
function statusPage(request: ApiRequest, job: Job, rows: StatusRow[]) {
  const { dateOf } = request.platform.clock;
  const row = ({ status, at, reason }: StatusRow) => {
    const common = { status, statusDate: isoMicroseconds(dateOf(at)), statusReason: reason };
    return isV3(request)
      ? { ...common, id: `${job.id}_${status}_${at}`, jobId: job.id, substatus: null }
      : common;
  };
  return json(listPage(request, rowsUntil(rows, request.now).reverse(), row));
}

function listStatuses(request: ApiRequest) {
  const job = requestedJob(request);
  return statusPage(request, job, timelineOf(job).rows);
}

/** 404 for a while after the submission (docs/platform.md, "Jobs"). */
function listClusterStatuses(request: ApiRequest) {
  const job = requestedJob(request);
  const { clusterRows, clusterListedAt } = timelineOf(job);
  if (clusterListedAt === null || request.now < clusterListedAt) throw notFound();
  return statusPage(request, job, clusterRows);
}

/** The outputs of all runs; `search` looks into names and paths. Only the rows of the page are made. */
function listJobFiles(request: ApiRequest) {
  const { platform, now, query, storage } = request;
  const job = requestedJob(request);
  const wanted = (query.get('search') ?? '').toLowerCase();
  const files: { context: RunContext; file: OutputFile }[] = [];
  for (const run of listedRuns(job, now)) {
    const context = platform.contextOf(job, run);
    for (const file of outputFiles(context, now)) {
      if (!wanted || file.relativePath.toLowerCase().includes(wanted)) files.push({ context, file });
    }
  }
  return json(
    listPage(
      request,
      files,
      ({ context, file }) =>
        withChanges(
          fullFileRow(platform.ids, context, file, storage),
          platform.store.changeOf(fileIdOf(platform.ids, context, file)),
        ),
      'next-last',
    ),
  );
}

/** 200 without a body. A job that ran already stays as it is; one whose inputs are gone is refused. */
function submitJob(request: ApiRequest) {
  const { platform, now } = request;
  const job = requestedJob(request);
  if (job.submitted === null) {
    for (const { inputFiles } of job.definition.jobanalyses) {
      const gone = inputFiles.find(({ id }) => findAnyFile(platform, id)?.deleted ?? true);
      if (gone) throw new HttpError(400, `The input file ${gone.id} has been deleted.`);
    }
    submit(job, now);
  }
  return empty(200);
}

/** 202 without a body; the end comes later (docs/platform.md, "Actions"). v3 answers 200 as well as 202. */
function endAction(end: (job: Job, now: number) => void) {
  return (request: ApiRequest) => {
    const job = requestedJob(request);
    const over = isTerminal(jobStatus(job, request.now));
    if (job.submitted !== null && (!over || end === shutDown)) end(job, request.now);
    return empty(isV3(request) ? 200 : 202);
  };
}

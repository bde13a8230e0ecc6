import { empty, json, notFound } from '../answers/answers';
import { listPage, type ListForm } from '../answers/lists';
import { isoMicroseconds } from '../content/dates';
import { cancel, submit } from '../model/actions';
import type { DateOf } from '../model/clock';
import { listedRuns, type Job, type StatusRow } from '../model/job';
import { outputFiles, type OutputFile, type RunPlace } from '../model/run-files';
import { clusterStatus, isTerminal, jobStatus, timeline, visible } from '../model/timeline';
import { fullFileRow, OWNER } from './file-rows';
import type { ApiRequest, Route } from './request';

export const jobRoutes: Route[] = [
  { path: /^jobs\/$/, methods: { GET: listJobs } },
  { path: /^jobs\/([^/]+)\/$/, methods: { GET: (request) => json(definition(request, askedJob(request))) } },
  { path: /^jobs\/([^/]+)\/statuses\/$/, methods: { GET: listStatuses } },
  { path: /^jobs\/([^/]+)\/cluster_statuses\/$/, methods: { GET: listClusterStatuses } },
  { path: /^jobs\/([^/]+)\/files\/$/, methods: { GET: listJobFiles } },
  { path: /^jobs\/([^/]+)\/submit\/$/, methods: { POST: submitJob } },
  { path: /^jobs\/([^/]+)\/stop\/$/, methods: { POST: stopJob } },
];

export function askedJob({ platform, parts }: ApiRequest): Job {
  const job = platform.find(parts[0]!);
  if (!job) throw notFound();
  return job;
}

type Order = (one: Job, other: Job) => number;
const orders: Record<string, Order> = {
  dateInserted: (one, other) => one.created - other.created || one.index - other.index,
  name: (one, other) => one.name.localeCompare(other.name) || one.index - other.index,
};

/** Newest first unless `ordering` says otherwise; filters as clients use them (rescale-platform.md 2.2). */
function listJobs(request: ApiRequest) {
  const { query, now, platform } = request;
  const wanted = (query.get('search') ?? '').toLowerCase();
  const keep = (job: Job) => {
    if (wanted && !`${job.name} ${job.id}`.toLowerCase().includes(wanted)) return false;
    return stateFits(query, jobStatus(job, now));
  };
  const [, minus, field] = /^(-?)(.*)$/.exec(query.get('ordering') ?? '-dateInserted')!;
  const order = orders[field!] ?? orders['dateInserted']!;
  const jobs = platform.jobs().filter((job) => job.created <= now && keep(job));
  jobs.sort(minus === '-' ? (one, other) => order(other, one) : order);
  return json(
    listPage(request, jobs, (job) => ({
      ...definition(request, job),
      jobStatus: { content: jobStatus(job, now) },
      clusterStatusDisplay: { content: clusterStatus(job, now) },
    })),
  );
}

function stateFits(query: URLSearchParams, status: string): boolean {
  const state = query.get('state');
  if (state === 'completed' && !isTerminal(status)) return false;
  if (state === 'not_completed' && isTerminal(status)) return false;
  // `t=1`, the active ones, is what a phone client asks for.
  if (query.get('t') === '1' && (status === '' || isTerminal(status))) return false;
  const jobStatusAsked = query.get('job_status');
  return jobStatusAsked === null || status.toUpperCase() === jobStatusAsked.toUpperCase();
}

/** A job's definition. It does not say how the job stands (rescale-platform.md 2.2). */
function definition({ now, platform }: ApiRequest, job: Job) {
  const runs = listedRuns(job, now).length;
  return {
    id: job.id,
    name: job.name,
    owner: OWNER,
    dateInserted: isoMicroseconds(platform.clock.dateOf(job.created)),
    expectedRuns: runs > 0 ? runs : null,
    isTemplateDryRun: false,
    isInteractive: false,
  };
}

const row =
  (dateOf: DateOf) =>
  ({ status, at, reason }: StatusRow) => ({
    status,
    statusDate: isoMicroseconds(dateOf(at)),
    statusReason: reason,
  });

/** Newest first. */
function statusPage(request: ApiRequest, rows: StatusRow[], form?: ListForm) {
  return json(
    listPage(request, visible(rows, request.now).reverse(), row(request.platform.clock.dateOf), form),
  );
}

function listStatuses(request: ApiRequest) {
  return statusPage(request, timeline(askedJob(request)).rows);
}

/** Without `next`, and 404 for a while after the submission (rescale-platform.md 2.2). */
function listClusterStatuses(request: ApiRequest) {
  const { clusterRows, clusterListedAt } = timeline(askedJob(request));
  if (clusterListedAt === null || request.now < clusterListedAt) throw notFound();
  return statusPage(request, clusterRows, 'without-next');
}

/** The outputs of all runs; `search` looks into names and paths. Only the rows of the page are made. */
function listJobFiles(request: ApiRequest) {
  const { platform, now, query, storage } = request;
  const job = askedJob(request);
  const wanted = (query.get('search') ?? '').toLowerCase();
  const files: { place: RunPlace; file: OutputFile }[] = [];
  for (const run of listedRuns(job, now)) {
    const place = platform.place(job, run);
    for (const file of outputFiles(place, now)) {
      if (!wanted || file.relativePath.toLowerCase().includes(wanted)) files.push({ place, file });
    }
  }
  return json(
    listPage(
      request,
      files,
      ({ place, file }) => fullFileRow(platform.ids, place, file, storage),
      'next-last',
    ),
  );
}

function submitJob(request: ApiRequest) {
  submit(askedJob(request), request.now);
  return empty(200);
}

/** 202 without a body; the end comes later (rescale-platform.md 2.2). */
function stopJob(request: ApiRequest) {
  const job = askedJob(request);
  if (!isTerminal(jobStatus(job, request.now))) cancel(job, request.now);
  return empty(202);
}

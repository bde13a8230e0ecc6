/**
 * What the search lists in the dialogs show: jobs, runs and files, read with the platform's own client. They share its
 * budget, and go first because a person waits. Who may read flows may read these lists.
 */
import type { NodeAPI } from 'node-red';
import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import type { RescaleFile } from '../../api/client/types';
import { runState } from '../../runs/run/run-state';
import { listAnalyses, listCoreTypes, listProjects, listVersions } from './catalog-lookups';
import { withUndeployedPlatform, type PlatformPorts } from './undeployed-platform';
import { registerEditorRoute, EditorError, type EditorRequest } from './editor-route';
import { id } from '../fields/fields';
import { findPlatform } from '../platform/platform';
import { firstPage, type Lookup } from './lookup';
import type { FileRow, JobRow, RunRow } from './lookup-rows';
import { runRow } from './run-row';

/** As many as a person scrolls through; typing finds the rest. */
const MOST_JOBS = 100;
const MOST_RUNS = 500;
const MOST_FILES = 1000;

type ReadLookup = (
  client: RescaleClient,
  request: EditorRequest,
  call: CallOptions,
) => Promise<Lookup<object>>;

/**
 * Registers the routes `rescale-platform/lookups/jobs`, `/runs`, `/files`, `/coretypes`, `/analyses`, `/versions` and `/projects` for a platform that is deployed, and
 * `rescale-platform/drafts/jobs`, … for one as the dialogs hold it now, as `draft`. Called once, by the platform's node file.
 */
export function registerLookups(RED: NodeAPI, ports: PlatformPorts): void {
  const lookup = (kind: string, read: ReadLookup) => {
    registerEditorRoute(
      RED,
      `/rescale-platform/lookups/${kind}`,
      'rescale-platform.read',
      async (request, signal) =>
        read(await connect(RED, request['platform']), request, { signal, once: true }),
    );
    // Who only reads must not make the server call an address of their choice.
    registerEditorRoute(
      RED,
      `/rescale-platform/drafts/${kind}`,
      'rescale-platform.write',
      (request, signal) =>
        withUndeployedPlatform(RED, ports, undeployedOf(request), (client) =>
          read(client, request, { signal, once: true }),
        ),
    );
  };
  lookup('jobs', listJobs);
  lookup('runs', listRuns);
  lookup('files', listFiles);
  lookup('coretypes', listCoreTypes);
  lookup('analyses', listAnalyses);
  lookup('versions', listVersions);
  lookup('projects', listProjects);
}

export function undeployedOf(request: EditorRequest): EditorRequest {
  const { draft } = request;
  return draft !== null && typeof draft === 'object' ? (draft as EditorRequest) : {};
}

/** The client of a platform that is deployed. */
export async function connect(RED: NodeAPI, platform: unknown): Promise<RescaleClient> {
  if (typeof platform !== 'string' || !RED.nodes.getNode(platform))
    throw new EditorError('pick.not-deployed');
  const { client } = await findPlatform(RED, platform).connect();
  const paused = (client.budget.pausedUntil ?? 0) - Date.now();
  // The platform asked everybody to wait (429). A person is told so, and may ask again.
  if (paused > 0) throw new EditorError('pick.paused', { seconds: Math.ceil(paused / 1000) });
  return client;
}

async function listJobs(
  client: RescaleClient,
  request: EditorRequest,
  call: CallOptions,
): Promise<Lookup<JobRow>> {
  const search = typeof request['search'] === 'string' ? request['search'].trim() : '';
  const page = await firstPage(
    client.listJobs({ pageSize: MOST_JOBS, ordering: '-dateInserted', ...(search && { search }), ...call }),
  );
  return {
    rows: page.rows.map((job) => ({
      id: job.id,
      name: job.name,
      status: job.jobStatus?.content ?? '',
      date: job.dateInserted,
    })),
    truncated: page.more,
  };
}

async function listRuns(
  client: RescaleClient,
  request: EditorRequest,
  call: CallOptions,
): Promise<Lookup<RunRow>> {
  const page = await firstPage(
    client.listRuns(id(request['jobId'], 'jobId'), { pageSize: MOST_RUNS, ...call }),
  );
  const rows = [...page.rows].sort((one, other) => one.displayOrder - other.displayOrder).map(runRow);
  return { rows, truncated: page.more };
}

/** The working directory of a run in progress, else (or where only `outputs` are asked for) its output files. */
async function listFiles(
  client: RescaleClient,
  request: EditorRequest,
  call: CallOptions,
): Promise<Lookup<FileRow>> {
  const jobId = id(request['jobId'], 'jobId');
  const runId = id(request['runId'], 'runId');
  if (request['outputs'] !== true) {
    const live = await workingDirectory(client, jobId, runId, call);
    if (live) return live;
  }
  const page = await firstPage(client.listRunFiles(jobId, runId, { pageSize: MOST_FILES, ...call }));
  return {
    rows: page.rows.filter((file) => !file.isDeleted).map(fileRow),
    truncated: page.more,
    live: false,
  };
}

/** Null when the run is not in progress. */
async function workingDirectory(
  client: RescaleClient,
  jobId: string,
  runId: string,
  call: CallOptions,
): Promise<Lookup<FileRow> | null> {
  const run = await client.getRun(jobId, runId, call);
  if (runState(run) !== 'running') return null;
  try {
    const entries = await client.listDirectory(jobId, runId, call);
    const rows = entries.slice(0, MOST_FILES).map(({ path }) => ({ path, id: null, bytes: null }));
    return { rows, truncated: entries.length > MOST_FILES, live: true };
  } catch (error) {
    // It may have ended in between.
    if (isRescaleError(error) && /NOT_ACTIVE|NOT_FOUND|REJECTED|PROTOCOL/.test(error.code)) return null;
    throw error;
  }
}

function fileRow(file: RescaleFile): FileRow {
  return { path: file.relativePath || file.name, id: file.id, bytes: file.decryptedSize };
}

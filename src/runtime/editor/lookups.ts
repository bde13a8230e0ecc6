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
import { withDraft, type DraftPorts } from './draft';
import { answerEditor, EditorReason, type Question } from './editor-answers';
import { id } from '../fields/fields';
import { findPlatform } from '../platform/platform';
import { firstPage, type Lookup } from './lookup';
import type { FileRow, JobRow, RunRow } from './lookup-rows';
import { runRow } from './run-row';

/** As many as a person scrolls through; typing finds the rest. */
const JOBS = 100;
const RUNS = 500;
const FILES = 1000;

type Read = (client: RescaleClient, question: Question, call: CallOptions) => Promise<Lookup<object>>;

/**
 * Makes the addresses `rescale-platform/lookups/jobs`, `/runs`, `/files`, `/coretypes`, `/analyses`, `/versions` and `/projects` for a platform that is deployed, and
 * `rescale-platform/drafts/jobs`, … for one as the dialogs hold it now, as `draft`. Called once, by the platform's node file.
 */
export function registerLookups(RED: NodeAPI, ports: DraftPorts): void {
  const lookup = (kind: string, read: Read) => {
    answerEditor(
      RED,
      `/rescale-platform/lookups/${kind}`,
      'rescale-platform.read',
      async (question, signal) =>
        read(await connect(RED, question['platform']), question, { signal, once: true }),
    );
    // Who only reads must not make the server call an address of their choice.
    answerEditor(RED, `/rescale-platform/drafts/${kind}`, 'rescale-platform.write', (question, signal) =>
      withDraft(RED, ports, draftOf(question), (client) => read(client, question, { signal, once: true })),
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

export function draftOf(question: Question): Question {
  const { draft } = question;
  return draft !== null && typeof draft === 'object' ? (draft as Question) : {};
}

/** The client of a platform that is deployed. */
export async function connect(RED: NodeAPI, platform: unknown): Promise<RescaleClient> {
  if (typeof platform !== 'string' || !RED.nodes.getNode(platform))
    throw new EditorReason('pick.not-deployed');
  const { client } = await findPlatform(RED, platform).connect();
  const paused = (client.budget.pausedUntil ?? 0) - Date.now();
  // The platform asked everybody to wait (429). A person is told so, and may ask again.
  if (paused > 0) throw new EditorReason('pick.paused', { seconds: Math.ceil(paused / 1000) });
  return client;
}

async function listJobs(
  client: RescaleClient,
  question: Question,
  call: CallOptions,
): Promise<Lookup<JobRow>> {
  const search = typeof question['search'] === 'string' ? question['search'].trim() : '';
  const page = await firstPage(
    client.listJobs({ pageSize: JOBS, ordering: '-dateInserted', ...(search && { search }), ...call }),
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
  question: Question,
  call: CallOptions,
): Promise<Lookup<RunRow>> {
  const page = await firstPage(client.listRuns(id(question['jobId'], 'jobId'), { pageSize: RUNS, ...call }));
  const rows = [...page.rows].sort((one, other) => one.displayOrder - other.displayOrder).map(runRow);
  return { rows, truncated: page.more };
}

/** The working directory of a run in progress, else (or where only `outputs` are asked for) its output files. */
async function listFiles(
  client: RescaleClient,
  question: Question,
  call: CallOptions,
): Promise<Lookup<FileRow>> {
  const jobId = id(question['jobId'], 'jobId');
  const runId = id(question['runId'], 'runId');
  if (question['outputs'] !== true) {
    const live = await workingDirectory(client, jobId, runId, call);
    if (live) return live;
  }
  const page = await firstPage(client.listRunFiles(jobId, runId, { pageSize: FILES, ...call }));
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
    const rows = entries.slice(0, FILES).map(({ path }) => ({ path, id: null, bytes: null }));
    return { rows, truncated: entries.length > FILES, live: true };
  } catch (error) {
    // It may have ended in between.
    if (isRescaleError(error) && /NOT_ACTIVE|NOT_FOUND|REJECTED|PROTOCOL/.test(error.code)) return null;
    throw error;
  }
}

function fileRow(file: RescaleFile): FileRow {
  return { path: file.relativePath || file.name, id: file.id, bytes: file.decryptedSize };
}

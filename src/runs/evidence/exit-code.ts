import type { ByteRange, CallOptions, Contents, RescaleClient } from '../../api/client/client';
import type { RescaleFile, Run } from '../../api/client/types';
import type { LogEvidence } from '../run/outcome';
import { DATE_PRECISION, instant } from '../run/run-state';
import { isOfFormerEnd, seeLog } from '../run/seen-ends';
import { filesCounted, storedFile } from '../files/file-row';
import { closingEvidence } from './closing-line';

const LOG = 'process_output.log';
const IN_JOB_FOLDER = /(?:^|\/)job_[^/]+\/(.*)$/;
const IN_JOB = /^run([^/]+)\/(?:\.\/)*process_output\.log$/;
const PAGE_SIZE = 1000;
/** The line stands at the very end of the log (docs/platform.md), so its last bytes are enough. */
const TAIL_BYTES = 64 * 1024;
/** Where the platform ignores the range, a log longer than this (bytes) is not worth its transfer. */
const LONGEST_WHOLE = 32 * 1024 * 1024;

/** The logs that are listed, as far as they are wanted. */
export interface RunLogs {
  byRun: Map<string, RescaleFile[]>;
  /** Some log does not say of which run it is: the list of a run's own files tells (`findLogsOfRun`). */
  someUnplaced: boolean;
}

/** The job's files could not be listed. */
export const LIST_UNREAD: RunLogs = { byRun: new Map(), someUnplaced: true };

/**
 * The `process_output.log` of each wanted run (null: of all) that is listed, with one search over the job's files. The run is
 * told by the storage path `…/run3/process_output.log` (docs/platform.md, files). Of several logs of one run the one
 * uploaded last counts; where that can't be told, all of those that may be it. With the runs a log of an attempt before their start is left out.
 */
export async function findRunLogs(
  client: RescaleClient,
  jobId: string,
  wanted: ReadonlySet<string> | null,
  runs: ReadonlyMap<string, Pick<Run, 'dateStarted'>>,
  options: CallOptions,
): Promise<RunLogs> {
  const logs = createRunLogs(runs);
  const pages = client.listJobFiles(jobId, { ...options, search: LOG, pageSize: PAGE_SIZE });
  for await (const page of pages) {
    for (const file of page.rows.filter((row) => isLog(row) && !isOfAnother(jobId, row))) {
      const runId = runOf(file);
      if (runId === null) logs.someUnplaced = true;
      else if (wanted === null || wanted.has(runId)) logs.add(runId, file);
    }
    if (wanted !== null && logs.byRun.size === wanted.size) break;
  }
  return logs;
}

/** The same for one run, from the list of its own files, and how many files that has. */
export async function findLogsOfRun(
  client: RescaleClient,
  jobId: string,
  runId: string,
  run: Pick<Run, 'dateStarted'> | undefined,
  options: CallOptions,
): Promise<{ logs: RescaleFile[]; listed: number }> {
  const logs = createRunLogs(new Map(run ? [[runId, run]] : []));
  let listed = 0;
  const pages = client.listRunFiles(jobId, runId, { ...options, pageSize: PAGE_SIZE });
  for await (const page of pages) {
    listed += page.rows.length;
    for (const file of page.rows.filter(isLog)) {
      const relative = IN_JOB.exec(file.relativePath ?? '')?.[1];
      if (relative === undefined || relative === runId) logs.add(runId, file);
    }
  }
  return { logs: logs.byRun.get(runId) ?? [], listed };
}

function createRunLogs(runs: ReadonlyMap<string, Pick<Run, 'dateStarted'>>) {
  const byRun = new Map<string, RescaleFile[]>();
  return {
    byRun,
    someUnplaced: false,
    add(runId: string, file: RescaleFile): void {
      if (isOfEarlierAttempt(file, runs.get(runId))) return;
      const known = byRun.get(runId) ?? [];
      const isOlder = (one: RescaleFile, other: RescaleFile) =>
        instant(one.dateUploaded) < instant(other.dateUploaded);
      if (known.some((other) => other.id === file.id || isOlder(file, other))) return;
      byRun.set(runId, [...known.filter((other) => !isOlder(other, file)), file]);
    },
  };
}

/** The run has begun anew under its id since the log came. */
function isOfEarlierAttempt(log: RescaleFile, run: Pick<Run, 'dateStarted'> | undefined): boolean {
  return instant(log.dateUploaded) + DATE_PRECISION < instant(run?.dateStarted);
}

function isLog(file: RescaleFile): boolean {
  if (file.isDeleted) return false;
  const relative = (file.relativePath || (file.path ? LOG : file.name)).replace(/^(?:\.\/)+/, '');
  return relative === LOG || isOfRunInJob(relative, file);
}

/**
 * `run1/process_output.log` is the log of run 1 where the storage shows that it is the job's folder that the path begins in. Without
 * that it may as well lie in a folder of the run's that is called so, and be the log of some step.
 */
function isOfRunInJob(relative: string, { path }: RescaleFile): boolean {
  return IN_JOB.test(relative) && IN_JOB_FOLDER.exec(path ?? '')?.[1] === relative;
}

/** An input that was the output of another job, as its place in the storage says, tells nothing of this one. */
function isOfAnother(jobId: string, { path, typeId }: RescaleFile): boolean {
  const owner = /(?:^|\/)job_([^/]+)\//.exec(path ?? '')?.[1];
  return owner !== undefined && owner !== jobId && typeId !== OUTPUT;
}

/** The `typeId` of a job's own output. */
const OUTPUT = 5;

/** Null when the row does not say. */
function runOf({ path }: RescaleFile): string | null {
  const inJob = IN_JOB_FOLDER.exec(path ?? '')?.[1];
  const form = inJob === undefined ? /(?:^|\/)run([^/]+)\/(?:\.\/)*process_output\.log$/ : IN_JOB;
  return form.exec(inJob ?? path ?? '')?.[1] ?? null;
}

/** Of so many logs that may each be the run's last, all are read. */
const MOST_READ = 4;

/** What a run's logs say about how it exited: mostly one, or several of which nobody can tell which came last. */
export async function readLogEvidence(
  client: RescaleClient,
  jobId: string,
  logs: readonly RescaleFile[],
  options: CallOptions,
): Promise<LogEvidence> {
  const said: LogEvidence[] = [];
  for (const log of logs.slice(0, MOST_READ)) said.push(await readOneLog(client, jobId, log, options));
  const [first] = said;
  if (!first) return { kind: 'missing' };
  if (logs.length === 1) return first;
  const codes = said.map((one) => (one.kind === 'exit' ? one.code : NaN));
  const agree = codes.every((code) => code === 0) || codes.every((code) => !Number.isNaN(code) && code !== 0);
  return agree && logs.length <= MOST_READ ? first : { kind: 'several' };
}

/**
 * An answer that is not the end of the file that is listed, a half uploaded copy or another part than was asked for, says nothing: a
 * step within the run may have printed its last line.
 */
async function readOneLog(
  client: RescaleClient,
  jobId: string,
  log: RescaleFile,
  options: CallOptions,
): Promise<LogEvidence> {
  const listed = storedFile(log).size;
  const size = listed || null;
  const contents = await client.openContents(log.id, { ...options, jobId, range: lastBytes(size) });
  // A part of what is empty can't be given.
  if (contents.status === 416 && listed === 0) {
    contents.discard();
    return { kind: 'silent' };
  }
  const end = await readEnd(contents);
  if (end === 'too-long') return { kind: 'silent' };
  if (end === null || (size !== null && end.size !== null && end.size !== size)) return { kind: 'partial' };
  if (end.text === '' && listed === null) return { kind: 'partial' };
  return closingEvidence(end.text);
}

/** The same for a run and the logs that were found of its job. */
export async function readLogOf(
  client: RescaleClient,
  jobId: string,
  run: Run,
  logs: RunLogs,
  options: CallOptions,
): Promise<LogEvidence> {
  const listed = (logs.byRun.get(run.id) ?? []).filter((log) => !isOfEarlierAttempt(log, run));
  // A search that finds nothing of a run that has files contradicts it.
  const asksRun = listed.length === 0 && (logs.someUnplaced || filesCounted(run) > 0);
  const found = asksRun ? (await findLogsOfRun(client, jobId, run.id, run, options)).logs : listed;
  const now = found.filter((log) => !isOfFormerEnd(client, jobId, run, log));
  const evidence = await readLogEvidence(client, jobId, now, options);
  if (evidence.kind === 'exit') seeLog(client, jobId, run, now[0]!);
  return evidence;
}

/** From a known size on it is asked for by its place: some proxies take `bytes=-n` for the first bytes. */
function lastBytes(size: number | null): ByteRange {
  return size === null ? { last: TAIL_BYTES } : { start: Math.max(0, size - TAIL_BYTES) };
}

/** The last bytes and the size of what they are the end of (null = not told); null when they are not the end. */
async function readEnd({
  chunks,
  discard,
  status,
  bytes,
  range,
}: Contents): Promise<{ text: string; size: number | null } | 'too-long' | null> {
  try {
    if (status === 416) return null;
    if (status === 206 && range?.size != null && range.end !== range.size - 1) return null;
    if (status === 200 && (bytes ?? 0) > LONGEST_WHOLE) return 'too-long';
    let end = Buffer.alloc(0);
    let arrived = range?.start ?? 0;
    for await (const chunk of chunks) {
      arrived += chunk.length;
      end = Buffer.concat([end, chunk]).subarray(-TAIL_BYTES);
    }
    return { text: end.toString('utf8'), size: arrived };
  } finally {
    discard();
  }
}

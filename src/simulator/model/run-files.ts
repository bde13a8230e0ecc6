import { binaryBytes, contentOf, withText, type Content } from '../content/contents';
import type { DateOf } from './clock';
import type { FileIds } from './file-ids';
import { PROCESS_LOG, type FileSource } from './file-source';
import type { Job } from './job';
import { processLine } from './process-log';
import { outputsListedAt, stateAt, timesOf, type Run } from './run';
import type { RunTimes } from './run-facts';
import { scriptedSources } from './scripted-files';

/** A run with its job, and what its files are computed from. */
export interface RunContext {
  seed: number;
  dateOf: DateOf;
  job: Job;
  run: Run;
}

/** A file of a run's working directory. */
export interface LiveFile {
  path: string;
  content: Content;
}

/** A file of a run in the storage. */
export interface OutputFile {
  fileIndex: number;
  name: string;
  relativePath: string;
  typeId: number;
  source: FileSource;
  /** ms since the epoch */
  uploadedAt: number;
}

/** Ranges of file indexes, which are part of file ids: snapshots first, then files edited by hand, then the rest. */
const FIRST_BY_HAND = 100;
const FIRST_SOURCE = 400;

const OUTPUT_TYPE = 5;
/** The type of a snapshot's archive (docs/platform.md, "Files"). */
export const SNAPSHOT_TYPE = 12;

function sourcesOf({ seed, dateOf, job, run }: RunContext, times: RunTimes): FileSource[] {
  const facts = { seed, dateOf, jobId: job.id, runNumber: run.number, times };
  return run.plan.sources?.(facts) ?? scriptedSources(facts, run.plan.files ?? []);
}

/** The working directory of a run in progress; null when it is not in progress. */
export function liveFiles(context: RunContext, now: number): LiveFile[] | null {
  const { run, job } = context;
  const times = timesOf(run, job);
  if (stateAt(times, now) !== 'running') return null;
  const elapsed = (now - times.start!) / 1000;
  const files: LiveFile[] = [];
  for (const source of sourcesOf(context, times)) {
    if (source.storedOnly || run.edits.has(source.path) || (source.appearsAt ?? 0) > elapsed) continue;
    files.push({
      path: source.path,
      get content() {
        return source.content(elapsed);
      },
    });
  }
  for (const [path, edit] of run.edits) {
    if (edit)
      files.push({
        path,
        get content() {
          return contentOf(mergeChunks(edit));
        },
      });
  }
  return files;
}

/** Joins the chunks of many small appends in place, so that reading and appending stay cheap. */
function mergeChunks(chunks: Buffer[]): Buffer {
  if (chunks.length > 1) chunks.splice(0, chunks.length, Buffer.concat(chunks));
  return chunks[0] ?? Buffer.alloc(0);
}

/** By file index: the outputs of runs that are all listed. Nothing changes them any more. */
const finalOutputs = new WeakMap<Run, Map<number, OutputFile>>();

/** The listed file with this index; the cache spares a walk over all files of the run. */
export function outputAt(context: RunContext, fileIndex: number, now: number): OutputFile | null {
  const files = finalOutputs.get(context.run);
  if (files) return files.get(fileIndex) ?? null;
  return outputFiles(context, now).find((file) => file.fileIndex === fileIndex) ?? null;
}

/** What is listed in the storage by now: nothing right after the end, then more and more (docs/platform.md, "Files"). */
export function outputFiles(context: RunContext, now: number): readonly OutputFile[] {
  const { run, job } = context;
  const known = finalOutputs.get(run);
  if (known) return [...known.values()];
  const times = timesOf(run, job);
  const snapshots = readySnapshots(context, times, now);
  if (run.plan.storedEarly) return keptArchives(job, [...allOutputs(context, times), ...snapshots]);
  const listedAt = outputsListedAt(run, times);
  if (listedAt === null || times.start === null || now < times.end!) return snapshots;
  const all = allOutputs(context, times);
  if (now < listedAt) return [...all.filter(({ uploadedAt }) => uploadedAt <= now), ...snapshots];
  const files = [...all, ...snapshots];
  finalOutputs.set(run, new Map(files.map((file) => [file.fileIndex, file])));
  return files;
}

/** Without the archives that newer ones have replaced. */
function keptArchives(job: Job, files: OutputFile[]): OutputFile[] {
  const archives = files.filter(({ typeId }) => typeId === SNAPSHOT_TYPE);
  const gone = archives.slice(0, Math.max(0, archives.length - (job.plan.keepsSnapshots ?? Infinity)));
  return files.filter((file) => !gone.includes(file));
}

function allOutputs(context: RunContext, times: RunTimes): OutputFile[] {
  const { run } = context;
  const end = times.end ?? times.start!;
  const elapsed = (end - times.start!) / 1000;
  const made: { fileIndex: number; source: FileSource }[] = [];
  sourcesOf(context, times).forEach((source, position) => {
    if (!source.liveOnly && !run.edits.has(source.path) && (source.appearsAt ?? 0) <= elapsed)
      made.push({ fileIndex: FIRST_SOURCE + position, source });
  });
  [...run.edits].forEach(([path, edit], position) => {
    if (edit)
      made.push({
        fileIndex: FIRST_BY_HAND + position,
        source: { path, content: () => contentOf(mergeChunks(edit)) },
      });
  });
  const listedAt = outputsListedAt(run, times) ?? end;
  return made.map(({ fileIndex, source }, position) => {
    const relativePath = source.path.replace(/^shared\//, '');
    const name = relativePath.slice(relativePath.lastIndexOf('/') + 1);
    const part = listedFraction(relativePath, position, made.length);
    const uploadedAt = Math.ceil(end + (listedAt - end) * part);
    return { fileIndex, name, relativePath, typeId: source.typeId ?? OUTPUT_TYPE, source, uploadedAt };
  });
}

/** Outputs are listed in so many steps; during the first two nothing is listed. */
const LISTING_STEPS = 4;

/**
 * When a file is listed, as a part of the time until all are. The log is not the last one, so that it is no sign
 * that the list is whole.
 */
function listedFraction(relativePath: string, position: number, files: number): number {
  const step = relativePath === PROCESS_LOG ? 1 : Math.floor((position / files) * LISTING_STEPS);
  return (step + 2) / (LISTING_STEPS + 1);
}

function readySnapshots({ seed, job, run }: RunContext, times: RunTimes, now: number): OutputFile[] {
  // An archive that was still being made when the run ended never comes.
  const ready = run.snapshots.filter(
    ({ readyAt }) => readyAt <= now && (times.end === null || readyAt <= times.end),
  );
  return ready.map(({ fileIndex, readyAt, bytes }) => {
    const name = `snapshot_${fileIndex + 1}.tar.gz`;
    const content = binaryBytes([seed, job.id, run.number, name].join('/'), bytes);
    const source: FileSource = { path: name, content: () => content };
    return { fileIndex, name, relativePath: name, typeId: SNAPSHOT_TYPE, source, uploadedAt: readyAt };
  });
}

/** The finished content of an output file. */
export function outputContent(context: RunContext, file: OutputFile): Content {
  const { run, job } = context;
  const times = timesOf(run, job);
  if (file.typeId === SNAPSHOT_TYPE || times.start === null) return file.source.content(0);
  const end = times.end ?? times.start;
  const content = file.source.content((end - times.start) / 1000);
  if (file.relativePath !== PROCESS_LOG || times.end === null || times.exitCode === null) return content;
  const lastByte = content.slice(content.size - 1, content.size)[0];
  const apart = lastByte === undefined || lastByte === 10 ? '' : '\n';
  return withText(
    content,
    apart + processLine(context.dateOf(times.end), `Exited with code ${times.exitCode}`),
  );
}

/** Number and bytes of the outputs, as a run tells them from its end on, before they are listed; 0 and null till then. */
export function outputTotals(context: RunContext, now: number): { count: number; size: number | null } {
  const { run, job } = context;
  const times = timesOf(run, job);
  if (times.end === null || times.end > now) return { count: 0, size: null };
  if (times.start === null) return { count: 0, size: 0 };
  // Nothing joins after the end, so that it is counted once.
  run.outputs ??= countedOutputs(context, [
    ...allOutputs(context, times),
    ...readySnapshots(context, times, now),
  ]);
  return run.outputs;
}

function countedOutputs(context: RunContext, files: OutputFile[]): { count: number; size: number } {
  return { count: files.length, size: files.reduce((sum, file) => sum + sizeOf(context, file), 0) };
}

function sizeOf(context: RunContext, file: OutputFile): number {
  return context.run.fileFacts.get(file.fileIndex)?.size ?? outputContent(context, file).size;
}

/** What a snapshot taken now would hold. */
export function workingBytes(context: RunContext, now: number): number {
  return (liveFiles(context, now) ?? []).reduce((sum, { content }) => sum + content.size, 0);
}

export function fileIdOf(ids: FileIds, { job, run }: RunContext, file: OutputFile): string {
  return (
    file.source.fixedMetadata?.id ?? ids.idOf({ job: job.index, run: run.number, fileIndex: file.fileIndex })
  );
}

import { binaryBytes, contentOf, extended, type Content } from '../content/contents';
import type { FileIds } from './file-ids';
import { PROCESS_LOG, type FileSource } from './file-source';
import type { Job } from './job';
import { processLine } from './process-log';
import { outputsListedAt, stateAt, timesOf, type Run } from './run';
import type { RunTimes } from './run-facts';
import { scriptedSources } from './scripted-files';

/** A run and where it belongs. */
export interface RunPlace {
  seed: number;
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
  slot: number;
  name: string;
  relativePath: string;
  typeId: number;
  source: FileSource;
  /** ms since the epoch */
  uploadedAt: number;
}

/** Slots of a run's files: snapshots first, then what was made by hand, then the rest; ids hold them. */
const FIRST_BY_HAND = 100;
const FIRST_SOURCE = 400;

const OUTPUT = 5;
/** The type of a snapshot's archive (rescale-platform.md 4, 21). */
export const SNAPSHOT = 12;

function sourcesOf({ seed, job, run }: RunPlace, times: RunTimes): FileSource[] {
  const facts = { seed, jobId: job.id, runNumber: run.number, times };
  return run.plan.sources?.(facts) ?? scriptedSources(facts, run.plan.files ?? []);
}

/** The working directory of a run in progress; null when it is not in progress. */
export function liveFiles(place: RunPlace, now: number): LiveFile[] | null {
  const { run, job } = place;
  const times = timesOf(run, job);
  if (stateAt(times, now) !== 'running') return null;
  const elapsed = (now - times.start!) / 1000;
  const files: LiveFile[] = [];
  for (const source of sourcesOf(place, times)) {
    if (source.storedOnly || run.edits.has(source.path) || (source.appears ?? 0) > elapsed) continue;
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
          return contentOf(joined(edit));
        },
      });
  }
  return files;
}

/** One piece again after many small appends, so that reading and appending stay cheap. */
function joined(pieces: Buffer[]): Buffer {
  if (pieces.length > 1) pieces.splice(0, pieces.length, Buffer.concat(pieces));
  return pieces[0] ?? Buffer.alloc(0);
}

/** By slot: what runs whose outputs are all listed have put out. Nothing changes that any more. */
const settled = new WeakMap<Run, Map<number, OutputFile>>();

/** The listed file of this slot, without a look at the others where that can be had. */
export function outputAt(place: RunPlace, slot: number, now: number): OutputFile | null {
  const files = settled.get(place.run);
  if (files) return files.get(slot) ?? null;
  return outputFiles(place, now).find((file) => file.slot === slot) ?? null;
}

/** What is listed in the storage by now: nothing right after the end, then more and more (rescale-platform.md 3.2). */
export function outputFiles(place: RunPlace, now: number): readonly OutputFile[] {
  const { run, job } = place;
  const known = settled.get(run);
  if (known) return [...known.values()];
  const times = timesOf(run, job);
  const snapshots = readySnapshots(place, times, now);
  if (run.plan.storedEarly) return keptArchives(job, [...allOutputs(place, times), ...snapshots]);
  const listedAt = outputsListedAt(run, times);
  if (listedAt === null || times.start === null || now < times.end!) return snapshots;
  const half = (times.end! + listedAt) / 2;
  if (now < half) return snapshots;
  const all = allOutputs(place, times);
  if (now >= listedAt) {
    const files = [...all, ...snapshots];
    settled.set(run, new Map(files.map((file) => [file.slot, file])));
    return files;
  }
  const part = (now - half) / (listedAt - half);
  // The log of the run comes last, as the evidence that it is.
  const early = all.filter(({ relativePath }) => relativePath !== PROCESS_LOG);
  return [...early.slice(0, Math.floor(early.length * part)), ...snapshots];
}

/** Without the archives that newer ones have replaced. */
function keptArchives(job: Job, files: OutputFile[]): OutputFile[] {
  const archives = files.filter(({ typeId }) => typeId === SNAPSHOT);
  const gone = archives.slice(0, Math.max(0, archives.length - (job.plan.keepsSnapshots ?? Infinity)));
  return files.filter((file) => !gone.includes(file));
}

function allOutputs(place: RunPlace, times: RunTimes): OutputFile[] {
  const { run } = place;
  const end = times.end ?? times.start!;
  const elapsed = (end - times.start!) / 1000;
  const files: OutputFile[] = [];
  const uploaded = outputsListedAt(run, times) ?? end;
  const add = (slot: number, source: FileSource) => {
    const relativePath = source.path.replace(/^shared\//, '');
    const name = relativePath.slice(relativePath.lastIndexOf('/') + 1);
    const typeId = source.typeId ?? OUTPUT;
    files.push({ slot, name, relativePath, typeId, source, uploadedAt: uploaded });
  };
  sourcesOf(place, times).forEach((source, position) => {
    if (!source.liveOnly && !run.edits.has(source.path) && (source.appears ?? 0) <= elapsed)
      add(FIRST_SOURCE + position, source);
  });
  [...run.edits].forEach(([path, edit], position) => {
    if (edit) add(FIRST_BY_HAND + position, { path, content: () => contentOf(joined(edit)) });
  });
  return files;
}

function readySnapshots({ seed, job, run }: RunPlace, times: RunTimes, now: number): OutputFile[] {
  // An archive that was still being made when the run ended never comes.
  const ready = run.snapshots.filter(
    ({ readyAt }) => readyAt <= now && (times.end === null || readyAt <= times.end),
  );
  return ready.map(({ slot, readyAt, bytes }) => {
    const name = `snapshot_${slot + 1}.tar.gz`;
    const content = binaryBytes([seed, job.id, run.number, name].join('/'), bytes);
    const source: FileSource = { path: name, content: () => content };
    return { slot, name, relativePath: name, typeId: SNAPSHOT, source, uploadedAt: readyAt };
  });
}

/** The finished content of an output file. */
export function outputContent({ run, job }: RunPlace, file: OutputFile): Content {
  const times = timesOf(run, job);
  if (file.typeId === SNAPSHOT || times.start === null) return file.source.content(0);
  const end = times.end ?? times.start;
  const content = file.source.content((end - times.start) / 1000);
  if (file.relativePath !== PROCESS_LOG || times.end === null || times.exitCode === null) return content;
  const lastByte = content.slice(content.size - 1, content.size)[0];
  const apart = lastByte === undefined || lastByte === 10 ? '' : '\n';
  return extended(content, apart + processLine(times.end, `Exited with code ${times.exitCode}`));
}

/** Number and bytes of the outputs, as a run tells them: 0 and null before they are all listed. */
export function outputTotals(place: RunPlace, now: number): { count: number; size: number | null } {
  const { run, job } = place;
  const listedAt = outputsListedAt(run, timesOf(run, job));
  if (listedAt === null || now < listedAt) return { count: 0, size: null };
  const files = outputFiles(place, now);
  run.outputSize ??= files.reduce((sum, file) => sum + sizeOf(place, file), 0);
  return { count: files.length, size: run.outputSize };
}

function sizeOf(place: RunPlace, file: OutputFile): number {
  return place.run.known.get(file.slot)?.size ?? outputContent(place, file).size;
}

/** What a snapshot taken now would hold. */
export function workingBytes(place: RunPlace, now: number): number {
  return (liveFiles(place, now) ?? []).reduce((sum, { content }) => sum + content.size, 0);
}

export function fileIdOf(ids: FileIds, { job, run }: RunPlace, file: OutputFile): string {
  return file.source.printed?.id ?? ids.idOf({ job: job.index, run: run.number, slot: file.slot });
}

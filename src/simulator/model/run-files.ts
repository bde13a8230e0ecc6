import { binaryBytes, contentOf, extended, type Content } from '../content/contents';
import type { DateOf } from './clock';
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
/** The type of a snapshot's archive (docs/platform.md, "Files"). */
export const SNAPSHOT = 12;

function sourcesOf({ seed, dateOf, job, run }: RunPlace, times: RunTimes): FileSource[] {
  const facts = { seed, dateOf, jobId: job.id, runNumber: run.number, times };
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

/** What is listed in the storage by now: nothing right after the end, then more and more (docs/platform.md, "Files"). */
export function outputFiles(place: RunPlace, now: number): readonly OutputFile[] {
  const { run, job } = place;
  const known = settled.get(run);
  if (known) return [...known.values()];
  const times = timesOf(run, job);
  const snapshots = readySnapshots(place, times, now);
  if (run.plan.storedEarly) return keptArchives(job, [...allOutputs(place, times), ...snapshots]);
  const listedAt = outputsListedAt(run, times);
  if (listedAt === null || times.start === null || now < times.end!) return snapshots;
  const all = allOutputs(place, times);
  if (now < listedAt) return [...all.filter(({ uploadedAt }) => uploadedAt <= now), ...snapshots];
  const files = [...all, ...snapshots];
  settled.set(run, new Map(files.map((file) => [file.slot, file])));
  return files;
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
  const made: { slot: number; source: FileSource }[] = [];
  sourcesOf(place, times).forEach((source, position) => {
    if (!source.liveOnly && !run.edits.has(source.path) && (source.appears ?? 0) <= elapsed)
      made.push({ slot: FIRST_SOURCE + position, source });
  });
  [...run.edits].forEach(([path, edit], position) => {
    if (edit)
      made.push({ slot: FIRST_BY_HAND + position, source: { path, content: () => contentOf(joined(edit)) } });
  });
  const listedAt = outputsListedAt(run, times) ?? end;
  return made.map(({ slot, source }, position) => {
    const relativePath = source.path.replace(/^shared\//, '');
    const name = relativePath.slice(relativePath.lastIndexOf('/') + 1);
    const part = listedPart(relativePath, position, made.length);
    const uploadedAt = Math.ceil(end + (listedAt - end) * part);
    return { slot, name, relativePath, typeId: source.typeId ?? OUTPUT, source, uploadedAt };
  });
}

/** In how many steps the outputs of a run come to be listed; for as long as two steps, none is. */
const LISTING_STEPS = 4;

/**
 * When a file is listed, as a part of the time until all are. The log is not the last one, so that it is no sign
 * that the list is whole.
 */
function listedPart(relativePath: string, position: number, files: number): number {
  const step = relativePath === PROCESS_LOG ? 1 : Math.floor((position / files) * LISTING_STEPS);
  return (step + 2) / (LISTING_STEPS + 1);
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
export function outputContent(place: RunPlace, file: OutputFile): Content {
  const { run, job } = place;
  const times = timesOf(run, job);
  if (file.typeId === SNAPSHOT || times.start === null) return file.source.content(0);
  const end = times.end ?? times.start;
  const content = file.source.content((end - times.start) / 1000);
  if (file.relativePath !== PROCESS_LOG || times.end === null || times.exitCode === null) return content;
  const lastByte = content.slice(content.size - 1, content.size)[0];
  const apart = lastByte === undefined || lastByte === 10 ? '' : '\n';
  return extended(
    content,
    apart + processLine(place.dateOf(times.end), `Exited with code ${times.exitCode}`),
  );
}

/** Number and bytes of the outputs, as a run tells them from its end on, before they are listed; 0 and null till then. */
export function outputTotals(place: RunPlace, now: number): { count: number; size: number | null } {
  const { run, job } = place;
  const times = timesOf(run, job);
  if (times.end === null || times.end > now) return { count: 0, size: null };
  if (times.start === null) return { count: 0, size: 0 };
  // Nothing joins after the end, so that it is counted once.
  run.outputs ??= countedOutputs(place, [...allOutputs(place, times), ...readySnapshots(place, times, now)]);
  return run.outputs;
}

function countedOutputs(place: RunPlace, files: OutputFile[]): { count: number; size: number } {
  return { count: files.length, size: files.reduce((sum, file) => sum + sizeOf(place, file), 0) };
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

import type { JsonAnswer } from '../request/answers';
import { RescaleError } from '../errors/errors';
import { MOST_DEPTH } from '../limits/limits';
import type {
  DirectoryEntry,
  Job,
  JobStatus,
  JobSummary,
  RescaleFile,
  Run,
  SnapshotAnswer,
  TailLines,
} from '../client/types';
import { parsedWords } from '../request/words';

/*
 * Whether an answer is what its endpoint promises. Only what the rest of the package relies on is checked; anything
 * else is passed on as the platform sent it.
 */

/** Turns a parsed answer into what it should be; null when it isn't that. */
export type Shape<Value> = (value: unknown) => Value | null;

/** Whose answer it is, for the sentences. */
export interface Source {
  platform: string;
  token: string;
}

/** The answer as `shape`. `expected` is the API's name for it. Throws RESCALE_PROTOCOL. */
export function expectShape<Value>(
  answer: JsonAnswer,
  expected: string,
  shape: Shape<Value>,
  { platform, token }: Source,
): Value {
  const { content, status } = answer;
  switch (content.kind) {
    case 'empty':
      throw new RescaleError('RESCALE_PROTOCOL', 'protocol-empty', { platform, expected }, status);
    case 'page':
      throw new RescaleError('RESCALE_PROTOCOL', 'protocol-page', { platform, status }, status);
    case 'not-json':
      throw new RescaleError('RESCALE_PROTOCOL', 'protocol-cut', { platform }, status);
    case 'json': {
      const value = shape(content.value);
      if (value !== null) return value;
      const words = isRecord(content.value) && 'detail' in content.value ? content.value['detail'] : null;
      if (words === null) {
        throw new RescaleError('RESCALE_PROTOCOL', 'protocol-shape', { platform, expected }, status);
      }
      const said = parsedWords(words, token);
      throw new RescaleError(
        'RESCALE_PROTOCOL',
        'protocol-notice',
        { platform, expected, words: said },
        status,
      );
    }
  }
}

type Row = Record<string, unknown>;

function isRecord(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A row with an id. Ids are strings (rescale-platform.md 4.1); a number would only differ in its type. */
function identified(value: unknown): (Row & { id: string }) | null {
  if (!isRecord(value)) return null;
  if (typeof value['id'] === 'number') value['id'] = String(value['id']);
  return typeof value['id'] === 'string' && value['id'] !== '' ? (value as { id: string } & Row) : null;
}

/** The row with what it lacks; what is there stays as it is, also in its order. */
function filled(row: Row, lacking: Row): Row {
  for (const [name, value] of Object.entries(lacking)) row[name] ??= value;
  return row;
}

const isDate = (value: unknown) => value === null || value === undefined || typeof value === 'string';
const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

export const asRun: Shape<Run> = (value) => {
  const row = identified(value);
  if (!row || !isDate(row['dateStarted']) || !isDate(row['dateCompleted'])) return null;
  // How a run stands is read from its dates, so a missing one must not look like one that is set.
  row['dateStarted'] ??= null;
  row['dateCompleted'] ??= null;
  return row as unknown as Run;
};

/**
 * A file without what nobody may see: the key to its encrypted form, which is of no use where `/contents/` decrypts, and
 * the queries of its URLs, which can be signatures.
 */
export const asFile: Shape<RescaleFile> = (value) => {
  const row = identified(value);
  return row ? (withoutSecrets(row) as RescaleFile) : null;
};

function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return /^https?:\/\//i.test(value) ? value.replace(/[?#].*$/s, '') : value;
  if (depth > MOST_DEPTH) return null;
  if (Array.isArray(value)) return value.map((inner) => withoutSecrets(inner, depth + 1));
  if (!isRecord(value)) return value;
  const clean: Row = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name !== 'encodedEncryptionKey') clean[name] = withoutSecrets(inner, depth + 1);
  }
  return clean;
}

/** Jobs name their input files, so the same holds for them. */
export const asJob: Shape<Job> = (value) => {
  const row = identified(value);
  return row ? (withoutSecrets(row) as Job) : null;
};

export const asJobSummary: Shape<JobSummary> = (value) => {
  const row = identified(value);
  return row ? (withoutSecrets(row) as JobSummary) : null;
};

export const asJobStatus: Shape<JobStatus> = (value) =>
  isRecord(value) && typeof value['status'] === 'string' && isDate(value['statusDate'])
    ? (filled(value, { statusReason: null }) as unknown as JobStatus)
    : null;

/** A bare array, without an envelope (rescale-platform.md 2.1). */
export const asDirectory: Shape<DirectoryEntry[]> = (value) =>
  Array.isArray(value) && value.every((entry) => isRecord(entry) && typeof entry['path'] === 'string')
    ? (value as DirectoryEntry[])
    : null;

export const asTailLines: Shape<TailLines> = (value) =>
  isRecord(value) && isStrings(value['lines'])
    ? (filled(value, { fileType: '' }) as unknown as TailLines)
    : null;

/** `/files/{id}/lines/` */
export const asFileLines: Shape<string[]> = (value) =>
  isRecord(value) && isStrings(value['lines']) ? value['lines'] : null;

export const asSnapshot: Shape<SnapshotAnswer> = (value) =>
  isRecord(value) && typeof value['exitcode'] === 'number'
    ? (filled(value, { data: '', lastSnapshotID: null, reason: '' }) as unknown as SnapshotAnswer)
    : null;

/** A stop is answered with `{}`, a job's stop with nothing at all (rescale-platform.md 4.24); both are fine. */
export const asAcknowledgement: Shape<true> = (value) =>
  value === null || value === '' || (isRecord(value) && !('detail' in value)) ? true : null;

/** One page of a list as it was answered. */
export interface Envelope<Value> {
  count: number | null;
  /** As sent; see `readNext`. Undefined when the key is missing. */
  next: unknown;
  rows: Value[];
}

/** The envelope of a list (rescale-platform.md 1.5). */
export function asEnvelope<Value>(row: Shape<Value>): Shape<Envelope<Value>> {
  return (value) => {
    if (!isRecord(value) || !Array.isArray(value['results'])) return null;
    const rows: Value[] = [];
    for (const item of value['results'] as unknown[]) {
      const shaped = row(item);
      if (shaped === null) return null;
      rows.push(shaped);
    }
    const count = value['count'];
    const known = typeof count === 'number' && Number.isInteger(count) && count >= 0;
    return { count: known ? count : null, next: value['next'], rows };
  };
}

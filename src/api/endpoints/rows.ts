import * as v from 'valibot';
import type { JobStatus, JobSummary, RescaleFile, Run, SnapshotAnswer, TailLines } from '../client/types';
import { MOST_DEPTH } from '../limits/limits';
import { TOO_DEEP } from '../limits/nesting';
import { USUAL_DATE } from '../time/dates';
import { readDate, readRunDate } from './row-dates';

/**
 * Turns what was parsed into what it should be; null when it isn't that. For a row of a list, of which as much is read as can be,
 * `odd` is called when something of it can't.
 */
export type Reader<Value> = (value: unknown, odd?: () => void) => Value | null;

export type Row = Record<string, unknown>;

/** Thrown by a reader that met a number which JavaScript has rounded: the answer is then read again, digit by digit. */
export class ExactNumbersNeeded extends Error {}

/*
 * What the rest of the package relies on in the platform's answers, and nothing more: anything else is passed on as it was
 * sent, and an optional property that is missing is harmless (docs/platform.md, answers).
 */
const date = v.nullish(v.string());
const schemas = {
  jobStatus: v.object({ status: v.string(), statusDate: date, statusReason: date }),
  lines: v.object({ lines: v.array(v.unknown()) }),
  snapshot: v.object({ exitcode: v.number() }),
  checksum: v.object({ fileHash: v.string() }),
  envelope: v.object({ results: v.array(v.unknown()) }),
  count: v.pipe(v.number(), v.integer(), v.minValue(0)),
};

/** An object that is no array: what an answer, a message, a file or an editor may have in place of one is anything. */
export function isRecord(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A row with an id. Ids are texts (docs/platform.md, ids); a number would only differ in its type. */
function identified(value: unknown): (Row & { id: string }) | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const row = value as Row & { id: unknown };
  if (typeof row.id === 'number') {
    if (!Number.isInteger(row.id)) return null;
    if (!Number.isSafeInteger(row.id)) throw new ExactNumbersNeeded();
    row.id = String(row.id);
  }
  // What is kept by ids would lose that name.
  const isId = typeof row.id === 'string' && row.id !== '' && row.id !== '__proto__';
  return isId ? (row as { id: string }) : null;
}

/** The row with what it lacks; what is there stays as it is, also in its order. */
function filled(row: Row, lacking: Row): Row {
  for (const [name, value] of Object.entries(lacking)) row[name] ??= value;
  return row;
}

/** How a run stands is read from its dates, so a missing one must not look like one that is set. */
export const readRun: Reader<Run> = (value, odd) => {
  const row = identified(value);
  if (!row) return null;
  for (const name of RUN_DATES) {
    const date = row[name];
    // Nearly all are as the platform writes them, and lists have thousands.
    if (typeof date !== 'string' || !USUAL_DATE.test(date) || Number.isNaN(Date.parse(date)))
      row[name] = readRunDate(row, name, odd);
  }
  for (const name of RUN_VALUES) if (typeof row[name] === 'string') row[name] = valueOfText(row[name]);
  return row as unknown as Run;
};
const RUN_DATES = ['dateStarted', 'dateCompleted'] as const;
const RUN_VALUES = ['displayOrder', 'type', 'outputFileCount', 'outputFileSize', 'isOptimal'];

/**
 * A row without what nobody may see: the key to its encrypted form, which is of no use where `/contents/` decrypts, and
 * the queries of its URLs, which can be signatures. For files, and for jobs, which name their input files.
 */
export function readClean<Value extends { id: string }>(value: unknown): Value | null {
  const row = identified(value);
  return row ? (withoutSecrets(row) as Value) : null;
}

/** A file's row; what of it is not what it should be is left out, because it says nothing and whoever reads it relies on it. */
export const readFile: Reader<RescaleFile> = (value, odd) => {
  const row = readClean<RescaleFile & Row>(value);
  if (!row) return null;
  leaveOutOddTexts(row, ['name', 'relativePath', 'path', 'md5'], odd);
  if (row.dateUploaded !== undefined) row.dateUploaded = readDate(row.dateUploaded, odd);
  readTexts(row, ['typeId', 'decryptedSize', 'isUploaded', 'isDeleted']);
  const checksums: unknown = row['fileChecksums'];
  if (checksums !== undefined && checksums !== null) {
    const plain = Array.isArray(checksums) ? checksums.filter((one) => v.is(schemas.checksum, one)) : [];
    if (!Array.isArray(checksums) || plain.length < checksums.length) odd?.();
    row['fileChecksums'] = plain;
  }
  return row;
};

/** Some answers have whole numbers, and perhaps true and false, as texts (docs/platform.md): read as what they say. */
function readTexts(row: Row, names: string[]): void {
  for (const name of names) if (typeof row[name] === 'string') row[name] = valueOfText(row[name]);
}

function valueOfText(text: string): number | boolean | string {
  const told = text.trim();
  if (/^-?\d{1,15}$/.test(told)) return Number(told);
  if (/^(?:true|false)$/i.test(told)) return told.toLowerCase() === 'true';
  return text;
}

/** A row of the jobs list. Its name is a text, if a blank one. */
export const readJobSummary: Reader<JobSummary> = (value, odd) => {
  const row = readClean<JobSummary & Row>(value);
  if (!row) return null;
  if (typeof row['name'] !== 'string') {
    odd?.();
    row['name'] = writtenOut(row['name']) ?? '';
  }
  return row;
};

function leaveOutOddTexts(row: Row, names: string[], odd?: () => void): void {
  for (const name of names) {
    const value = row[name];
    if (value === undefined || value === null || typeof value === 'string') continue;
    odd?.();
    delete row[name];
  }
}

export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return /^https?:\/\//i.test(value) ? value.replace(/[?#].*$/s, '') : value;
  if (typeof value === 'object' && value !== null && depth >= MOST_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((inner) => withoutSecrets(inner, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const clean: Row = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name !== 'encodedEncryptionKey' && name !== '__proto__')
      clean[name] = withoutSecrets(inner, depth + 1);
  }
  return clean;
}

/** People and rules read these as texts, so what is none is written out where it can be, and left out where not. */
export const readJobStatus: Reader<JobStatus> = (value, odd) => {
  if (!isRecord(value)) return null;
  const status = writtenOut(value['status']);
  if (status === null) return null;
  const texts = {
    status,
    statusDate: readDate(value['statusDate'], odd),
    statusReason: value['statusReason'] ?? null,
  };
  if (v.is(schemas.jobStatus, texts)) return { ...value, ...texts } as JobStatus;
  odd?.();
  return { ...value, ...texts, statusReason: writtenOut(texts.statusReason) } as JobStatus;
};

function writtenOut(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : null;
}

/** A bare array, without an envelope (docs/platform.md, lists). */
export const readArray: Reader<unknown[]> = (value) => (Array.isArray(value) ? value : null);

export const readTailLines: Reader<TailLines> = (value) => {
  const texts = readFileLines(value);
  if (!texts) return null;
  // An element may keep its line end, or hold several lines.
  const lines = texts.some((text) => text.includes('\n'))
    ? texts.flatMap((text) => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n'))
    : texts;
  const isOdd = (value as { lines: unknown[] }).lines.some((line) => typeof line !== 'string');
  return {
    ...filled(value as Row, { fileType: '' }),
    lines,
    ...(isOdd && { odd: true }),
  } as unknown as TailLines;
};

/**
 * `/files/{id}/lines/`. One line that is no text condemns no file: it stays in its place, as text. Where none is one, it is
 * something else.
 */
export const readFileLines: Reader<string[]> = (value) => {
  if (!v.is(schemas.lines, value)) return null;
  const { lines } = value;
  if (lines.length > 0 && !lines.some((line) => typeof line === 'string')) return null;
  return lines.map((line) => (typeof line === 'string' ? line : line === null ? '' : JSON.stringify(line)));
};

/** A code that is written as text is one as well: the snapshot has been taken by then. */
export const readSnapshot: Reader<SnapshotAnswer> = (value) => {
  if (!isRecord(value)) return null;
  readTexts(value, ['exitcode']);
  if (!v.is(schemas.snapshot, value)) return null;
  return filled(value, { data: '', lastSnapshotID: null, reason: '' }) as unknown as SnapshotAnswer;
};

/**
 * A stop of a run is answered with `{}`, a job's stop and a submit with nothing at all (docs/platform.md, actions). Whatever says
 * more was said by somebody else, such as a page to log in: it acknowledges nothing.
 */
export const readAcknowledgement: Reader<true> = (value) =>
  isRecord(value) && Object.keys(value).length === 0 ? true : null;

/** What an answer says that is none: of the API, and of what stands before it. */
const REFUSALS = ['detail', 'error', 'errors', 'message'];

/** Of an action whose answer nobody describes: anything but a word of refusal. */
export const readAnyAnswer: Reader<true> = (value) =>
  value === null || (isRecord(value) && !REFUSALS.some((name) => Object.hasOwn(value, name))) ? true : null;

/** Any object: a description whose fields nobody here relies on. */
export const readRecord: Reader<Row> = (value) => (isRecord(value) ? (withoutSecrets(value) as Row) : null);

/** What can be read of a list. */
export interface List<Value> {
  rows: Value[];
  /** Rows that are left out. */
  dropped: number;
  /** Rows of which something could not be read, those that are left out among them. */
  odd: number;
}

/** Of a list that comes whole: when there are rows and none can be read, it is not the list that was asked for. */
export function wholeList<Value>(list: List<Value>): List<Value> | null {
  return list.dropped > 0 && list.rows.length === 0 ? null : list;
}

/** One odd row condemns no list, and all of one page not the other pages. */
export function listOf<Value>(values: unknown[], read: Reader<Value>): List<Value> {
  const rows: Value[] = [];
  let odd = 0;
  const note = () => {
    odd += 1;
  };
  for (const value of values) {
    const row = read(value, note);
    if (row !== null) rows.push(row);
  }
  const dropped = values.length - rows.length;
  return { rows, dropped, odd: odd + dropped };
}

/** One page of a list as it was answered. */
export interface Envelope<Value> extends List<Value> {
  count: number | null;
  /** As sent; see `readNext`. Undefined when the key is missing. */
  next: unknown;
}

/** The envelope of a list (docs/platform.md, lists). */
export function readEnvelope<Value>(row: Reader<Value>): Reader<Envelope<Value>> {
  return (value) => {
    if (!v.is(schemas.envelope, value)) return null;
    const list = listOf<Value>(value.results, row);
    readTexts(value, ['count']);
    const { count, next } = value as { count?: unknown; next?: unknown };
    return { ...list, count: v.is(schemas.count, count) ? count : null, next };
  };
}

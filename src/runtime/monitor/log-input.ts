import { createHash } from 'node:crypto';
import { isRecord } from '../../api/endpoints/rows';
import { RescaleError } from '../../api/errors/errors';
import type { Message } from '../definition/definition';
import { packMessage } from '../state/stored-message';
import { shownValue } from '../../api/errors/shown-value';

/** Which log a piece belongs to. */
export interface StreamName {
  platform: string;
  jobId: string;
  runId: string;
  path: string;
}

/** New lines of a log that grows. */
export interface NewLines {
  text: string | Buffer;
  /** The 1-based number of the first line; null where nobody counts. */
  seq: number | null;
  lines: number;
  /** Lines are missing before it: how many, or null where that is not known. */
  gap: { missing: number | null } | null;
  /** They are the first of another file, which has taken the place of the one before. */
  replaced: boolean;
  /** It may have come before. */
  redelivered: boolean;
}

/** What one message brings. */
export type LogInput =
  | { kind: 'whole'; name: StreamName; text: string | Buffer }
  | { kind: 'lines'; name: StreamName; lines: NewLines }
  | { kind: 'end'; name: StreamName; reason: string; redelivered: boolean };

/** Rejects what is no text with RESCALE_INPUT. */
export function logInputOf(message: Message): LogInput {
  const { payload } = message;
  const follow =
    isRecord(message.rescale) && isRecord(message.rescale.follow) ? message.rescale.follow : null;
  const redelivered = follow?.redelivered === true;
  const name = nameOf(message);
  if (isRecord(payload) && !Buffer.isBuffer(payload) && typeof payload.reason === 'string') {
    return { kind: 'end', name, reason: payload.reason, redelivered };
  }
  const text = textOf(payload);
  if (!follow) return { kind: 'whole', name, text };
  const lines = wholeNumber(follow.lines) ?? (Array.isArray(payload) ? payload.length : 0);
  return {
    kind: 'lines',
    name,
    lines: {
      text: withLineEnd(text, lines),
      seq: wholeNumber(follow.seq),
      lines,
      gap: gapOf(follow.gap),
      replaced: follow.replaced === true,
      redelivered,
    },
  };
}

export function streamKey({ platform, jobId, runId, path }: StreamName): string {
  return [platform, jobId, runId, path].join('\n');
}

export function nameOfKey(key: string): StreamName {
  const [platform = '', jobId = '', runId = '', ...path] = key.split('\n');
  return { platform, jobId, runId, path: path.join('\n') };
}

/** Tells two pieces with the same numbers apart. */
export function fingerprint(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 16);
}

function nameOf(message: Message): StreamName {
  const platform = isRecord(message.rescale) ? message.rescale.platform : '';
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return {
    platform: text(platform),
    jobId: text(message.jobId),
    runId: text(message.runId),
    path: text(message.path),
  };
}

function textOf(payload: unknown): string | Buffer {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload;
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  if (Array.isArray(payload)) {
    const wrong: unknown = payload.find((line) => typeof line !== 'string');
    if (wrong === undefined) return payload.length > 0 ? `${payload.join('\n')}\n` : '';
    throw notText({ key: 'value-array-of', values: { value: shownValue(wrong) } });
  }
  throw notText(shownValue(payload));
}

function notText(value: ReturnType<typeof shownValue>): RescaleError {
  return new RescaleError('RESCALE_INPUT', 'input-log', { value });
}

/** One line as a text has no end of its own; where lines are counted, it is a whole one. */
function withLineEnd(text: string | Buffer, lines: number): string | Buffer {
  if (typeof text !== 'string' || lines === 0 || text.endsWith('\n')) return text;
  return text.split('\n').length === lines ? `${text}\n` : text;
}

function gapOf(gap: unknown): NewLines['gap'] {
  return isRecord(gap) ? { missing: wholeNumber(gap.missing) } : null;
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** A message without its payload, which is large and in the log, for what is told later; '' for one that belongs to an open request. */
export function packedAbout(message: Message): string {
  const rest: Message = { ...message };
  delete rest.payload;
  if (isRecord(rest.rescale)) {
    const { follow, ...others } = rest.rescale;
    if (follow !== undefined) rest.rescale = others;
  }
  const found = packMessage(rest);
  return 'packed' in found ? found.packed : '';
}

import { isRecord } from '../../api/endpoints/rows';
import type { CallTrace } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import { findSparse } from '../../api/errors/sparse-list';
import type { Connection, Message, Parts, Result } from './definition';

/** What `msg.rescale` says about where a result comes from. */
export interface Origin {
  connection: Pick<Connection, 'name' | 'origin' | 'simulated' | 'instance'> | null;
  /** True in a node without a platform: the earlier `msg.rescale` still says where the ids come from. */
  local?: boolean;
  jobId?: string | undefined;
  runId?: string | undefined;
  trace: CallTrace;
}

/** Puts a result on a message, in place. What the result does not name stays as it came. */
export function applyResult(message: Message, result: Result, from: Origin): void {
  const jobId = result.jobId ?? from.jobId;
  const runId = result.runId ?? from.runId;
  if ('payload' in result) message.payload = result.payload;
  if (jobId !== undefined) message.jobId = jobId;
  if (runId !== undefined) message.runId = runId;
  Object.assign(message, result.set);
  for (const property of result.remove ?? []) delete message[property];
  if (result.parts) message.parts = nestParts(message.parts, result.parts);
  if (from.local) {
    message.rescale = { ...(isRecord(message.rescale) && message.rescale), ...result.rescale };
    return;
  }
  const origin = {
    platform: from.connection?.name ?? null,
    ...(from.connection?.instance != null && { instance: from.connection.instance }),
    ...(jobId !== undefined && { jobId }),
    ...(runId !== undefined && { runId }),
    link: from.connection ? webPage(from.connection, jobId, runId) : null,
    status: from.trace.status,
    attempts: from.trace.attempts,
    ...result.rescale,
  };
  const { rescale: earlier } = message;
  message.rescale = earlier !== undefined && isRecord(earlier) ? merged(earlier, origin) : origin;
}

/** What an earlier node said of the same job and run is kept; what it said of another is not true of this one. */
function merged(earlier: Record<string, unknown>, now: Record<string, unknown>): Record<string, unknown> {
  const same = (['platform', 'instance', 'jobId', 'runId'] as const).every(
    (part) => earlier[part] === now[part],
  );
  return same ? { ...earlier, ...now } : now;
}

/** The page that a person opens (docs/platform.md, jobs); the simulator has none. */
export function webPage(
  connection: Pick<Connection, 'origin' | 'simulated'>,
  jobId: string | undefined,
  runId: string | undefined,
): string | null {
  if (connection.simulated || jobId === undefined) return null;
  const job = `${connection.origin}/jobs/${encodeURIComponent(jobId.replace(HALF_PAIRS, REPLACEMENT))}/`;
  if (runId === undefined) return job;
  return `${job}runs/${encodeURIComponent(runId.replace(HALF_PAIRS, REPLACEMENT))}/results/`;
}

/** Half a pair of surrogates can't be written in an address, and an odd id must not end a list. */
const HALF_PAIRS = /\p{Cs}/gu;
const REPLACEMENT = '\ufffd';

/** Core Split does the same, so that the Joins behind it put both lists together again, inner one first. */
function nestParts(outer: unknown, inner: Parts): Record<string, unknown> {
  return isRecord(outer) ? { ...inner, parts: outer } : { ...inner };
}

/**
 * The message itself where results can be put on it, else a copy of its first level: a function may have frozen it, or defined a
 * property that can't be written. A property that can't be read is left out.
 */
export function writableMessage(message: Message): Message {
  if (!Object.isExtensible(message)) return partsOf(message, () => true);
  for (const name of Object.keys(message)) {
    const { writable, configurable } = Object.getOwnPropertyDescriptor(message, name)!;
    if (writable !== true || configurable !== true) return partsOf(message, () => true);
  }
  return message;
}

/** Values of each message that are looked at for a sparse list: a message that is small, and the beginning of a large one. */
const LOOKED_AT = 256;
/** Those of one that Node-RED is about to copy for Catch, which takes longer by far. */
const LOOKED_AT_FOR_COPY = 200_000;

/** Rejects with RESCALE_INPUT a message that nobody could send on over two wires, or give to Catch, and live. */
export function refuseSparse(message: Message): void {
  const path = sparseIn(message, LOOKED_AT);
  if (path !== null) throw new RescaleError('RESCALE_INPUT', 'input-sparse', { field: `msg.${path}` });
}

/** A message that Node-RED can copy without going over a thousand million empty places: the lists that have them are left out. */
export function withoutSparse(message: Message): Message {
  if (sparseIn(message, LOOKED_AT_FOR_COPY) === null) return message;
  return partsOf(message, (part) => sparseIn(part, LOOKED_AT_FOR_COPY) === null);
}

function sparseIn(message: Message, most: number): string | null {
  const copied = { ...message };
  // Node-RED copies neither of an open HTTP request.
  delete copied.req;
  delete copied.res;
  return findSparse(copied, most);
}

/** What of a message can be copied, by the way in which Node-RED does it: it copies a message for Catch, and fails on the others. */
export function copyableMessage(message: Message, copy: (message: Message) => unknown): Message {
  if (canCopy(message, copy)) return message;
  return partsOf(message, (part) => canCopy(part, copy));
}

function canCopy(message: Message, copy: (message: Message) => unknown): boolean {
  if (sparseIn(message, LOOKED_AT_FOR_COPY) !== null) return false;
  try {
    copy(message);
    return true;
  } catch {
    // A property that throws when it is read, or objects in one another by the ten thousand.
    return false;
  }
}

function partsOf(message: Message, keeps: (part: Message) => boolean): Message {
  const parts: Message = {};
  for (const name of Object.keys(message)) {
    try {
      const value: unknown = message[name];
      if (keeps({ [name]: value })) parts[name] = value;
    } catch {
      // Nobody can read it, so nobody misses it.
    }
  }
  return parts;
}

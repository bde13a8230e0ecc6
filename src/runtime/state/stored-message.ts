import { deserialize, serialize } from 'node:v8';
import { isRecord } from '../../api/endpoints/rows';
import type { Message } from '../definition/definition';

/** Larger messages (bytes) stay in memory: they would be written at every change of their item. */
const LARGEST_MESSAGE = 1024 * 1024;

/** A message as it can be written. */
export interface PackedMessage {
  packed: string;
  /** Where an object of a class stood that will come back as a plain object: `payload.when`. */
  plain: string[];
}

/** A message as it can be written, or why it can't. */
type PackResult = PackedMessage | { unstorable: 'message-request' | 'message-function' | 'message-size' };

/**
 * Packs a message so that Buffers, Dates, Maps, circular references and the like come back as they were. A message
 * that belongs to an open HTTP request, or holds functions or streams, means nothing in another process.
 */
export function packMessage(message: Message): PackResult {
  if (message.req || message.res) return { unstorable: 'message-request' };
  if (isLarge(message)) return { unstorable: 'message-size' };
  let bytes: Buffer;
  try {
    bytes = serialize(message);
  } catch {
    return { unstorable: 'message-function' };
  }
  if (bytes.length > LARGEST_MESSAGE) return { unstorable: 'message-size' };
  return { packed: bytes.toString('base64'), plain: classPaths(message) };
}

/** By the texts and bytes that lie near: writing 500 MB out to find them too many takes seconds, and several times the memory. */
function isLarge(message: Message): boolean {
  let bytes = 0;
  const add = (value: unknown) => {
    if (typeof value === 'string') bytes += value.length;
    else if (ArrayBuffer.isView(value)) bytes += value.byteLength;
  };
  try {
    for (const value of Object.values(message)) {
      add(value);
      if (isRecord(value) && !ArrayBuffer.isView(value)) Object.values(value).forEach(add);
    }
  } catch {
    // What can't be read can't be written either, which is found there.
  }
  return bytes > LARGEST_MESSAGE;
}

/** Null for what is no packed message. */
export function unpackMessage(packed: unknown): Message | null {
  if (typeof packed !== 'string') return null;
  try {
    const message = deserialize(Buffer.from(packed, 'base64')) as unknown;
    return isRecord(message) ? message : null;
  } catch {
    return null;
  }
}

const KEPT_CLASSES = new Set<unknown>([Object, Array, Date, RegExp, Map, Set, Boolean, Number, String]);
/** Enough to tell a person where to look. */
const MOST_PATHS = 20;

function classPaths(message: Message): string[] {
  const paths: string[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null || seen.has(value) || paths.length >= MOST_PATHS) return;
    seen.add(value);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Error) return;
    const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
    if (prototype !== null && !KEPT_CLASSES.has(prototype.constructor)) paths.push(path);
    for (const [name, part] of Object.entries(value)) visit(part, path ? `${path}.${name}` : name);
  };
  visit(message, '');
  return paths;
}

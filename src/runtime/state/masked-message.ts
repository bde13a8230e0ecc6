import { HIDDEN } from '../../api/errors/redactor';
import type { Message } from '../definition/definition';

/** Shorter values are not secrets, and would be found everywhere. */
const SHORTEST = 4;

/**
 * A copy of a message for the disk that holds none of these values, neither in its texts, numbers and names nor in its Buffers. What the
 * runtime knows the message by stays. Parts of other classes than plain ones are handed on as they are.
 */
export function maskedMessage(message: Message, secrets: readonly string[]): Message {
  const written = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const hidden = [...new Set(written)].filter(({ length }) => length >= SHORTEST);
  if (hidden.length === 0) return message;
  hidden.sort((one, other) => other.length - one.length);
  const inText = (text: string) => hidden.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
  const copies = new Map<object, unknown>();

  function masked(value: unknown): unknown {
    if (typeof value === 'string') return inText(value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      return hidden.includes(String(value)) ? HIDDEN : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (!copies.has(value)) copies.set(value, null);
    else return copies.get(value);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return keepCopy(value, maskedBytes(value));
    if (value instanceof Map) {
      const copy = new Map<unknown, unknown>();
      copies.set(value, copy);
      for (const [name, part] of value) copy.set(masked(name), masked(part));
      return copy;
    }
    if (value instanceof Set) {
      const copy = new Set<unknown>();
      copies.set(value, copy);
      for (const part of value) copy.add(masked(part));
      return copy;
    }
    if (value instanceof Date || value instanceof RegExp || value instanceof Error)
      return keepCopy(value, value);
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
    copies.set(value, copy);
    for (const [name, part] of Object.entries(value))
      (copy as Record<string, unknown>)[inText(name)] = masked(part);
    return copy;
  }

  function keepCopy(value: object, copy: unknown): unknown {
    copies.set(value, copy);
    return copy;
  }

  function maskedBytes(value: ArrayBufferView | ArrayBuffer): unknown {
    const bytes = ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : Buffer.from(value);
    return hidden.some((secret) => bytes.includes(secret)) ? HIDDEN : value;
  }

  return { ...(masked(message) as Message), _msgid: message._msgid };
}

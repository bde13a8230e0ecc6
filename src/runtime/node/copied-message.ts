import type { Message } from '../definition/definition';

/**
 * The message itself where results can be put on it, else a copy of its first level: a function may have frozen it, or defined a
 * property that can't be written. A property that can't be read is left out.
 */
export function writableMessage(message: Message): Message {
  if (Object.isExtensible(message) && Object.keys(message).every((name) => isPlain(message, name)))
    return message;
  return partsOf(message, () => true);
}

function isPlain(message: Message, name: string): boolean {
  const { writable, configurable } = Object.getOwnPropertyDescriptor(message, name)!;
  return writable === true && configurable === true;
}

/** What of a message can be copied, by the way in which Node-RED does it: it copies a message for Catch, and fails on the others. */
export function copyableMessage(message: Message, copy: (message: Message) => unknown): Message {
  if (canCopy(message, copy)) return message;
  return partsOf(message, (part) => canCopy(part, copy));
}

function canCopy(message: Message, copy: (message: Message) => unknown): boolean {
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

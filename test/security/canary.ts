import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

/** A key that can be told from everything else, so that a single trace of it is found. */
export function canaryToken(): string {
  return `canary${randomBytes(12).toString('hex')}`;
}

/**
 * Where the key shows in what was said: as it is, in base64 or URL-encoded, in any property, also those that are not
 * enumerable, in causes and in getters. Empty where it does not.
 */
export function tracesOf(token: string, what: Record<string, unknown>): string[] {
  const forms = [
    token,
    Buffer.from(token).toString('base64'),
    Buffer.from(`Token ${token}`).toString('base64'),
  ];
  return Object.entries(what)
    .filter(([, value]) => {
      const text = everythingIn(value);
      return forms.some((form) => text.includes(form));
    })
    .map(([name]) => name);
}

/** All that a curious person, a debug node or a log could get out of a value. */
function everythingIn(value: unknown): string {
  const shown = inspect(value, {
    depth: Infinity,
    showHidden: true,
    getters: true,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Infinity,
  });
  return [shown, written(value), value instanceof Error ? (value.stack ?? '') : ''].join('\n');
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

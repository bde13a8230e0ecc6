import { MOST_DEPTH } from './limits';

/** Stands in the place of what is left out, so that whoever looks there sees it. */
export const TOO_DEEP = '… (nested too deep)';

/**
 * Leaves out what lies deeper in an object than anything the API describes; it is changed in place. Whoever copies it, writes it or
 * walks through it calls itself for each level, and runs out of stack at some thousands of them.
 */
export function cutNesting(value: object, depth = 1): void {
  const parts = value as Record<string, unknown>;
  for (const name in parts) {
    const part = parts[name];
    if (typeof part !== 'object' || part === null) continue;
    if (depth < MOST_DEPTH) cutNesting(part, depth + 1);
    else parts[name] = TOO_DEEP;
  }
}

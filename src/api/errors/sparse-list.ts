import { isProxy } from 'node:util/types';

/**
 * `list[1700000000] = row` makes a list of 1,700,000,001 places out of one row. It takes no memory until somebody goes over all
 * places or copies it, as Node-RED does for Catch and for a second wire: that ends the process, or stops it for minutes.
 */

/** Places of a list that cost nothing worth speaking of, taken or not. */
const MOST_PLACES = 1_000_000;
/** Places that are looked at. */
const SAMPLE = 1024;
/** Spreads the places that are looked at evenly over any regular pattern. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** True for a list that is long and mostly empty. Whatever it is given, it never throws, and takes no time. */
export function isSparse(value: unknown): value is unknown[] {
  try {
    if (!Array.isArray(value) || value.length <= MOST_PLACES) return false;
    // A proxy may have any length, and say of every place that it is taken.
    if (isProxy(value)) return true;
    let taken = 0;
    for (let number = 1; number <= SAMPLE; number++) {
      if (Object.hasOwn(value, Math.floor(((number * GOLDEN) % 1) * value.length))) taken++;
    }
    return taken < SAMPLE / 2;
  } catch {
    // A proxy that was revoked.
    return false;
  }
}

/**
 * Where a sparse list stands in a value, such as `payload.rows`, what lies near first; null where there is none among so many
 * values. What can't be read is passed over.
 */
export function findSparse(root: Readonly<Record<string, unknown>>, mostValues: number): string | null {
  const seen = new Set<object>([root]);
  const waiting: { value: object; path: string }[] = [{ value: root, path: '' }];
  for (let next = 0; next < waiting.length; next++) {
    const { value, path } = waiting[next]!;
    if (isSparse(value)) return path;
    for (const [name, part] of partsOf(value, mostValues - seen.size)) {
      if (typeof part !== 'object' || part === null || seen.has(part) || ArrayBuffer.isView(part)) continue;
      if (seen.size >= mostValues) break;
      seen.add(part);
      waiting.push({ value: part, path: path === '' ? name : `${path}.${name}` });
    }
  }
  return null;
}

function* partsOf(value: object, most: number): Generator<[string, unknown]> {
  try {
    if (value instanceof Map || value instanceof Set) {
      for (const part of value.values()) yield ['…', part];
      return;
    }
    if (Array.isArray(value)) {
      const places = Math.min(value.length, most);
      for (let place = 0; place < places; place++) yield [String(place), (value as unknown[])[place]];
      return;
    }
  } catch {
    return;
  }
  let names: string[];
  try {
    names = Object.keys(value);
  } catch {
    return;
  }
  for (const name of names) {
    try {
      yield [name, (value as Record<string, unknown>)[name]];
    } catch {
      // A property that throws when it is read is nobody's list.
    }
  }
}

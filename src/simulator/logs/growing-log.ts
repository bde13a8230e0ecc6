/** What a solver writes while it computes, step by step. */
export interface SolverLog {
  /** Where it writes to, in the working directory. */
  path: string;
  /** Of the whole computation. */
  steps: number;
  header: string;
  /** What a step adds, counted from 1. */
  step(number: number): string;
  /** What it says last; with a bad end, what is left of it. */
  ending: string;
}

/** More than are read at the same time. */
const CACHED_LOGS = 24;

const cache = new Map<string, { steps: number; text: Buffer }>();

/** A log only grows, so the text for fewer steps is the beginning of the text for more. */
export function logUpTo(
  key: string,
  steps: number,
  header: () => string,
  step: (number: number) => string,
): Buffer {
  let log = cache.get(key);
  if (!log || log.steps > steps) log = { steps: 0, text: Buffer.from(header()) };
  const added: string[] = [];
  for (let number = log.steps + 1; number <= steps; number += 1) added.push(step(number));
  const text = added.length > 0 ? Buffer.concat([log.text, Buffer.from(added.join(''))]) : log.text;
  cache.delete(key);
  cache.set(key, { steps, text });
  if (cache.size > CACHED_LOGS) cache.delete(cache.keys().next().value!);
  return text;
}

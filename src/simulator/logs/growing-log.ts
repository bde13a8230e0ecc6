import { contentOf, type Content } from '../content/contents';

/** What a solver writes while it computes, step by step. */
export interface SolverLog {
  /** Where it writes to, in the working directory. */
  path: string;
  /** Of the whole computation. */
  steps: number;
  head: string;
  /** What a step adds, counted from 1. */
  step(number: number): string;
  /** What it says last; with a bad end, what is left of it. */
  ending: string;
}

/** Logs in the making that are remembered; more than are read at the same time. */
const REMEMBERED = 24;

const remembered = new Map<string, { steps: number; text: Buffer }>();

/** A log only grows, so what was written for the last question is the beginning of this answer. */
export function grown(
  key: string,
  steps: number,
  head: () => string,
  step: (number: number) => string,
): Buffer {
  let log = remembered.get(key);
  if (!log || log.steps > steps) log = { steps: 0, text: Buffer.from(head()) };
  const added: string[] = [];
  for (let number = log.steps + 1; number <= steps; number += 1) added.push(step(number));
  const text = added.length > 0 ? Buffer.concat([log.text, Buffer.from(added.join(''))]) : log.text;
  remembered.delete(key);
  remembered.set(key, { steps, text });
  if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value!);
  return text;
}

/** A text with another after it. */
export function followed(text: Buffer, ending: string): Content {
  return contentOf(ending ? Buffer.concat([text, Buffer.from(ending)]) : text);
}

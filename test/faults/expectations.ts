/** What a fault is, and what it may come to. */
import type { FaultRule } from '../../src/simulator';

/** How a request asks, which decides what a fault does to it. */
export type Kind =
  /** A GET of one JSON answer. */
  | 'read'
  /** A GET of a list in pages. */
  | 'list'
  /** A POST that changes something. */
  | 'act'
  /** A GET of the bytes of a file. */
  | 'contents'
  /** Reads of all kinds, again and again, for work that is held until all is well. */
  | 'hold';

/** What a fault must come to: a result or the code of an error, and the requests that it takes. */
export interface Expectation {
  outcome: string;
  /** Requests to the address of the fault: exactly, or at least. */
  asked: number | { least: number };
  /** What a healthy message right after it comes to; a result unless told. */
  next?: string;
  /** Errors that Catch gets although the work goes on. */
  caught?: number;
}

interface Surroundings {
  /** The key, which must never come out again. */
  token: string;
  /** Another host, http, that takes notes of who calls it. */
  foreign: string;
  /** About a tenth of the answer, in bytes. */
  tenth: number;
}

export interface Fault {
  name: string;
  /** What the simulator is told; the path is the node's. */
  rule(surroundings: Surroundings): FaultRule;
  expected: Partial<Record<Kind, Expectation>>;
  /** Fields of the node that this fault needs. */
  config?: Record<string, unknown>;
  /** What strikes the whole process, and so all cells that run at the same time; see `disturbances.ts`. */
  disturbance?: Disturbance;
}

export interface Disturbance {
  /** When it begins: while the first request is under way, or before a restart that finds the message stored. */
  from: 'first request' | 'restart';
  begin(): void;
  /** True when the product has met it. */
  met(): boolean;
  end(): void;
}

export const result = (asked: Expectation['asked'] = 1): Expectation => ({ outcome: 'result', asked });
export const error = (code: string, asked: Expectation['asked'] = 1): Expectation => ({
  outcome: `RESCALE_${code}`,
  asked,
});
export const again = { least: 2 };

/** No fault ends work that is held: it is met, and gone on from. */
export const held: Expectation = { outcome: 'result', asked: { least: 1 } };
/** The same for every kind of reading, something else for a POST. */
export const reads = (expected: Expectation, act: Expectation): Fault['expected'] => ({
  read: expected,
  list: expected,
  contents: expected,
  act,
  hold: held,
});
/** The same for every kind of request. */
export const all = (expected: Expectation): Fault['expected'] => reads(expected, expected);
/** A key that is refused needs a person, who is told at once, even where the work goes on. */
export const refusedKey: Fault['expected'] = { ...all(error('AUTH')), hold: { ...held, caught: 1 } };

/** How long (ms) the platform of the cells waits for a byte, and for a call in all. */
export const TIMEOUT = 3_000;
export const PATIENCE = 8_000;

export const always = { times: 0 };

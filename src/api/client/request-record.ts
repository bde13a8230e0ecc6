import type { RateScope } from '../limits/budget';

/** One request as it was sent, without anything that is secret: neither key nor query of a signed address. */
export interface RequestRecord {
  method: string;
  /** Without its query where it goes to the file storage; `(storage)` stands for that host. */
  path: string;
  /** HTTP status, null without an answer. */
  status: number | null;
  /** From sending until the head of the answer and, unless it is streamed, its body. */
  milliseconds: number;
  scope: RateScope;
  /** Milliseconds since the call began, with earlier attempts and pauses: what it waited before it was sent. */
  waited: number;
}

export type RequestLog = (record: RequestRecord) => void;

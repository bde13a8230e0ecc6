import type { IncomingHttpHeaders } from 'node:http';
import type { CallOptions, CallTrace } from '../client/client';
import type { ErrorText } from '../errors/errors';
import type { Redact } from '../errors/redactor';
import type { Chunks } from '../http/body';
import type { Headers, OutgoingRequest, RequestBody } from '../http/exchange';
import type { Priority, RateScope } from '../limits/budget';
import type { Deadline } from './deadline';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * For what a connection is used. `answer`: it is read at once. `read`: the contents of a file, as somebody waits for them.
 * `download`: the contents of a file, for as long as they take. `part` and `small`: the same of a file that is listed as small, or of
 * a small part of one, which is over at once unless the storage is slow.
 */
export type Lane = 'answer' | ContentsLane;
export type ContentsLane = 'part' | 'read' | 'small' | 'download';

/** One call of the API, as its endpoint describes it. */
export interface Call {
  method: Method;
  /** From `/api/` on, encoded, with its query. */
  path: string;
  /** What a 404 of the platform means. */
  notFound: ErrorText;
  body?: RequestBody;
  /** For the contents of a file: which statuses are handed out as they arrive, which part of it, for what, and its size if known. */
  contents?: {
    statuses: readonly number[];
    range?: Headers | undefined;
    lane: Lane;
    bytes?: number | null;
    packing?: 'gzip' | null;
  };
}

/** Makes a call. Rejects with a RescaleError, or with what the caller's signal was aborted with. */
export type MakeCall = (call: Call, options?: CallOptions) => Promise<Response>;

/** A request that has, or waits for, a connection. */
export interface Hold {
  readonly path: string;
  /** The job that it is about, where the path does not tell. */
  readonly jobId: string | undefined;
  /** See `partOf`; null until somebody asks. */
  part: string | null;
  /** A poll of an endpoint; contents have limits of their own. */
  readonly isPoll: boolean;
  /** Since when it waits for the answer, ms of the monotonic clock; null while it does not, as in the rate limit. */
  sentAt: number | null;
}

/** A request on its way through the pipeline. */
export interface Request extends OutgoingRequest {
  /** What a 404 of the platform means. */
  readonly notFound: ErrorText;
  readonly lane: Lane;
  readonly priority: Priority;
  readonly scope: RateScope;
  /** What it holds a connection for; null for an action, which nothing makes wait. */
  readonly hold: Hold | null;
  /** The first failure is the answer: a person looks on and can ask again. */
  readonly once: boolean;
  /** See `CallOptions`. */
  readonly redact: Redact | undefined;
  readonly trace: CallTrace | undefined;
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
  readonly deadline: Deadline;
  /** The instant (monotonic, ms) of its entry, null where nobody wants to know. */
  readonly enteredAt: number;
}

/** An answer whose head is here. */
export interface Response {
  status: number;
  headers: IncomingHttpHeaders;
  /** The whole body, or as much of it as is of interest. */
  bytes: Buffer;
  /** It is the file storage that has answered. */
  fromStorage: boolean;
  /** Host and port of the proxy on the way, null without one. */
  proxy: string | null;
  /** The body as it arrives, in place of `bytes`. Whoever holds something for it lets go when it closes. */
  chunks: Chunks | null;
}

/** The rest of the way. */
export type Next = (request: Request) => Promise<Response>;

/** One step of the way: it may wait, change the request, ask again, and judge what came back. */
export type Step = (request: Request, next: Next) => Promise<Response>;

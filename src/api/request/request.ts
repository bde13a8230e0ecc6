import type { IncomingHttpHeaders } from 'node:http';
import type { CallTrace } from '../client/client';
import type { ErrorText, RescaleError } from '../errors/errors';
import type { Redact } from '../errors/redactor';
import type { Chunks } from '../http/body';
import type { Headers, RequestBody } from '../http/transport';
import type { Priority } from '../limits/budget';
import type { RateScope } from '../limits/budget';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * For what a connection is used. `answer`: it is read at once. `read`: the contents of a file, as somebody waits for them.
 * `download`: the contents of a file, for as long as they take. `part` and `small`: the same of a file that is listed as small, or of
 * a small part of one, which is over at once unless the storage is slow.
 */
export type Lane = 'answer' | ContentsLane;
export type ContentsLane = 'part' | 'read' | 'small' | 'download';

/** The time that one call may take, and what may end it before. */
export interface Deadline {
  /** The caller's abort, as an error; see `abortError`. */
  readonly aborted: RescaleError | null;
  /** The patience has run out. */
  readonly isOver: boolean;
  /** For what has to sleep: aborted with the caller's abort, or when the patience runs out. Made when it is asked for. */
  readonly signal: AbortSignal;
  /** Ends what is under way or waits for a connection when the deadline ends; one at a time, null for none. */
  interrupt: (() => void) | null;
  /** What it ended with: the caller's abort, else that the patience is over. */
  reason(): Error;
  /** Starts the patience. Later calls do nothing. */
  begin(): void;
  /** Milliseconds since `begin`. */
  spent(): number;
  /** Milliseconds of patience that are left. */
  left(): number;
  /** The answer has begun: from here on only the caller's abort counts. */
  endPatience(): void;
  close(): void;
}

/** A request that has, or waits for, a connection. */
export interface Hold {
  /** What hangs together: all of a job, a file, or an endpoint. */
  readonly part: string;
  /** A poll of an endpoint; contents have limits of their own. */
  readonly isPoll: boolean;
  /** Since when it waits for the answer, ms of the monotonic clock; null while it does not, as in the rate limit. */
  sentAt: number | null;
}

/** A request on its way through the pipeline. */
export interface Request {
  readonly method: Method;
  /** The whole address. */
  readonly url: string;
  /** False for the file storage, which is not the platform and must not see the key. */
  readonly toPlatform: boolean;
  readonly headers: Headers;
  readonly body: RequestBody | undefined;
  /** Statuses whose body is not read here but handed out as it arrives; null to have it whole. */
  readonly streamed: readonly number[] | null;
  /** Bytes of the whole file where they are known. */
  readonly storedBytes: number | null;
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

import type { Priority } from '../limits/budget';
import type { CallScope } from '../time/call-scope';
import type { CallTrace } from '../client/client';
import type { Asked, Failure } from './failures';
import type { Answer, Exchange, Headers } from '../http/transport';
import type { Watchdog } from '../http/watchdog';

/** One call of the API, as its endpoint describes it. */
export interface Call {
  method: 'GET' | 'POST';
  /** After the version prefix, encoded, with its query. */
  path: string;
  notFound: Asked['notFound'];
}

/** A call with all that decides how it is sent. */
export interface PreparedCall extends Call {
  headers: Headers;
  /** Bytes of a file, which may come from the storage and must arrive as they are. */
  contents: boolean;
  priority: Priority;
  trace: CallTrace | undefined;
}

/** What one attempt came to. */
export type Result<Value> = { value: Value } | { failure: Failure };

/** An answer whose head is here, and all that belongs to it. */
export interface Arrival {
  answer: Answer;
  exchange: Exchange;
  watchdog: Watchdog;
  asked: Asked;
  scope: CallScope;
  /** False for the file storage, which is not the platform. */
  fromPlatform: boolean;
}

import type { CallOptions } from '../client/client';
import type { RequestLog } from '../client/request-record';
import type { ErrorText } from '../errors/errors';
import { authorizationOf } from '../http/credentials';
import type { Headers, RequestBody, Transport } from '../http/transport';
import type { Budget } from '../limits/budget';
import { scopeOf } from '../limits/create-budget';
import type { Clock, PlatformTime } from '../time/clock';
import { connectionSlot, createConnectionSlots } from './connection-slots';
import { createHangingParts } from './hanging-parts';
import { callDeadline, createDeadline, rateLimit, retry } from './patience';
import type { Lane, Method, Next, Response, Step } from './request';
import { logRequests } from './request-log';
import { createSend, expectStatus, followRedirects } from './send';

/** One call of the API, as its endpoint describes it. */
export interface Call {
  method: Method;
  /** From `/api/` on, encoded, with its query. */
  path: string;
  /** What a 404 of the platform means. */
  notFound: ErrorText;
  body?: RequestBody;
  /** For the contents of a file: which statuses are handed out as they arrive, which part of it, for what, and its size if known. */
  contents?: { statuses: readonly number[]; range?: Headers | undefined; lane: Lane; bytes?: number | null };
}

interface PipelineOptions {
  origin: string;
  platform: string;
  token: string;
  /** Milliseconds without a byte. */
  timeout: number;
  /** Milliseconds for a call in all. */
  patience: number;
  /** Milliseconds after which a request without an answer hangs. */
  slowAfter: number | undefined;
  budget: Budget;
  clock: Clock;
  platformTime: PlatformTime;
  random: () => number;
  transport: Transport;
  log: RequestLog | undefined;
}

/** Makes a call. Rejects with a RescaleError, or with what the caller's signal was aborted with. */
export type MakeCall = (call: Call, options?: CallOptions) => Promise<Response>;

/**
 * The way from an endpoint to the socket: each step may wait, change the request, ask again, and judge what came back.
 * A connection is taken for each attempt and given back during the pauses between them; each redirect on the platform is counted
 * as the request that it is.
 */
export function createPipeline(options: PipelineOptions): MakeCall {
  const { origin, platform, token, budget, clock, platformTime, random, log } = options;
  const parts = createHangingParts(clock, options.slowAfter);
  const pass = pipelineOf(
    [
      callDeadline,
      retry({ budget, clock, random, discardIdle: () => options.transport.discardIdle(0) }),
      connectionSlot(createConnectionSlots(clock, parts), clock),
      expectStatus(platform, token, platformTime),
      followRedirects(origin, platform),
      rateLimit(budget, platform, clock),
      ...(log ? [logRequests(log, clock)] : []),
    ],
    createSend({ ...options, parts }),
  );
  const common: Headers = {
    'User-Agent': 'node-red-rescale',
    Authorization: authorizationOf(token),
    // Servers may translate what they say; what is read by people here is translated around it.
    'Accept-Language': 'en',
  };
  const forContents: Headers = { Accept: '*/*', 'Accept-Encoding': 'identity', ...common };
  // Django REST framework answers in HTML to those who don't ask for JSON.
  const forJson: Headers = {
    Accept: 'application/json, */*;q=0.1',
    'Accept-Encoding': 'gzip, deflate',
    ...common,
  };

  const headersOfContents = (range: Headers | undefined): Headers =>
    range === undefined ? forContents : { ...forContents, ...range };
  const headersOfBody = ({ type, length }: RequestBody): Headers => ({
    ...forJson,
    'Content-Type': type,
    'Content-Length': String(length),
  });

  return (call, { signal, priority, once = false, trace, redact, jobId } = {}) => {
    const { method, path, notFound, body, contents } = call;
    const urgency = priority ?? (method === 'GET' ? 'message' : 'action');
    return pass({
      method,
      url: origin + path,
      toPlatform: true,
      headers: contents ? headersOfContents(contents.range) : body ? headersOfBody(body) : forJson,
      body,
      streamed: contents?.statuses ?? null,
      storedBytes: contents?.bytes ?? null,
      notFound,
      lane: contents?.lane ?? 'answer',
      priority: urgency,
      scope: scopeOf(method, path),
      hold:
        method === 'GET' && urgency !== 'action'
          ? {
              part: jobId === undefined ? partOf(path) : `jobs/${encodeURIComponent(jobId)}`,
              isPoll: urgency === 'poll' && !contents,
              sentAt: null,
            }
          : null,
      once,
      redact,
      trace,
      deadline: createDeadline(clock, options.patience, signal),
      enteredAt: log ? clock.monotonic() : 0,
    });
  };
}

/** The steps as one, the first outermost; `send` is the end of the way. */
function pipelineOf(steps: readonly Step[], send: Next): Next {
  return steps.reduceRight<Next>((next, step) => (request) => step(request, next), send);
}

const OF_ONE = /^\/api\/(?:v\d+\/)?((?:jobs|files)\/[^/?]+)/;
const OF_ALL = /^\/api\/(?:v\d+\/)?([^?]*)/;

/** The part of the platform that is asked: `jobs/{job}`, `files/{file}`, or the endpoint. */
function partOf(path: string): string {
  return OF_ONE.exec(path)?.[1] ?? OF_ALL.exec(path)?.[1] ?? '';
}

/** The far end of the pipeline: a request on its connection, where its redirects lead, and what the status of its answer means. */
import { RescaleError, type ErrorText } from '../errors/errors';
import { redirectTarget, type RedirectTarget } from '../http/addresses';
import { readBody, readChunks, startIdleTimeout, type Incoming } from '../http/body';
import type { Answer, Headers, Transport } from '../http/transport';
import type { Budget, RateScope } from '../limits/budget';
import { MOST_JSON_BYTES, MOST_REFUSAL_BYTES } from '../limits/limits';
import { retryAfter } from '../time/back-off';
import type { Clock, PlatformTime } from '../time/clock';
import {
  type AttemptFailure,
  cutFailure,
  exchangeFailure,
  final,
  protocolError,
  proxyFailure,
  serverFailure,
  storageFailure,
  throttled,
  type Failing,
} from './failures';
import type { HangingParts } from './hanging-parts';
import { looksLikePage, readApiMessage, readApiRefusal } from './platform-message';
import type { Next, Request, Response, Step } from './request';

interface SendOptions {
  platform: string;
  /** Milliseconds without a byte. */
  timeout: number;
  budget: Budget;
  clock: Clock;
  /** Told how long each answer took. */
  parts: HangingParts;
  platformTime: PlatformTime;
  transport: Transport;
}

/** An action can't be repeated when its connection breaks, so it doesn't go on one that was idle for longer (ms). */
const FRESH_ENOUGH = 2_000;
const NOTHING = Buffer.alloc(0);
/** An object or a list, after a mark of the byte order. */
const JSON_BEGINS = /^(?:\xEF\xBB\xBF)?\s*[{[]/;
const LONGEST_BLANK = 64;

/** The end of the pipeline: one request on a connection, and its answer. */
export function createSend(options: SendOptions): Next {
  const { platform, timeout, budget, clock, platformTime, transport, parts } = options;

  return async (request) => {
    const { deadline, trace, hold } = request;
    if (request.method !== 'GET') transport.discardIdle(FRESH_ENOUGH);
    const sentAt = clock.monotonic();
    if (hold) hold.sentAt = sentAt;
    const exchange = transport.send(request);
    const idle = startIdleTimeout(exchange, timeout);
    const failing: Failing = { request, exchange, idle, platform, begun: false };
    deadline.interrupt = () => exchange.end(new Error('ended'));
    // How long an upload takes is a matter of its size; that it moves is what counts.
    if (request.body?.streamed) deadline.endPatience();
    if (trace) trace.attempts += 1;
    let streaming = false;
    try {
      let answer: Answer;
      try {
        answer = await exchange.answer;
      } catch {
        throw exchangeFailure(failing);
      }
      failing.begun = true;
      if (trace) trace.status = answer.status;
      if (request.toPlatform) {
        if (answer.status < 400 && budget.inSteps.has(request.scope)) budget.answered(request.scope);
        const remaining = answer.headers['x-ratelimit-remaining'];
        if (remaining !== undefined) limitToRemaining(request.scope, remaining);
      }
      const incoming: Incoming = { body: answer.body, exchange, idle };
      streaming = request.streamed?.includes(answer.status) ?? false;
      const about = {
        status: answer.status,
        headers: answer.headers,
        fromStorage: !request.toPlatform,
        proxy: exchange.proxy,
      };
      if (!streaming) {
        const bytes = await bytesOf(incoming, answer, failing);
        if (request.toPlatform && isOfPlatform(answer, bytes)) {
          platformTime.observe(answer.headers.date, answer.headers.age);
        }
        return { ...about, bytes, chunks: null };
      }
      const broken = () => {
        const failure = exchangeFailure(failing);
        return failure instanceof RescaleError ? failure : failure.toError(deadline.spent());
      };
      return { ...about, bytes: NOTHING, chunks: readChunks(incoming, broken) };
    } finally {
      if (hold) {
        const unanswered = idle.fired || deadline.isOver;
        parts.note(hold, unanswered ? Infinity : clock.monotonic() - sentAt, failing.begun);
        hold.sentAt = null;
      }
      if (!streaming) idle.stop();
      deadline.interrupt = null;
    }
  };

  function limitToRemaining(scope: RateScope, remaining: string | string[]): void {
    if (typeof remaining === 'string' && /^\d{1,9}$/.test(remaining)) {
      budget.limitTo(scope, Number(remaining));
    }
  }

  /** What should be JSON is read whole, a refusal only as far as it is of interest. */
  async function bytesOf(incoming: Incoming, answer: Answer, failing: Failing): Promise<Response['bytes']> {
    const { request } = failing;
    const wanted = request.streamed === null && answer.status >= 200 && answer.status <= 299;
    if (wanted && Number(answer.headers['content-length'] ?? 0) > MOST_JSON_BYTES) {
      incoming.exchange.end(new Error('too large'));
      throw tooLarge(answer.status);
    }
    const body = await readBody(incoming, wanted ? MOST_JSON_BYTES : MOST_REFUSAL_BYTES);
    if (body.ended === 'complete') return body.bytes;
    if (!wanted) {
      if (request.deadline.aborted || request.deadline.isOver) throw exchangeFailure(failing);
      // The status says enough, also when the body breaks off.
      return 'bytes' in body ? body.bytes : NOTHING;
    }
    if (body.ended === 'at-limit') throw tooLarge(answer.status);
    const cut = body.ended === 'cut' && !incoming.idle.fired && !request.deadline.aborted;
    throw cut && !request.deadline.isOver
      ? cutFailure(request, platform, answer.status)
      : exchangeFailure(failing);
  }

  function tooLarge(status: number) {
    const values = { platform, limit: MOST_JSON_BYTES };
    return final(new RescaleError('RESCALE_TOO_LARGE', 'too-large-answer', values, status));
  }
}

/**
 * A gateway's error page has the gateway's clock; what it answers in the platform's place is hardly ever a good answer in JSON.
 * The contents say what it is, not the type (docs/platform.md, answers).
 */
function isOfPlatform({ status }: Answer, bytes: Buffer): boolean {
  return status >= 200 && status <= 299 && JSON_BEGINS.test(bytes.toString('latin1', 0, LONGEST_BLANK));
}

/** Lets pass what was asked for, and says what any other status means. */
export function expectStatus(platform: string, token: string, platformTime: PlatformTime): Step {
  return async (request, next) => {
    const response = await next(request);
    const { status, chunks } = response;
    if (chunks || (request.streamed === null && status >= 200 && status <= 299)) return response;
    const wait = retryAfter(response.headers, platformTime.now());
    throw response.fromStorage
      ? storageFailure(platform, status, wait)
      : refusal({ request, response, platform, token, wait });
  };
}

interface Refused {
  request: Request;
  response: Response;
  platform: string;
  /** The key, to keep it out of the platform's message. */
  token: string;
  /** Milliseconds that the platform asks to wait. */
  wait: number | null;
}

/**
 * The failure that an answer with a status other than 2xx stands for.
 * Reads are repeated on 429, 502, 503 and 504. A 500 is not: there the application itself has answered, that it can't
 * carry out this very request, so asking again only makes the message wait.
 * An action is repeated on 429 only, because a gateway's 5xx does not say whether the platform has got it.
 */
function refusal(refused: Refused): AttemptFailure {
  const { request, response, platform, token, wait } = refused;
  const { status } = response;
  const values = { platform, status };
  if (status === 429) {
    const isApi = readApiMessage(response.bytes.toString('utf8'), token) !== null;
    return throttled(platform, wait, isApi ? 'platform' : 'gateway');
  }
  if (status >= 500) return serverFailure(request, platform, status, wait);
  if (status === 407) return proxyFailure(platform, status, response.proxy, false);
  if (status >= 400) {
    const text = response.bytes.toString('utf8');
    if (status === 401 || status === 403 || status === 404) return final(denial(refused, text));
    const said = readApiRefusal(text, token, request.redact);
    if (said === null) return final(notFromPlatform(platform, status, text));
    const words = said || { key: 'reason-unsaid' as const };
    return final(new RescaleError('RESCALE_REJECTED', 'rejected', { ...values, words }, status));
  }
  const reason: ErrorText = { key: 'reason-status', values: { status } };
  return final(protocolError(platform, reason, status));
}

/**
 * The platform itself says 401, 403 and 404 as an object with `detail`. The same status in any other form comes from something
 * before it, such as a gateway that is being redeployed: that says nothing about the key, the job or the run.
 */
function denial({ request, response, platform, token }: Refused, text: string): RescaleError {
  const { status } = response;
  const words = readApiMessage(text, token, request.redact);
  if (words === null) return notFromPlatform(platform, status, text);
  if (status === 401) return new RescaleError('RESCALE_AUTH', 'auth', { platform, status }, status);
  if (status === 403) return new RescaleError('RESCALE_AUTH', 'auth-forbidden', { platform, words }, status);
  const { key, values } = request.notFound;
  return new RescaleError('RESCALE_NOT_FOUND', key, { ...values, words }, status);
}

function notFromPlatform(platform: string, status: number, text: string): RescaleError {
  const key = looksLikePage(text) ? 'protocol-page' : 'protocol-gateway';
  return new RescaleError('RESCALE_PROTOCOL', key, { platform, status }, status);
}

/** More redirects than this are a loop. */
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Follows redirects, as paths on the platform with the key, or to the storage of files without it. */
export function followRedirects(origin: string, platform: string): Step {
  return async (request, next) => {
    let response = await next(request);
    if (!REDIRECTS.has(response.status)) return response;
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      const { location } = response.headers;
      if (!REDIRECTS.has(response.status) || location === undefined) return response;
      if (redirects >= MOST_REDIRECTS) {
        throw final(
          new RescaleError('RESCALE_PROTOCOL', 'protocol-redirects', { platform }, response.status),
        );
      }
      const target = targetOf(current, response, location);
      if (!target) throw final(refusedRedirect(location, current.url, response.status));
      current = {
        ...current,
        url: target.url,
        toPlatform: target.withToken,
        headers: target.withToken ? request.headers : withoutToken(request.headers),
      };
      response = await next(current);
    }
  };

  function targetOf(request: Request, { status }: Response, location: string): RedirectTarget | null {
    // The other codes turn an action into a read, which would pass for a stop that was carried out.
    const keepsMethod = request.method === 'GET' || status === 307 || status === 308;
    return keepsMethod ? redirectTarget(location, request.url, origin, request.streamed !== null) : null;
  }

  function refusedRedirect(location: string, from: string, status: number): RescaleError {
    const target = URL.canParse(location, from) ? new URL(location, from).host : '';
    if (target === new URL(origin).host)
      return new RescaleError('RESCALE_PROTOCOL', 'protocol-page', { platform, status }, status);
    return target === ''
      ? new RescaleError('RESCALE_PROTOCOL', 'protocol-redirect-odd', { platform }, status)
      : new RescaleError('RESCALE_PROTOCOL', 'protocol-redirect', { platform, target }, status);
  }
}

function withoutToken(headers: Headers): Headers {
  const others = { ...headers };
  delete others['Authorization'];
  return others;
}

/**
 * The way from an endpoint to the socket and back: a row of small steps of one signature, in order. Each may wait, change the
 * request, ask again, and judge what came back. What they do where something is wrong lies in files of its own.
 */
import type { RequestLog } from '../client/request-record';
import { abortError } from '../errors/abort';
import { RescaleError } from '../errors/errors';
import { readChunks, type Chunks } from '../http/body';
import { stopLooking, type Answer, type Exchange } from '../http/exchange';
import type { Transport } from '../http/transport';
import type { Budget } from '../limits/budget';
import { scopeOf } from '../limits/create-budget';
import type { Clock, PlatformTime } from '../time/clock';
import { createConnectionSlots, MOST_TAKEN, type ConnectionSlots } from './connection-slots';
import { callsOf, endPatience, listenTo, look, LONGEST_TIMER, reasonOf, spentOf } from './deadline';
import { exchangeFailure, partOfAnswer } from './failures';
import { createHangingParts, type HangingParts } from './hanging-parts';
import { createHeaders } from './headers';
import { createTryAgain, createTurns, type TryAgain } from './patience';
import { createFollow, type Follow } from './redirects';
import type { MakeCall, Next, Request, Response, Step } from './request';
import { logRequests } from './request-log';

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

/**
 * A connection is taken for each attempt and given back during the pauses between them; each redirect on the platform is counted
 * as the request that it is.
 */
export function createPipeline(options: PipelineOptions): MakeCall {
  const { origin, platform, token, budget, clock, platformTime, random, transport, log } = options;
  const parts = createHangingParts(clock, options.slowAfter);
  const discardIdle = () => transport.discardIdle(0);
  const row: Step[] = [
    callDeadline,
    retry(createTryAgain({ budget, clock, random, discardIdle })),
    connectionSlot(createConnectionSlots(clock, parts), clock),
    followRedirects(createFollow({ origin, platform, token, platformTime })),
    rateLimit(budget, createTurns(budget, platform, clock)),
    ...(log ? [logRequests(log, clock)] : []),
  ];
  const pass = row.reduceRight<Next>(
    (next, step) => (request) => step(request, next),
    createSend({ ...options, parts }),
  );
  const headers = createHeaders(token);

  return (call, { signal, priority, once = false, trace, redact, jobId } = {}) => {
    const { method, path, notFound, body, contents } = call;
    const urgency = priority ?? (method === 'GET' ? 'message' : 'action');
    const isPoll = urgency === 'poll' && !contents;
    return pass({
      method,
      url: origin + path,
      toPlatform: true,
      headers: contents || body ? headers.of(call) : headers.json,
      body,
      streamed: contents?.statuses ?? null,
      storedBytes: contents?.bytes ?? null,
      storedPacking: contents?.packing ?? null,
      notFound,
      lane: contents?.lane ?? 'answer',
      priority: urgency,
      scope: scopeOf(method, path),
      hold:
        method === 'GET' && urgency !== 'action' ? { path, jobId, part: null, isPoll, sentAt: null } : null,
      once,
      redact,
      trace,
      signal,
      deadline: {
        clock,
        patience: options.patience,
        aborted: null,
        isOver: false,
        beganAt: null,
        endsAt: Infinity,
        exchange: null,
        interrupt: null,
        controller: null,
        stopTimer: null,
      },
      enteredAt: log ? clock.monotonic() : 0,
    });
  };
}

/**
 * Lets go of the caller's signal when the call is over. Of contents only the beginning has to keep to the patience; from then
 * on the caller's abort is what ends them.
 */
const callDeadline: Step = async (request, next) => {
  const { signal, deadline } = request;
  if (signal?.aborted) throw abortError(signal);
  const calls = signal && (callsOf.get(signal) ?? listenTo(signal));
  calls?.add(deadline);
  let streaming = false;
  try {
    const response = await next(request);
    const { chunks } = response;
    if (chunks) {
      streaming = true;
      endPatience(deadline);
      deadline.interrupt = () => chunks.fail(deadline.aborted!);
      chunks.onClose(() => calls?.delete(deadline));
    }
    return response;
  } finally {
    deadline.stopTimer?.();
    if (!streaming) calls?.delete(deadline);
  }
};

/** Tries until it succeeds, can't succeed any more, or the patience is over. */
function retry(tryAgain: TryAgain): Step {
  return async (request, next) => {
    try {
      return await next(request);
    } catch (error) {
      return tryAgain(request, next, error);
    }
  };
}

/** Holds a connection from before a request is sent until its answer is read. The patience begins with the first. */
function connectionSlot(slots: ConnectionSlots, clock: Clock): Step {
  return async (request, next) => {
    const { lane, priority, hold, deadline } = request;
    if (deadline.aborted || deadline.isOver) throw reasonOf(deadline);
    // An answer is read at once, so it only counts; whatever else there is waits for its turn.
    const isFree = lane === 'answer' && slots.waiting === 0 && slots.taken < MOST_TAKEN[priority];
    if (isFree && (slots.underWay.size === 0 || slots.mayBegin(request))) {
      slots.taken += 1;
      if (hold) slots.underWay.add(hold);
    } else await slots.wait(request);
    const since = clock.monotonic();
    if (deadline.beganAt === null) {
      deadline.beganAt = since;
      deadline.endsAt = performance.now() + deadline.patience;
    }
    let streaming = false;
    try {
      const response = await next(request);
      if (response.chunks) {
        streaming = true;
        response.chunks.onClose(() => slots.give(request, since));
        slots.answered(request);
      }
      return response;
    } finally {
      if (!streaming) {
        if (lane !== 'answer' || slots.waiting > 0) slots.give(request, since);
        else {
          slots.taken -= 1;
          if (hold) slots.underWay.delete(hold);
        }
      }
    }
  };
}

/** Lets pass what was asked for. Redirects are followed, and whatever else there is fails by what its status means. */
function followRedirects(follow: Follow): Step {
  return async (request, next) => {
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      const response = await next(current);
      const { status, chunks } = response;
      if (chunks || (request.streamed === null && status >= 200 && status <= 299)) return response;
      current = follow({ request, current, response, redirects });
    }
  };
}

/** Waits until the platform may be asked once more. The file storage does not count what it is asked. */
function rateLimit(budget: Budget, turnOf: (request: Request) => Promise<void>): Step {
  return async (request, next) => {
    if (request.toPlatform && !budget.take(request.scope, request.priority)) await turnOf(request);
    return next(request);
  };
}

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
/**
 * A gateway's error page has the gateway's clock; what it answers in the platform's place is hardly ever a good answer in JSON: an
 * object or a list, after a mark of the byte order. The contents say what it is, not the type (docs/platform.md, answers).
 */
const JSON_BEGINS = /^(?:\xEF\xBB\xBF)?\s*[{[]/;
const LONGEST_BLANK = 64;

/** The end of the row: one request on a connection, and its answer. */
function createSend(options: SendOptions): Next {
  const { platform, timeout, budget, clock, platformTime, transport, parts } = options;

  return async (request) => {
    const { deadline, trace, hold, toPlatform, scope } = request;
    if (request.method !== 'GET') transport.discardIdle(FRESH_ENOUGH);
    const sentAt = clock.monotonic();
    if (hold) hold.sentAt = sentAt;
    const exchange = transport.send(request);
    // How long an upload takes is a matter of its size; that it moves is what counts.
    if (exchange.uploads) endPatience(deadline);
    const wait = Math.min(timeout, deadline.endsAt - exchange.heardAt, LONGEST_TIMER);
    exchange.timer = setTimeout(look, wait, deadline, exchange, timeout);
    deadline.exchange = exchange;
    if (trace) trace.attempts += 1;
    let streaming = false;
    try {
      let answer: Answer;
      try {
        answer = await exchange.answer;
      } catch {
        throw exchangeFailure({ request, exchange, platform });
      }
      const { status, headers, ended } = answer;
      if (trace) trace.status = status;
      if (toPlatform) {
        if (status < 400 && budget.inSteps.has(scope)) budget.answered(scope);
        const remaining = headers['x-ratelimit-remaining'];
        if (typeof remaining === 'string' && /^\d{1,9}$/.test(remaining))
          budget.limitTo(scope, Number(remaining));
      }
      const response: Response = {
        status,
        headers,
        bytes: answer.bytes,
        fromStorage: !toPlatform,
        proxy: exchange.proxy,
        chunks: null,
      };
      if (ended === 'open') {
        streaming = true;
        response.chunks = chunksOf(request, answer, exchange);
      } else if (ended !== 'complete') response.bytes = partOfAnswer({ request, exchange, platform }, answer);
      else if (toPlatform && status >= 200 && status <= 299) {
        const isJson = JSON_BEGINS.test(answer.bytes.toString('latin1', 0, LONGEST_BLANK));
        if (isJson) platformTime.observe(headers.date, headers.age);
      }
      return response;
    } finally {
      if (hold) {
        const isUnanswered = exchange.silent || deadline.isOver;
        const took = isUnanswered ? Infinity : clock.monotonic() - sentAt;
        // What a message was told soon says nothing, unless its part was slow before.
        if (hold.isPoll || took >= parts.slowAfter || parts.slowAt.size > 0)
          parts.note(hold, took, exchange.begun);
        hold.sentAt = null;
      }
      if (!streaming) stopLooking(exchange);
      deadline.exchange = null;
    }
  };

  function chunksOf(request: Request, { body }: Answer, exchange: Exchange): Chunks {
    return readChunks(body, exchange, () => {
      const failure = exchangeFailure({ request, exchange, platform });
      return failure instanceof RescaleError ? failure : failure.toError(spentOf(request.deadline));
    });
  }
}

import { readBody, type Incoming } from '../http/body';
import { readChunks } from '../http/body';
import { startIdleTimeout } from '../http/body';
import type { Answer, Transport } from '../http/transport';
import { RescaleError } from '../errors/errors';
import type { Budget } from '../limits/budget';
import { MOST_JSON_BYTES, MOST_REFUSAL_BYTES } from '../limits/limits';
import type { PlatformTime } from '../time/clock';
import { cutFailure, exchangeFailure, final, type Failing } from './failures';
import type { Next, Request, Response } from './request';

export interface SendOptions {
  platform: string;
  /** Milliseconds without a byte. */
  timeout: number;
  budget: Budget;
  platformTime: PlatformTime;
  transport: Transport;
}

/** An action can't be repeated when its connection breaks, so it doesn't go on one that was idle for longer (ms). */
const FRESH_ENOUGH = 2_000;
const NOTHING = Buffer.alloc(0);
const JSON_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\b/i;

/** The end of the pipeline: one request on a connection, and its answer. */
export function createSend(options: SendOptions): Next {
  const { platform, timeout, budget, platformTime, transport } = options;

  return async (request) => {
    const { deadline, trace } = request;
    if (request.method !== 'GET') transport.discardIdle(FRESH_ENOUGH);
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
      if (request.toPlatform) observeBudget(request, answer);
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
        if (request.toPlatform && isOfPlatform(answer)) {
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
      if (!streaming) idle.stop();
      deadline.interrupt = null;
    }
  };

  function observeBudget({ scope }: Request, { headers }: Answer): void {
    const remaining = headers['x-ratelimit-remaining'];
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

/** A gateway's error page has the gateway's clock; what it answers in the platform's place is hardly ever a good answer in JSON. */
function isOfPlatform({ status, headers }: Answer): boolean {
  return status >= 200 && status <= 299 && JSON_TYPE.test(headers['content-type'] ?? '');
}

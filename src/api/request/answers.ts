import { retryAfter } from '../time/back-off';
import { judgeContent, readBody, type Content } from '../http/bodies';
import type { Arrival, Result } from './call';
import { RescaleError } from '../errors/errors';
import { answerFailure, brokenOff, cutFailure, final, storageFailure } from './failures';
import { MOST_JSON_BYTES, MOST_WORDS_BYTES } from '../limits/limits';

/** The answer to a JSON call. Its status is a 2xx. */
export interface JsonAnswer {
  status: number;
  content: Content;
}

/** Reads what should be JSON. What it has to hold is for the endpoint to say. */
export async function readJson(arrival: Arrival, now: number): Promise<Result<JsonAnswer>> {
  const { answer, exchange, watchdog, asked, scope } = arrival;
  if (answer.status < 200 || answer.status > 299) return readRefusal(arrival, now);
  if (Number(answer.headers['content-length'] ?? 0) > MOST_JSON_BYTES) {
    exchange.end(new Error('too large'));
    return tooLarge(arrival);
  }
  const body = await readBody(arrival, MOST_JSON_BYTES);
  if (body.ended === 'complete') {
    return { value: { status: answer.status, content: judgeContent(body.bytes) } };
  }
  if (body.ended === 'at-limit') return tooLarge(arrival);
  const cut = body.ended === 'cut' && !watchdog.timedOut && !scope.signal.aborted;
  return {
    failure: cut ? cutFailure(asked, answer.status) : brokenOff(asked, exchange, watchdog, scope, true),
  };
}

/** The failure of an answer that is not what was asked for, after reading what it says. */
export async function readRefusal(arrival: Arrival, now: number): Promise<Result<never>> {
  const { answer, exchange, watchdog, asked, scope, fromPlatform } = arrival;
  const body = await readBody(arrival, MOST_WORDS_BYTES);
  if (scope.signal.aborted) return { failure: brokenOff(asked, exchange, watchdog, scope, true) };
  const wait = retryAfter(answer.headers, now);
  if (!fromPlatform) return { failure: storageFailure(asked, answer.status, wait) };
  // The status says enough, also when the body breaks off.
  const text = 'bytes' in body ? body.bytes.toString('utf8') : '';
  return { failure: answerFailure(asked, answer.status, text, wait) };
}

function tooLarge({ asked, answer }: Arrival): Result<never> {
  const values = { platform: asked.platform, limit: MOST_JSON_BYTES };
  return { failure: final(new RescaleError('RESCALE_TOO_LARGE', 'too-large-answer', values, answer.status)) };
}

import { redirectTarget, type RedirectTarget } from '../http/addresses';
import { readBody } from '../http/bodies';
import type { Budget } from '../limits/budget';
import type { Arrival, PreparedCall, Result } from './call';
import type { CallScope } from '../time/call-scope';
import type { Clock } from '../time/clock';
import type { PlatformTime } from '../time/platform-time';
import { RescaleError } from '../errors/errors';
import { brokenOff, final, seconds, type Asked } from './failures';
import { MOST_WORDS_BYTES } from '../limits/limits';
import type { Headers, Transport } from '../http/transport';
import { watch } from '../http/watchdog';

export interface AttemptOptions {
  origin: string;
  /** The version prefix, `/api/v2/`. */
  prefix: string;
  platform: string;
  token: string;
  /** Milliseconds without a byte. */
  timeout: number;
  budget: Budget;
  clock: Clock;
  platformTime: PlatformTime;
  transport: () => Transport;
}

/** Sends a call once, follows its redirects, and hands the answer to `use`. Rejects only when aborted. */
export type Attempt = <Value>(
  call: PreparedCall,
  scope: CallScope,
  use: (arrival: Arrival) => Promise<Result<Value>>,
) => Promise<Result<Value>>;

/** More redirects than this are a loop. */
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A POST can't be repeated when its connection breaks, so it doesn't go on one that was idle for longer (ms). */
const FRESH_ENOUGH = 2_000;

export function createAttempt(options: AttemptOptions): Attempt {
  const { origin, prefix, platform, token, timeout, budget, clock, platformTime } = options;

  return async (call, scope, use) => {
    let target: RedirectTarget = { url: origin + prefix + call.path, withToken: true };
    for (let redirects = 0; ; redirects += 1) {
      if (target.withToken) await waitForTurn(call, scope);
      const arrivalOrNext = await sendOnce(call, scope, target, redirects, use);
      if (!('next' in arrivalOrNext)) return arrivalOrNext;
      target = arrivalOrNext.next;
    }
  };

  async function waitForTurn(call: PreparedCall, scope: CallScope): Promise<void> {
    const until = budget.pausedUntil;
    // Everybody keeps to the pause; who has less patience than it lasts hears so at once.
    if (until !== null && until - clock.now() > scope.left()) {
      const values = { platform, seconds: seconds(until - clock.now()) };
      throw new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-wait', values);
    }
    await budget.acquire(call.priority, scope.signal);
  }

  async function sendOnce<Value>(
    call: PreparedCall,
    scope: CallScope,
    target: RedirectTarget,
    redirects: number,
    use: (arrival: Arrival) => Promise<Result<Value>>,
  ): Promise<Result<Value> | { next: RedirectTarget }> {
    const { method, notFound, contents, trace } = call;
    const transport = options.transport();
    if (method === 'POST') transport.discardIdle(FRESH_ENOUGH);
    const exchange = transport.send({
      method,
      url: target.url,
      home: target.withToken,
      headers: target.withToken ? call.headers : withoutToken(call.headers),
      decompress: !contents,
    });
    if (trace) trace.attempts += 1;
    const asked: Asked = { platform, method, notFound, token };
    const watchdog = watch(exchange, timeout);
    const abort = () => exchange.end(new Error('aborted'));
    scope.signal.addEventListener('abort', abort, { once: true });
    let handedOver = false;
    try {
      const answer = await exchange.answer.catch(() => null);
      if (answer === null) return { failure: brokenOff(asked, exchange, watchdog, scope, false) };
      if (trace) trace.status = answer.status;
      if (target.withToken) platformTime.observe(answer.headers.date, answer.headers.age);
      const location = answer.headers.location;
      if (REDIRECTS.has(answer.status) && location !== undefined) {
        await readBody({ answer, exchange, watchdog }, MOST_WORDS_BYTES);
        return follow(call, location, target.url, redirects, answer.status);
      }
      const arrival = { answer, exchange, watchdog, asked, scope, fromPlatform: target.withToken };
      const result = await use(arrival);
      handedOver = contents && 'value' in result;
      return result;
    } finally {
      if (!handedOver) watchdog.rest();
      scope.signal.removeEventListener('abort', abort);
    }
  }

  function follow(
    call: PreparedCall,
    location: string,
    from: string,
    redirects: number,
    status: number,
  ): { next: RedirectTarget } | { failure: ReturnType<typeof final> } {
    if (redirects >= MOST_REDIRECTS) {
      const error = new RescaleError('RESCALE_PROTOCOL', 'protocol-redirects', { platform }, status);
      return { failure: final(error) };
    }
    // The other codes turn a POST into a GET, which would pass for a stop that was carried out.
    const keepsMethod = call.method === 'GET' || status === 307 || status === 308;
    const next = keepsMethod ? redirectTarget(location, from, origin, call.contents) : null;
    if (next) return { next };
    return { failure: final(refusedRedirect(platform, location, from, status)) };
  }
}

function withoutToken(headers: Headers): Headers {
  const others = { ...headers };
  delete others['Authorization'];
  return others;
}

function refusedRedirect(platform: string, location: string, from: string, status: number): RescaleError {
  const target = URL.canParse(location, from) ? new URL(location, from).host : '';
  return target === ''
    ? new RescaleError('RESCALE_PROTOCOL', 'protocol-redirect-odd', { platform }, status)
    : new RescaleError('RESCALE_PROTOCOL', 'protocol-redirect', { platform, target }, status);
}

import { readJson, readRefusal, type JsonAnswer } from './answers';
import { createAttempt } from './attempt';
import type { Budget } from '../limits/budget';
import type { Arrival, Call } from './call';
import type { CallOptions } from '../client/client';
import type { Clock } from '../time/clock';
import type { PlatformTime } from '../time/platform-time';
import { authorizationOf } from '../http/credentials';
import { createRepeat } from './repeat';
import { createSeats } from '../limits/seats';
import type { Headers, Transport } from '../http/transport';

/** Contents that have begun to arrive. */
export interface OpenAnswer extends Arrival {
  /** Gives the connection back and lets go of the caller's signal. */
  release(): void;
}

/** Makes calls: each waits for its turn, is sent, redirected, and tried again where that is right. */
export interface Caller {
  json(call: Call, options?: CallOptions): Promise<JsonAnswer>;
  /** An answer whose status is among `statuses`, with its body still to be read. */
  open(call: Call, statuses: readonly number[], options?: CallOptions, range?: string): Promise<OpenAnswer>;
}

export interface CallerOptions {
  origin: string;
  /** The version prefix, `/api/v2/`. */
  prefix: string;
  platform: string;
  token: string;
  /** Milliseconds without a byte. */
  timeout: number;
  /** Milliseconds for a call in all. */
  patience: number;
  budget: Budget;
  clock: Clock;
  platformTime: PlatformTime;
  random: () => number;
  transport: () => Transport;
}

export function createCaller(options: CallerOptions): Caller {
  const { clock, transport } = options;
  const seats = createSeats(clock);
  const attempt = createAttempt(options);
  const repeat = createRepeat({ ...options, discardIdle: () => transport().discardIdle(0) });
  const common = { 'User-Agent': 'node-red-rescale', Authorization: authorizationOf(options.token) };
  // Django REST framework answers in HTML to those who don't ask for JSON.
  const jsonHeaders: Headers = {
    Accept: 'application/json, */*;q=0.1',
    'Accept-Encoding': 'gzip, deflate',
    ...common,
  };

  return {
    json(call, { signal, priority, once, trace } = {}) {
      const prepared = {
        ...call,
        headers: jsonHeaders,
        contents: false,
        priority: priority ?? (call.method === 'POST' ? ('action' as const) : ('message' as const)),
        trace,
      };
      return repeat<JsonAnswer>({
        signal,
        once,
        takeSeat: (scope) => seats.take(prepared.priority, scope.signal),
        attempt: (scope) => attempt(prepared, scope, (arrival) => readJson(arrival, clock.now())),
        handsOver: false,
      });
    },

    open(call, statuses, { signal, priority = 'message', once, trace } = {}, range) {
      const headers: Headers = { Accept: '*/*', 'Accept-Encoding': 'identity', ...common };
      if (range !== undefined) headers['Range'] = range;
      const prepared = { ...call, headers, contents: true, priority, trace };
      return repeat<OpenAnswer>({
        signal,
        once,
        takeSeat: (scope) => seats.takeForContents(scope.signal),
        attempt: (scope, leave) =>
          attempt(prepared, scope, async (arrival) => {
            if (!statuses.includes(arrival.answer.status)) return readRefusal(arrival, clock.now());
            scope.endPatience();
            const release = () => {
              arrival.watchdog.rest();
              scope.close();
              leave();
            };
            return { value: { ...arrival, release } };
          }),
        handsOver: true,
      });
    },
  };
}

import { authorizationOf } from '../http/credentials';
import type { Headers } from '../http/exchange';
import type { Call } from './request';

interface CallHeaders {
  /** Of a call without a body that is answered in JSON, one object for all. */
  readonly json: Headers;
  of(call: Call): Headers;
}

export function createHeaders(token: string): CallHeaders {
  const common: Headers = {
    'User-Agent': 'node-red-rescale',
    Authorization: authorizationOf(token),
    // Servers may translate what they say; what is read by people here is translated around it.
    'Accept-Language': 'en',
  };
  const contents: Headers = { Accept: '*/*', 'Accept-Encoding': 'identity', ...common };
  // Django REST framework answers in HTML to those who don't ask for JSON.
  const json: Headers = {
    Accept: 'application/json, */*;q=0.1',
    'Accept-Encoding': 'gzip, deflate',
    ...common,
  };
  return {
    json,
    of(call) {
      if (call.contents) return call.contents.range ? { ...contents, ...call.contents.range } : contents;
      if (!call.body) return json;
      const { type, length } = call.body;
      return { ...json, 'Content-Type': type, 'Content-Length': String(length) };
    },
  };
}

import { RescaleError, type ErrorText, type ErrorTextValues } from '../errors/errors';
import type { ErrorTextKey } from '../errors/error-texts';
import type { CallScope } from '../time/call-scope';
import type { ConnectionError, Exchange } from '../http/transport';
import type { Watchdog } from '../http/watchdog';
import { looksLikePage, platformWords } from './words';

/** What went wrong with one attempt, and what may be done about it. */
export interface Failure {
  /**
   * `pause`: everybody on this key has to wait. `back-off`: this call may try again after a while.
   * `at-once`: it may try again without a wait, for nothing is wrong with the platform.
   */
  retry: 'never' | 'pause' | 'back-off' | 'at-once';
  /** Milliseconds that the platform asks to wait, null when it does not say. */
  wait: number | null;
  /** What the caller is told when this was the last attempt; `spent` milliseconds since the first. */
  error(spent: number): RescaleError;
}

/** Whom and what an attempt asked for. */
export interface Asked {
  platform: string;
  method: 'GET' | 'POST';
  /** What a 404 means. */
  notFound: { key: ErrorTextKey; values: ErrorTextValues };
  /** The key, to keep it out of the platform's words. */
  token: string;
}

export function final(error: RescaleError): Failure {
  return { retry: 'never', wait: null, error: () => error };
}

/**
 * The failure that an answer with a status other than 2xx stands for. `text` is its body, or the beginning of it.
 * Reads are repeated on 429, 502, 503 and 504. A 500 is not: there the application itself has answered, that it can't
 * carry out this very request, so asking again only makes the message wait.
 * A POST is repeated on 429 only, because a gateway's 5xx does not say whether the platform has got it.
 */
export function answerFailure(asked: Asked, status: number, text: string, wait: number | null): Failure {
  const { platform, method } = asked;
  const values = { platform, status };
  if (status === 429) return throttled(platform, wait);
  if (status >= 500) {
    if (method === 'POST') {
      return final(new RescaleError('RESCALE_SERVER', 'server-unsettled', values, status));
    }
    if (!REPEATED.has(status))
      return final(new RescaleError('RESCALE_SERVER', 'server-fault', values, status));
    return {
      retry: 'back-off',
      wait,
      error: (spent) =>
        wait !== null && wait > spent
          ? new RescaleError('RESCALE_SERVER', 'server-wait', { ...values, seconds: seconds(wait) }, status)
          : new RescaleError('RESCALE_SERVER', 'server', { ...values, seconds: seconds(spent) }, status),
    };
  }
  if (status === 401 || status === 403)
    return final(new RescaleError('RESCALE_AUTH', 'auth', values, status));
  if (status === 407) return proxyFailure(platform, status, false);
  if (status === 404) return final(notFound(asked, text));
  if (status >= 400) {
    const words = platformWords(text, asked.token) || { key: 'reason-unsaid' as const };
    return final(new RescaleError('RESCALE_REJECTED', 'rejected', { ...values, words }, status));
  }
  const reason: ErrorText = { key: 'reason-status', values: { status } };
  return final(new RescaleError('RESCALE_PROTOCOL', 'protocol', { platform, reason }, status));
}

const REPEATED = new Set([502, 503, 504]);

function throttled(platform: string, wait: number | null): Failure {
  return {
    retry: 'pause',
    wait,
    error: (spent) =>
      wait !== null && wait > spent
        ? new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-wait', { platform, seconds: seconds(wait) }, 429)
        : new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit', { platform, seconds: seconds(spent) }, 429),
  };
}

/**
 * The API says 404 in JSON. A web page with 404 comes from something before it, such as a gateway in maintenance,
 * and must not end a wait as if the job were gone.
 */
function notFound(asked: Asked, text: string): RescaleError {
  const { platform } = asked;
  if (looksLikePage(text)) {
    return new RescaleError('RESCALE_PROTOCOL', 'protocol-page', { platform, status: 404 }, 404);
  }
  const { key, values } = asked.notFound;
  const words = platformWords(text, asked.token);
  return new RescaleError('RESCALE_NOT_FOUND', key, { ...values, words }, 404);
}

/** The file storage has no key of ours and no API, so its statuses mean something else than the platform's. */
export function storageFailure(asked: Asked, status: number, wait: number | null): Failure {
  const { platform } = asked;
  if (status === 429 || REPEATED.has(status)) {
    return { ...answerFailure(asked, status === 429 ? 503 : status, '', wait), retry: 'back-off' };
  }
  if (status >= 500) return answerFailure(asked, status, '', wait);
  return final(new RescaleError('RESCALE_REJECTED', 'rejected-storage', { platform, status }, status));
}

/** The failure of a connection: no answer, or, when `begun`, only the beginning of one. */
function connectionFailure(asked: Asked, exchange: Exchange, begun: boolean): Failure {
  const { platform } = asked;
  if (exchange.proxyStatus !== null) return proxyFailure(platform, exchange.proxyStatus, true);
  const code = exchange.connectionError?.code ?? '';
  if (isCertificateCode(code)) {
    // Nothing that heals by waiting.
    const values = { platform, reason: code };
    return final(new RescaleError('RESCALE_NETWORK', 'network-certificate', values));
  }
  if (asked.method === 'POST' && exchange.sent) {
    return final(new RescaleError('RESCALE_NETWORK', 'network-unsettled', { platform }));
  }
  return {
    // A kept connection that the other side was just closing says nothing about the platform.
    retry: exchange.reused && !begun ? 'at-once' : 'back-off',
    wait: null,
    error: () => networkError(platform, exchange.connectionError),
  };
}

function networkError(platform: string, error: ConnectionError | null): RescaleError {
  const code = error?.code ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return new RescaleError('RESCALE_NETWORK', 'network-refused', { platform });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new RescaleError('RESCALE_NETWORK', 'network-name', {
        platform,
        host: error?.hostname ?? platform,
      });
    case 'ECONNRESET':
    case 'EPIPE':
    case '':
      return new RescaleError('RESCALE_NETWORK', 'network-broken', { platform });
    default:
      return new RescaleError('RESCALE_NETWORK', 'network', { platform, reason: code });
  }
}

/**
 * The failure of an exchange that came to no good end, whoever ended it. `begun`: the head of an answer was here.
 * Throws the reason when the caller ended it.
 */
export function brokenOff(
  asked: Asked,
  exchange: Exchange,
  watchdog: Watchdog,
  scope: CallScope,
  begun: boolean,
): Failure {
  if (watchdog.timedOut || scope.patienceOver) return timeoutFailure(asked, exchange);
  if (scope.signal.aborted) throw scope.signal.reason as Error;
  return connectionFailure(asked, exchange, begun);
}

/** An answer that ended before its announced end. */
export function cutFailure(asked: Asked, status: number): Failure {
  const { platform, method } = asked;
  if (method === 'POST') {
    return final(new RescaleError('RESCALE_NETWORK', 'network-unsettled', { platform }, status));
  }
  return {
    retry: 'back-off',
    wait: null,
    error: () => new RescaleError('RESCALE_PROTOCOL', 'protocol-cut', { platform }, status),
  };
}

/** Nothing came for the time that is allowed, or the patience ran out in the middle of the attempt. */
function timeoutFailure(asked: Asked, exchange: Exchange): Failure {
  const { platform, method } = asked;
  const unsettled = method === 'POST' && exchange.sent;
  return {
    retry: unsettled ? 'never' : 'back-off',
    wait: null,
    error: (spent) =>
      new RescaleError('RESCALE_TIMEOUT', unsettled ? 'timeout-unsettled' : 'timeout', {
        platform,
        seconds: seconds(spent),
      }),
  };
}

/** A proxy that can't reach the platform may do so soon; one that refuses us will not. */
function proxyFailure(platform: string, status: number, tunnel: boolean): Failure {
  return {
    retry: tunnel && REPEATED.has(status) ? 'back-off' : 'never',
    wait: null,
    error: () => new RescaleError('RESCALE_NETWORK', 'network-proxy', { platform, status }),
  };
}

/** OpenSSL's verdicts on a certificate, and Node's on its name. */
function isCertificateCode(code: string): boolean {
  return /CERT|^ERR_TLS_|^UNABLE_TO_|^INVALID_(CA|PURPOSE)|^HOSTNAME_MISMATCH$|^PATH_LENGTH_EXCEEDED$/.test(
    code,
  );
}

/** Milliseconds as seconds that a person reads: with a decimal below ten. */
export function seconds(milliseconds: number): number {
  return milliseconds < 10_000 ? Math.round(milliseconds / 100) / 10 : Math.round(milliseconds / 1000);
}

import { RescaleError, type ErrorText } from '../errors/errors';
import { isAtProxy, type Answer, type ConnectionError, type Exchange } from '../http/exchange';
import { MOST_JSON_BYTES } from '../limits/limits';
import type { PauseSource } from '../limits/pause-steps';
import type { Request } from './request';
import { tlsFailure } from './tls-failures';

/**
 * What may be done about a failed attempt. `pause`: everybody on this key has to wait. `back-off`: this call may try again
 * after a while. `once`: the same, but a second one like it is the end. `at-once`: it may try again without a wait, for
 * nothing is wrong with the platform.
 */
type RetryAdvice = 'never' | 'pause' | 'back-off' | 'once' | 'at-once';

/** One attempt that came to nothing. */
export class AttemptFailure extends Error {
  constructor(
    readonly retry: RetryAdvice,
    /** Milliseconds that the platform asks to wait, null when it does not say. */
    readonly wait: number | null,
    /** What the caller is told when this was the last attempt; `spent` milliseconds since the first. */
    readonly toError: (spent: number) => RescaleError,
    /** Who asks to wait. */
    readonly source: PauseSource = 'platform',
  ) {
    super('The attempt failed.');
  }
}

export function final(error: RescaleError): AttemptFailure {
  return new AttemptFailure('never', null, () => error);
}

/** A request under way when it failed. */
interface Failing {
  request: Request;
  exchange: Exchange;
  platform: string;
}

/** The failure of an exchange that came to no good end, whoever ended it; the caller's abort is an error of its own. */
export function exchangeFailure(failing: Failing): AttemptFailure | RescaleError {
  const { request, exchange } = failing;
  if (exchange.silent || request.deadline.isOver) return timeoutFailure(failing);
  return request.deadline.aborted ?? connectionFailure(failing);
}

/** The other side: the platform, or the host of the file storage to which it sends for contents. */
function otherSide({ request, platform }: Pick<Failing, 'request' | 'platform'>): string {
  return request.toPlatform ? platform : storageHost(request.url);
}

export function storageHost(url: string): string {
  return new URL(url).host;
}

/** The failure of a connection: no answer, or only the beginning of one. */
function connectionFailure(failing: Failing): AttemptFailure {
  const { request, exchange, platform } = failing;
  const other = otherSide(failing);
  if (exchange.proxyStatus !== null) return proxyFailure(other, exchange.proxyStatus, exchange.proxy, true);
  if (isAtProxy(exchange)) return unreachableProxy(other, exchange.proxy!, exchange.connectionError);
  const hopeless = hopelessError(other, exchange.connectionError);
  if (hopeless) return final(hopeless);
  if (request.method !== 'GET' && exchange.sent) {
    return final(new RescaleError('RESCALE_NETWORK', 'network-unsettled', { platform }));
  }
  // A kept connection that the other side was just closing says nothing about the platform.
  const retry = exchange.reused && !exchange.begun ? 'at-once' : 'back-off';
  return new AttemptFailure(retry, null, () =>
    request.toPlatform
      ? networkError(platform, exchange.connectionError)
      : storageNetworkError(platform, other, exchange.connectionError),
  );
}

/** The platform is not to blame, and nobody finds the reason there. */
function unreachableProxy(platform: string, proxy: string, failed: ConnectionError | null): AttemptFailure {
  const code = failed?.code ?? '';
  const insecure = tlsFailure(failed, true);
  const key = insecure?.proxyCertificate ? 'network-proxy-certificate' : 'network-proxy-unreachable';
  const reason = insecure?.reason ?? reasonOf(code);
  const error = () => new RescaleError('RESCALE_NETWORK', key, { platform, proxy, reason });
  return new AttemptFailure(insecure || code.startsWith('HPE_') ? 'never' : 'back-off', null, error);
}

/** In few words. */
function reasonOf(code: string): ErrorText | string {
  return REASONS[code] ?? (code || { key: 'reason-connection' as const });
}

const REASONS: Record<string, ErrorText> = {
  ECONNREFUSED: { key: 'reason-refused' },
  ENOTFOUND: { key: 'reason-name-unknown' },
  EAI_AGAIN: { key: 'reason-name-unknown' },
  ECONNRESET: { key: 'reason-connection' },
  EPIPE: { key: 'reason-connection' },
};

/** What no waiting heals: the other side is not who was meant, or does not speak as was expected. */
function hopelessError(platform: string, failed: ConnectionError | null): RescaleError | null {
  const insecure = tlsFailure(failed, false);
  if (insecure)
    return new RescaleError('RESCALE_NETWORK', insecure.platform, { platform, reason: insecure.reason });
  const reason = failed?.code ?? '';
  return reason.startsWith('HPE_')
    ? new RescaleError('RESCALE_NETWORK', 'network-no-http', { platform, reason })
    : null;
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

/** The platform has answered. Where a firewall lets it alone through, nobody finds that by looking at the platform. */
function storageNetworkError(
  platform: string,
  storage: string,
  failed: ConnectionError | null,
): RescaleError {
  const values = { platform, storage, reason: reasonOf(failed?.code ?? '') };
  return new RescaleError('RESCALE_NETWORK', 'network-storage', values);
}

/** Nothing came for the time that is allowed, or the patience ran out in the middle of the attempt. */
function timeoutFailure(failing: Failing): AttemptFailure {
  const { request, exchange, platform } = failing;
  const unsettled = request.method !== 'GET' && exchange.sent;
  const { proxy } = exchange;
  // Beyond the proxy, or in it: the silence tells nobody which of the two it was.
  const silent = proxy === null ? 'timeout' : isAtProxy(exchange) ? 'timeout-proxy' : 'timeout-through-proxy';
  const lost = proxy === null ? 'timeout-unsettled' : 'timeout-unsettled-through-proxy';
  const storage = request.toPlatform ? null : otherSide(failing);
  const ofStorage = storage !== null && silent !== 'timeout-proxy' ? 'timeout-storage' : silent;
  const key = unsettled ? lost : ofStorage;
  return new AttemptFailure(
    unsettled ? 'never' : 'back-off',
    null,
    (spent) =>
      new RescaleError('RESCALE_TIMEOUT', key, {
        platform: key === 'timeout-storage' ? platform : (storage ?? platform),
        seconds: seconds(spent),
        ...(storage !== null && { storage }),
        ...(proxy !== null && { proxy }),
      }),
  );
}

/** What is there of an answer that has not been read to its end; throws where that is not enough. */
export function partOfAnswer(failing: Failing, { status, ended, bytes }: Answer): Buffer {
  const { request, exchange, platform } = failing;
  const { aborted, isOver } = request.deadline;
  const isRefusal = request.streamed !== null || status < 200 || status > 299;
  if (isRefusal) {
    if (aborted || isOver) throw exchangeFailure(failing);
    return bytes; // The status says enough, also when the body breaks off.
  }
  if (ended === 'at-limit') {
    const values = { platform, limit: MOST_JSON_BYTES };
    throw final(new RescaleError('RESCALE_TOO_LARGE', 'too-large-answer', values, status));
  }
  const isCut = ended === 'cut' && !exchange.silent && !aborted && !isOver;
  throw isCut ? cutFailure(request, platform, status) : exchangeFailure(failing);
}

/** An answer that ended before its announced end. */
function cutFailure(request: Request, platform: string, status: number): AttemptFailure {
  if (request.method !== 'GET') {
    return final(new RescaleError('RESCALE_NETWORK', 'network-unsettled', { platform }, status));
  }
  return new AttemptFailure(
    'back-off',
    null,
    () => new RescaleError('RESCALE_PROTOCOL', 'protocol-cut', { platform }, status),
  );
}

/** A proxy that can't reach the platform may do so soon; one that refuses us will not. */
export function proxyFailure(
  platform: string,
  status: number,
  proxy: string | null,
  tunnel: boolean,
): AttemptFailure {
  const error = () => {
    if (proxy === null) return new RescaleError('RESCALE_NETWORK', 'network-proxy', { platform, status });
    const key = status === 407 ? 'network-proxy-login' : 'network-proxy-refuses';
    return new RescaleError('RESCALE_NETWORK', key, { platform, proxy, status });
  };
  return new AttemptFailure(tunnel && isPassing(status) ? 'back-off' : 'never', null, error);
}

export function throttled(platform: string, wait: number | null, source: PauseSource): AttemptFailure {
  const error = (spent: number) =>
    wait !== null && wait > spent
      ? new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-wait', { platform, seconds: seconds(wait) }, 429)
      : new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit', { platform, seconds: seconds(spent) }, 429);
  return new AttemptFailure('pause', wait, error, source);
}

export function serverFailure(
  request: Request,
  platform: string,
  status: number,
  wait: number | null,
): AttemptFailure {
  const values = { platform, status };
  if (request.method !== 'GET') {
    return final(new RescaleError('RESCALE_SERVER', 'server-unsettled', values, status));
  }
  if (!isPassing(status)) return final(new RescaleError('RESCALE_SERVER', 'server-fault', values, status));
  return outOfService(platform, status, wait);
}

function outOfService(platform: string, status: number, wait: number | null): AttemptFailure {
  const values = { platform, status };
  return new AttemptFailure('back-off', wait, (spent) =>
    wait !== null && wait > spent
      ? new RescaleError('RESCALE_SERVER', 'server-wait', { ...values, seconds: seconds(wait) }, status)
      : new RescaleError('RESCALE_SERVER', 'server', { ...values, seconds: seconds(spent) }, status),
  );
}

/**
 * The file storage has no key of ours and no API, so its statuses mean something else than the platform's. An address that is
 * signed for a moment may have run out on the way: the platform is asked once more for a new one.
 */
export function storageFailure(
  platform: string,
  storage: string,
  status: number,
  wait: number | null,
): AttemptFailure {
  if (status === 429 || isPassing(status)) return outOfService(storage, status === 429 ? 503 : status, wait);
  if (status >= 500) {
    const values = { platform: storage, status };
    return final(new RescaleError('RESCALE_SERVER', 'server-fault', values, status));
  }
  const values = { platform, storage, status };
  const error = new RescaleError('RESCALE_REJECTED', 'rejected-storage', values, status);
  return status === 401 || status === 403 ? new AttemptFailure('once', null, () => error) : final(error);
}

/** What a gateway says while what is behind it is away for a moment. */
function isPassing(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

export function protocolError(platform: string, reason: ErrorText, status: number): RescaleError {
  return new RescaleError('RESCALE_PROTOCOL', 'protocol', { platform, reason }, status);
}

/** Milliseconds as seconds that a person reads: with a decimal below ten. */
export function seconds(milliseconds: number): number {
  return milliseconds < 10_000 ? Math.round(milliseconds / 100) / 10 : Math.round(milliseconds / 1000);
}

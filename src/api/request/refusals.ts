/** What an answer means that is not what was asked for. */
import { RescaleError, type ErrorText } from '../errors/errors';
import { retryAfter } from '../time/back-off';
import {
  type AttemptFailure,
  final,
  protocolError,
  proxyFailure,
  serverFailure,
  storageFailure,
  storageHost,
  throttled,
} from './failures';
import { looksLikePage, readApiMessage, readApiRefusal } from './platform-message';
import type { Request, Response } from './request';

interface Refused {
  request: Request;
  /** Where it was sent last. */
  url: string;
  response: Response;
  platform: string;
  /** The key, to keep it out of the platform's message. */
  token: string;
}

/** The failure that an answer stands for which is none to what was asked. `now`: the platform's time, ms since the epoch. */
export function refusalOf(refused: Refused, now: number): AttemptFailure {
  const { response, platform } = refused;
  const wait = retryAfter(response.headers, now);
  return response.fromStorage
    ? storageFailure(platform, storageHost(refused.url), response.status, wait)
    : refusal(refused, wait);
}

/**
 * The failure that an answer with a status other than 2xx stands for.
 * Reads are repeated on 429, 502, 503 and 504. A 500 is not: there the application itself has answered, that it can't
 * carry out this very request, so asking again only makes the message wait.
 * An action is repeated on 429 only, because a gateway's 5xx does not say whether the platform has got it.
 */
function refusal(refused: Refused, wait: number | null): AttemptFailure {
  const { request, response, platform, token } = refused;
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

import { RescaleError } from '../errors/errors';
import { redirectTarget, type RedirectTarget } from '../http/addresses';
import type { Headers } from '../http/exchange';
import type { PlatformTime } from '../time/clock';
import { final } from './failures';
import { refusalOf } from './refusals';
import type { Request, Response } from './request';

/** More redirects than this are a loop. */
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface Redirected {
  /** As it was at first. */
  request: Request;
  /** As it was sent last. */
  current: Request;
  response: Response;
  /** That were followed before. */
  redirects: number;
}

/**
 * The request that a redirect leads to: a path on the platform with the key, or the storage of files without it. Throws what the answer
 * means where it is no redirect, or leads nowhere.
 */
export type Follow = (redirected: Redirected) => Request;

interface FollowOptions {
  origin: string;
  platform: string;
  token: string;
  platformTime: PlatformTime;
}

export function createFollow({ origin, platform, token, platformTime }: FollowOptions): Follow {
  return ({ request, current, response, redirects }) => {
    const { status } = response;
    const { location } = response.headers;
    if (!REDIRECTS.has(status) || location === undefined)
      throw refusalOf({ request, url: current.url, response, platform, token }, platformTime.now());
    if (redirects >= MOST_REDIRECTS)
      throw final(new RescaleError('RESCALE_PROTOCOL', 'protocol-redirects', { platform }, status));
    const target = targetOf(current, response, location);
    if (!target) throw final(refusedRedirect(location, current, status));
    return {
      ...current,
      url: target.url,
      toPlatform: target.withToken,
      headers: target.withToken ? request.headers : withoutToken(request.headers),
    };
  };

  function targetOf(request: Request, { status }: Response, location: string): RedirectTarget | null {
    // The other codes turn an action into a read, which would pass for a stop that was carried out.
    const keepsMethod = request.method === 'GET' || status === 307 || status === 308;
    return keepsMethod ? redirectTarget(location, request.url, origin, request.streamed !== null) : null;
  }

  function refusedRedirect(location: string, { method, url: from }: Request, status: number): RescaleError {
    const target = URL.canParse(location, from) ? new URL(location, from).host : '';
    if (target === new URL(origin).host) {
      const key = method === 'GET' ? 'protocol-page' : 'protocol-redirect-action';
      return new RescaleError('RESCALE_PROTOCOL', key, { platform, status }, status);
    }
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

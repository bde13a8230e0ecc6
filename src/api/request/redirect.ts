import { redirectTarget, type RedirectTarget } from '../http/addresses';
import type { Headers } from '../http/transport';
import { RescaleError } from '../errors/errors';
import { final } from './failures';
import type { Request, Response, Step } from './request';

/** More redirects than this are a loop. */
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Follows redirects, as paths on the platform with the key, or to the storage of files without it. */
export function followRedirects(origin: string, platform: string): Step {
  return async (request, next) => {
    let response = await next(request);
    if (!REDIRECTS.has(response.status)) return response;
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      const { location } = response.headers;
      if (!REDIRECTS.has(response.status) || location === undefined) return response;
      if (redirects >= MOST_REDIRECTS) {
        throw final(
          new RescaleError('RESCALE_PROTOCOL', 'protocol-redirects', { platform }, response.status),
        );
      }
      const target = targetOf(current, response, location);
      if (!target) throw final(refusedRedirect(location, current.url, response.status));
      current = {
        ...current,
        url: target.url,
        toPlatform: target.withToken,
        headers: target.withToken ? request.headers : withoutToken(request.headers),
      };
      response = await next(current);
    }
  };

  function targetOf(request: Request, { status }: Response, location: string): RedirectTarget | null {
    // The other codes turn an action into a read, which would pass for a stop that was carried out.
    const keepsMethod = request.method === 'GET' || status === 307 || status === 308;
    return keepsMethod ? redirectTarget(location, request.url, origin, request.streamed !== null) : null;
  }

  function refusedRedirect(location: string, from: string, status: number): RescaleError {
    const target = URL.canParse(location, from) ? new URL(location, from).host : '';
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

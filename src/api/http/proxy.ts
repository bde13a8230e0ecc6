import type { ClientOptions } from '../client/client';
import { RescaleError } from '../errors/errors';

export type ProxyOptions = NonNullable<ClientOptions['proxy']>;

/** A proxy, checked, with its credentials in the URL as a tunnel wants them. */
export interface Proxy {
  url: URL;
  /** Whether this address is called through the proxy. */
  covers(target: URL): boolean;
}

/** Throws RESCALE_CONFIG for an address that can't be a proxy's. */
export function readProxy(options: ProxyOptions | undefined): Proxy | null {
  if (!options || options.url.trim() === '') return null;
  let url: URL;
  try {
    url = new URL(options.url.trim());
  } catch {
    throw refuse(options);
  }
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') throw refuse(options);
  if (options.username !== undefined && options.username !== '') {
    url.username = encodeURIComponent(options.username);
    url.password = encodeURIComponent(options.password ?? '');
  }
  const exceptions = (options.noProxy ?? []).map((entry) => entry.trim().toLowerCase()).filter(Boolean);
  return { url, covers: (target) => !exceptions.some((exception) => matches(exception, target)) };
}

/** `*`, a host, `.domain` or `*.domain` (as a plain domain means too), each with a port if only that one is meant. */
function matches(exception: string, target: URL): boolean {
  if (exception === '*') return true;
  const parts = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(exception);
  // An IPv6 address without brackets has no port.
  const [host, port] = parts ? [parts[1] ?? '', parts[2]] : [`[${exception}]`, undefined];
  const targetPort = target.port || (target.protocol === 'https:' ? '443' : '80');
  if (port !== undefined && port !== targetPort) return false;
  const domain = host.replace(/^\*?\.?/, '');
  return target.hostname === domain || (domain !== '' && target.hostname.endsWith(`.${domain}`));
}

function refuse(options: ProxyOptions): RescaleError {
  const value = options.url.replace(/\/\/[^/@]*@/, '//');
  return new RescaleError('RESCALE_CONFIG', 'config-proxy', { value });
}

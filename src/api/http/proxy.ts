import type { ClientOptions } from '../client/client';
import { RescaleError } from '../errors/errors';

type ProxyOptions = NonNullable<ClientOptions['proxy']>;

interface ProxyCredentials {
  username: string;
  password: string;
}

/** A proxy, checked. */
export interface Proxy {
  url: URL;
  /** Host and port, for errors: never who logs in there. */
  name: string;
  credentials: ProxyCredentials | null;
  /** Whether this address is called through the proxy. */
  covers(target: URL): boolean;
}

/**
 * The one reader of proxy addresses, wherever they were written. Throws RESCALE_CONFIG, which never shows an address: whatever is
 * wrong with it, it may hold a password in a place where nobody looks for one.
 */
export function readProxy(options: ProxyOptions | undefined): Proxy | null {
  if (!options || options.url.trim() === '') return null;
  const url = parsed(options.url.trim());
  if (options.username !== undefined && options.username !== '') {
    url.username = encoded(options.username);
    url.password = encoded(options.password ?? '');
  }
  const exceptions = (options.noProxy ?? []).map((entry) => entry.trim().toLowerCase()).filter(Boolean);
  return {
    url,
    name: url.host,
    credentials: credentialsOf(url),
    covers: (target) => !exceptions.some((exception) => matches(exception, target)),
  };
}

function parsed(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isWeb || url.hostname === '') throw unusable();
  return url;
}

/** Half a character, as text cut in the middle has it, can't be encoded. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw unusable();
  }
}

function credentialsOf({ username, password }: URL): ProxyCredentials | null {
  if (username === '') return null;
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw unusable(); // A bare `%`.
  }
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

function unusable(): RescaleError {
  return new RescaleError('RESCALE_CONFIG', 'config-proxy');
}

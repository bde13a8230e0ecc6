import { RescaleError } from '../errors/errors';

/**
 * Addresses: which origin may be called, how ids and paths become segments, and where a `next` or a redirect
 * may lead. The rule behind all of it: the token goes to the configured origin and nowhere else.
 */

/** Parts of a query; undefined and blank ones are left out. */
export type Query = Record<string, string | number | undefined>;

/**
 * The origin to call, checked: https, or http on loopback; no path, no user, no query.
 * Throws RESCALE_CONFIG.
 */
export function checkOrigin(address: string): string {
  const refuse = () => new RescaleError('RESCALE_CONFIG', 'config-url', { value: shownAddress(address) });
  let url: URL;
  try {
    url = new URL(address.trim());
  } catch {
    throw refuse();
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse();
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash) throw refuse();
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new RescaleError('RESCALE_CONFIG', 'config-plain', { value: shownAddress(address) });
  }
  return url.origin;
}

/** True for the names and numbers of this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** `/api/v2/`, or `/api/` for v1 (docs/platform.md, addresses). */
export function versionPrefix(version: 'v1' | 'v2'): string {
  return version === 'v2' ? '/api/v2/' : '/api/';
}

/** What stays as it is in an address: the form of nearly every id. */
export const PLAIN_ID = /^[\w-]{1,500}$/;
/** Ids have some letters (docs/platform.md, ids); an address of any length is refused by whatever stands before the platform. */
const LONGEST_ID = 500;

/** One id as one path segment, encoded once. Throws RESCALE_INPUT for what can't be one. */
export function idSegment(field: string, id: string): string {
  if (typeof id === 'string' && PLAIN_ID.test(id)) return id;
  if (typeof id !== 'string' || id.trim() === '') {
    throw new RescaleError('RESCALE_INPUT', 'input-blank', { field });
  }
  const encoded = encodeSegment(id);
  if (encoded === null || id.length > LONGEST_ID || id.includes('/')) {
    throw new RescaleError('RESCALE_INPUT', 'input-id', { field, value: shown(id) });
  }
  return encoded;
}

/**
 * A path in a working directory, each segment encoded once (docs/platform.md, lists). A leading `./` or `/`, empty
 * and `.` segments fall away, so there is never a slash at the end. Throws RESCALE_INPUT for `..` and
 * control characters.
 */
export function filePathSegments(path: string): string {
  const field = 'path';
  if (typeof path !== 'string' || path.trim() === '') {
    throw new RescaleError('RESCALE_INPUT', 'input-blank', { field });
  }
  const refuse = () => new RescaleError('RESCALE_INPUT', 'input-path', { field, value: shown(path) });
  const encoded = path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .map((segment) => {
      const one = encodeSegment(segment);
      if (one === null) throw refuse();
      return one;
    });
  if (encoded.length === 0) throw refuse();
  return encoded.join('/');
}

/** Null for what would not stay one segment: dots that walk, control characters, halves of a character. */
function encodeSegment(segment: string): string | null {
  if (segment === '.' || segment === '..' || hasControlCharacter(segment)) return null;
  try {
    return encodeURIComponent(segment);
  } catch {
    return null; // A lone surrogate has no UTF-8 form.
  }
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}

/** `?a=1&b=2`, empty for no parts. */
export function queryText(query: Query): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** What a `next` says, with everything but its query thrown away; null for none. */
export interface NextLink {
  /** Its page number, null when it has none. */
  page: number | null;
  /** What else its query asks for, apart from the page size, which is ours to say. */
  others: Record<string, string>;
}

/**
 * Reads `next`. It may be absolute on whatever host, scheme or letter case, relative, null, "" or missing
 * (docs/platform.md, lists). The list's own path is used for every page, so nothing before the query matters,
 * and neither the token nor the reader can be led elsewhere.
 */
export function readNext(next: unknown): NextLink | null {
  if (typeof next !== 'string' || next.trim() === '') return null;
  const link: NextLink = { page: null, others: {} };
  const start = next.indexOf('?');
  if (start < 0) return link;
  for (const [name, value] of new URLSearchParams(next.slice(start + 1).replace(/#.*$/s, ''))) {
    if (name === 'page') link.page = /^\d{1,9}$/.test(value) ? Number(value) : null;
    else if (name !== 'page_size') link.others[name] = value;
  }
  return link;
}

/** Where a redirect leads. `withToken` only on the configured origin. */
export interface RedirectTarget {
  url: string;
  withToken: boolean;
}

/**
 * Where to go on. On the host we asked, whatever its scheme and letter case, and for API paths that some inner
 * host's name is put before, only the path counts and is asked for at the configured origin. File contents may
 * also be fetched, without the token, from another https host or from loopback (docs/platform.md, files).
 * Null for anywhere else.
 */
export function redirectTarget(
  location: string,
  from: string,
  origin: string,
  contents: boolean,
): RedirectTarget | null {
  let target: URL;
  try {
    target = new URL(location, from);
  } catch {
    return null;
  }
  const home = new URL(origin);
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return null;
  const atHome = target.origin === home.origin || isOtherSpelling(target, home);
  // What lies beside the API, such as a page to sign in, answers nothing that was asked, even where it looks like an answer.
  if (atHome && (contents || target.pathname.startsWith('/api/'))) {
    return { url: home.origin + target.pathname + target.search, withToken: true };
  }
  if (contents) {
    const allowed = target.protocol === 'https:' || isLoopback(target.hostname);
    target.username = '';
    target.password = '';
    target.hash = '';
    return allowed ? { url: target.href, withToken: false } : null;
  }
  return target.pathname.startsWith('/api/')
    ? { url: home.origin + target.pathname + target.search, withToken: true }
    : null;
}

/** The same host under the other scheme, on the default port: http to a https platform. */
function isOtherSpelling(target: URL, home: URL): boolean {
  return target.hostname === home.hostname && target.port === '' && home.port === '';
}

/** Whatever stands before an `@` may be a password, and an odd address may have it anywhere. */
function shownAddress(address: string): string {
  return address.includes('@') ? '…' : shown(address);
}

/** A value as an error may show it: short, on one line, without anything after `?`. */
function shown(value: string): string {
  const line = [...value]
    .map((character) => (hasControlCharacter(character) ? '·' : character))
    .join('')
    .replace(/[?#].*$/, '?…');
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}

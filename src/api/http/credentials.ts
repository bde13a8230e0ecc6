import { createSecureContext, type ConnectionOptions } from 'node:tls';
import { RescaleError } from '../errors/errors';

/** The token without what a paste may have put around it. Throws RESCALE_CONFIG for none, and for what no header takes. */
export function checkToken(token: string): string {
  const trimmed = typeof token === 'string' ? token.trim() : '';
  if (trimmed === '') throw new RescaleError('RESCALE_CONFIG', 'config-no-token');
  // Where a file of variables is read by something that does not take quotes off, or a text processor has put typographic ones.
  if (/^["'`‘’“”„«»]|["'`‘’“”„«»]$/.test(trimmed))
    throw new RescaleError('RESCALE_CONFIG', 'config-token-quotes');
  // As it is written in documents on the API, and in what a browser shows of a request.
  if (/^(?:Authorization:\s*)?(?:Token|Bearer)\s/i.test(trimmed))
    throw new RescaleError('RESCALE_CONFIG', 'config-token-scheme');
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw new RescaleError('RESCALE_CONFIG', 'config-token-characters');
  return trimmed;
}

/** TLS options that OpenSSL takes; null for none. Throws RESCALE_CONFIG, once here rather than at every request. */
export function checkTls(options: Record<string, unknown> | undefined): ConnectionOptions | null {
  if (!options || Object.keys(options).length === 0) return null;
  const tls = options as ConnectionOptions;
  try {
    createSecureContext(tls);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RescaleError('RESCALE_CONFIG', 'config-tls', { reason });
  }
  return tls;
}

/** A key goes as `Token`; what looks like a JSON web token goes as `Bearer` (docs/platform.md, addresses). */
export function authorizationOf(token: string): string {
  return /^ey[\w-]*\.[\w-]+\.[\w-]+$/.test(token) ? `Bearer ${token}` : `Token ${token}`;
}

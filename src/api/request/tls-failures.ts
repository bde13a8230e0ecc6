import type { ErrorTextKey } from '../errors/texts/error-texts';
import type { ErrorText } from '../errors/errors';
import { shortened } from '../errors/shown-value';
import type { ConnectionError } from '../http/exchange';

/** Why a secure connection did not come about, which no waiting heals: what to say of the platform, and of a proxy on the way. */
interface TlsFailure {
  platform: ErrorTextKey;
  /** Beside a name of the cause. Null where the certificate of the proxy is not to blame. */
  proxyCertificate: boolean;
  reason: ErrorText | string;
}

interface Rule {
  /** Over the code of the error, or OpenSSL's own reason where Node.js has put another code over it. */
  code: RegExp;
  platform: ErrorTextKey;
  /** The proxy's certificate is to blame when it happens there. */
  certificate?: true;
  /** In place of the code, where a proxy is the other side. */
  atProxy?: ErrorTextKey;
}

/** The first that fits. What a server says by itself is an alert of its; all else was found here. */
const RULES: readonly Rule[] = [
  {
    code: /^CERT_HAS_EXPIRED$/,
    platform: 'network-certificate-expired',
    certificate: true,
    atProxy: 'reason-certificate-expired',
  },
  {
    code: /^CERT_NOT_YET_VALID$/,
    platform: 'network-certificate-early',
    certificate: true,
    atProxy: 'reason-certificate-early',
  },
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/,
    platform: 'network-certificate-host',
    certificate: true,
    atProxy: 'reason-certificate-host',
  },
  {
    code: /ALERT_CERTIFICATE_REQUIRED/,
    platform: 'network-client-certificate',
    atProxy: 'reason-client-certificate',
  },
  {
    code: /ALERT_(BAD_|UNSUPPORTED_)?CERTIFICATE|ALERT_(UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)/,
    platform: 'network-client-certificate-refused',
  },
  {
    code: /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/,
    platform: 'network-tls-version',
    atProxy: 'reason-tls-version',
  },
  { code: /HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|NO_SHARED_CIPHER/, platform: 'network-tls-handshake' },
  {
    code: /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/,
    platform: 'network-no-tls',
    atProxy: 'reason-no-tls',
  },
  { code: /^ERR_SSL_|^EPROTO$/, platform: 'network-tls' },
  {
    code: /CERT|^ERR_TLS_|^UNABLE_TO_|^INVALID_(CA|PURPOSE)|^PATH_LENGTH_EXCEEDED$|^(CA|EE)_(KEY|MD)_|^CRL_/,
    platform: 'network-certificate',
    certificate: true,
  },
];

/** Null for what is no failure of TLS. */
export function tlsFailure(error: ConnectionError | null, atProxy: boolean): TlsFailure | null {
  const code = tlsCode(error);
  const rule = RULES.find((one) => one.code.test(code));
  if (!rule) return null;
  const hosts = hostsOf(error) ?? code;
  const shown = rule.platform === 'network-certificate-host' ? hosts : code;
  const reason = atProxy && rule.atProxy ? { key: rule.atProxy, values: { hosts } } : shown;
  return { platform: rule.platform, proxyCertificate: rule.certificate ?? false, reason };
}

/** Node.js gives `EPROTO` to what OpenSSL says while something is written, and its reason stands in the message alone. */
function tlsCode(error: ConnectionError | null): string {
  const code = error?.code ?? '';
  const [, reason] = /SSL routines:[^:]*:([^:]+):/.exec(code === 'EPROTO' ? error!.message : '') ?? [];
  return reason === undefined ? code : `ERR_SSL_${reason.trim().replace(/\W+/g, '_').toUpperCase()}`;
}

/** For which hosts the certificate of the other side is. */
function hostsOf(error: ConnectionError | null): string | null {
  const { cert } = (error ?? {}) as { cert?: { subjectaltname?: unknown } };
  return typeof cert?.subjectaltname === 'string' ? shortened(cert.subjectaltname) : null;
}

import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import type { Proxy } from './proxy';

/** Whom to trust on the way to the proxy itself. */
export type ProxyTrust = Pick<SecureContextOptions, 'ca'> & Pick<ConnectionOptions, 'rejectUnauthorized'>;

/** A tunnel that was not made. */
export interface TunnelError extends Error {
  /** What the proxy said to CONNECT, when that was not 200. */
  proxyStatus?: number;
  /** The proxy itself could not be reached, or did not speak as one. */
  atProxy?: true;
}

export interface TunnelledOptions extends https.RequestOptions {
  /** Aborts when the request is given up. Its own `signal` is no help: Node.js keeps that one from the agent. */
  givenUp?: AbortSignal;
}

/**
 * An https agent whose connections are tunnels: CONNECT through a proxy, then TLS to the target. A request with `givenUp`
 * leaves no connection open to a proxy that never answers.
 */
export class TunnelAgent extends https.Agent {
  constructor(
    private readonly proxy: Proxy,
    private readonly trust: ProxyTrust,
    options: https.AgentOptions,
  ) {
    super(options);
  }

  /** Called by Node.js for each new connection of the pool. */
  override createConnection(
    options: TunnelledOptions,
    connected: (error: Error | null, socket?: Duplex) => void,
  ): null {
    const { givenUp } = options;
    const connect = this.connectRequest(`${bracketed(String(options.host))}:${options.port ?? 443}`);
    const giveUp = () => connect.destroy(new Error('The request was given up.'));
    const settle = () => givenUp?.removeEventListener('abort', giveUp);
    givenUp?.addEventListener('abort', giveUp, { once: true });

    connect.once('connect', (answer, socket) => {
      settle();
      if (answer.statusCode === 200) {
        const overTls: https.RequestOptions & { socket: Duplex } = { ...options, socket };
        connected(null, super.createConnection(overTls) ?? socket);
        return;
      }
      socket.destroy();
      const refused: TunnelError = new Error(`The proxy answered CONNECT with HTTP ${answer.statusCode}.`);
      if (answer.statusCode !== undefined) refused.proxyStatus = answer.statusCode;
      connected(refused);
    });
    connect.once('error', (error: TunnelError) => {
      settle();
      error.atProxy = true;
      connected(error);
    });
    connect.end();
    return null;
  }

  private connectRequest(target: string): http.ClientRequest {
    const { credentials, url } = this.proxy;
    const { protocol, hostname, port } = url;
    const secure = protocol === 'https:';
    const headers: http.OutgoingHttpHeaders = { host: target };
    if (credentials) {
      const login = `${credentials.username}:${credentials.password}`;
      headers['proxy-authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
    }
    const host = hostname.replace(/^\[|\]$/g, '');
    const options: https.RequestOptions = { method: 'CONNECT', host, path: target, headers, agent: false };
    if (port) options.port = port;
    if (!secure) return http.request(options);
    return https.request({ ...this.trust, ...options, ...(isIP(host) ? {} : { servername: host }) });
  }
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

import { EventEmitter } from 'node:events';
import {
  request as requestPlain,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';
import type { Readable } from 'node:stream';
import { TLSSocket, type ConnectionOptions } from 'node:tls';
import type * as Axios from 'axios';
import { createConnections, type Route } from './connections';
import type { Proxy } from './proxy';
import { TunnelAgent, type TunnelError, type TunnelledOptions } from './tunnel';

/*
 * One HTTP request over axios. The adapter is called without the axios instance around it: merging configurations,
 * interceptors and transforms would cost more than the request, and every one of them is turned off here anyhow.
 */

export type Headers = Record<string, string>;

/** What an action sends along. Its length is known, because the platform takes no chunked transfer (docs/platform.md, uploads). */
export interface RequestBody {
  type: string;
  /** Bytes. */
  length: number;
  /** It is sent as it is read, however long that takes. */
  streamed: boolean;
  /** Opened for each attempt. */
  open(): Buffer | Readable;
}

/** A request as it goes out; redirects are answers like any other. */
interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** False for what is not the platform itself. */
  readonly toPlatform: boolean;
  readonly headers: Headers;
  readonly body: RequestBody | undefined;
  /** Statuses with which the body is read as it arrives; null when it is read whole. */
  readonly streamed: readonly number[] | null;
  /** Bytes of the whole file where they are known: an answer of that very length is as it is stored, whatever it is called. */
  readonly storedBytes: number | null;
}

/** What Node says about a connection that failed. */
export type ConnectionError = Error & { code?: string; hostname?: string };

/** An answer whose head is here. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

/** A request under way, and what is known about it when it fails. */
export interface Exchange {
  /** Rejects when the connection fails before the head of an answer is here, or with the reason of `end`. */
  readonly answer: Promise<Answer>;
  /** Gives up, at any time. Later calls do nothing. */
  end(reason: Error): void;
  /** Bytes that have moved on the connection: grows while an answer drips in, even inside its head, and while a body goes out. */
  bytesMoved(): number;
  /** False as long as nothing of the request can have reached the platform. */
  readonly sent: boolean;
  /** True when it went out on a connection that was open already, and so may have been closing. */
  readonly reused: boolean;
  /** Host and port of the proxy on the way, null without one. */
  readonly proxy: string | null;
  /** What a proxy answered when it refused to make a tunnel. */
  readonly proxyStatus: number | null;
  /** The way has not led beyond the proxy: what went wrong is the proxy's, and so is the silence. */
  readonly atProxy: boolean;
  /** The error of the connection itself, also after the head. */
  readonly connectionError: ConnectionError | null;
}

export interface Transport {
  send(request: OutgoingRequest): Exchange;
  /** Closes pooled connections that have been idle for longer than this many milliseconds. */
  discardIdle(longerThan: number): void;
  close(): void;
}

export function createTransport(proxy: Proxy | null, tls: ConnectionOptions | null): Transport {
  const connections = createConnections(proxy, tls);
  let axios: ReturnType<typeof loadAxios> | null = null;

  return {
    send(request) {
      axios ??= loadAxios();
      return exchangeOver(axios, request, connections.route(request.url, request.toPlatform));
    },
    discardIdle: (longerThan) => connections.discardIdle(longerThan),
    close: () => connections.close(),
  };
}

/** On the first request: loading axios costs a start of Node-RED more than all the rest of the package. */
function loadAxios() {
  const { default: axios, AxiosHeaders } = module.require('axios') as typeof Axios;
  // Ours are put on below: axios would check and copy each of them for each request, and add its own, which ours replace.
  const unchanged = () => noHeaders;
  const noHeaders: InstanceType<typeof AxiosHeaders> = Object.assign(new AxiosHeaders(), {
    normalize: unchanged,
    set: unchanged,
    toJSON: () => ({}),
  });
  return { adapter: axios.getAdapter('http'), AxiosHeaders, noHeaders };
}

function ignore(): void {}

/**
 * What axios sees of a request without a body. It would set a time-out of none on it, and listen to its errors, its socket and its end, all
 * of which is done below for itself; that costs a tenth of a request.
 */
const standIn = Object.assign(new EventEmitter(), {
  on: sameAgain,
  once: sameAgain,
  setTimeout: sameAgain,
  end: sameAgain,
  destroy: sameAgain,
  destroyed: false,
});

function sameAgain(): unknown {
  return standIn;
}

/** What axios needs to hand a plain http request to a proxy as a whole. */
function forwarding({ url: proxy, credentials }: Proxy) {
  const port = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80);
  return { protocol: proxy.protocol, host: proxy.hostname, port, auth: credentials ?? undefined };
}

/**
 * One request on its way, and the request of node:http itself: whether a POST may be sent again depends on what happened on its
 * connection, and axios does not tell. It makes the request by the `transport` that it is given.
 */
function exchangeOver(
  { adapter, AxiosHeaders, noHeaders }: ReturnType<typeof loadAxios>,
  { method, url, headers, body, storedBytes }: OutgoingRequest,
  { agent, proxy, forwardTo }: Route,
): Exchange {
  const uploads = body?.streamed ?? false;
  let request: ClientRequest | null = null;
  let response: IncomingMessage | null = null;
  let movedBefore = 0;
  let fail: (reason: Error) => void = ignore;
  const givenUp = agent instanceof TunnelAgent ? new AbortController() : null;
  const exchange = {
    sent: false,
    reused: false,
    proxy: proxy?.name ?? null,
    proxyStatus: null as number | null,
    get atProxy() {
      if (!proxy || exchange.sent) return false;
      // The socket of a tunnel is there when the tunnel is.
      return forwardTo !== null || !request?.socket;
    },
    connectionError: null as ConnectionError | null,
    end(reason: Error) {
      response?.destroy(reason);
      request?.destroy(reason);
      // A tunnel that is still being dug for it goes with it.
      givenUp?.abort();
      // Node.js lets a request without a connection wait on, even when it is destroyed.
      fail(reason);
    },
    /** What is sent counts only while there is much of it: a request without an answer has been sent, too. */
    bytesMoved() {
      const socket = request?.socket;
      return socket ? socket.bytesRead + (uploads ? socket.bytesWritten : 0) - movedBefore : 0;
    },
  };
  const markSent = () => {
    exchange.sent = true;
  };

  const answer = new Promise<Answer>((resolve, reject) => {
    fail = reject;
    let told: IncomingHttpHeaders = {};
    const answered = ({ statusCode = 0 }: IncomingMessage, incoming: Readable) => {
      // Whoever reads listens for itself; after that nobody needs to know.
      incoming.on('error', ignore);
      resolve({ status: statusCode, headers: told, body: incoming });
    };
    const start = (options: RequestOptions, unpack: (head: IncomingMessage) => void) => {
      const secure = options.protocol === 'https:';
      // What axios adds for a body or a proxy stays.
      options.headers = body || forwardTo ? Object.assign(options.headers ?? {}, headers) : headers;
      const tunnelled: TunnelledOptions = givenUp ? { ...options, givenUp: givenUp.signal } : options;
      const started = (secure ? requestSecure : requestPlain)(tunnelled, (head) => {
        response = head;
        const isStoredSo = storedBytes !== null && Number(head.headers['content-length']) === storedBytes;
        if (isStoredSo) delete head.headers['content-encoding'];
        told = head.headers;
        const encoding = told['content-encoding'];
        // What needs no unpacking is handed on as it is: axios would copy its headers, and watch over its end for nobody.
        if (encoding === undefined) return answered(head, head);
        // It acts on this one alone, and takes it away.
        head.headers = { 'content-encoding': encoding };
        unpack(head);
      });
      request = started;
      started.once('socket', (socket) => {
        exchange.reused = started.reusedSocket;
        movedBefore = exchange.bytesMoved();
        if (exchange.reused) exchange.sent = true;
        else if (socket instanceof TLSSocket) socket.once('secureConnect', markSent);
        else if (socket.connecting) socket.once('connect', markSent);
        else if (!secure) markSent();
      });
      started.on('error', (error: ConnectionError & TunnelError) => {
        exchange.connectionError ??= error;
        exchange.proxyStatus ??= error.proxyStatus ?? null;
        reject(error);
      });
      if (body) return started;
      started.end();
      return standIn;
    };
    const config: Axios.InternalAxiosRequestConfig = {
      method,
      url,
      headers: body ? new AxiosHeaders() : noHeaders,
      // Without a limit of its length: to keep one, axios would lead every piece through a stream of its own.
      ...(body && { data: body.open() }),
      responseType: 'stream',
      decompress: true,
      maxRedirects: 0,
      httpAgent: agent,
      httpsAgent: agent,
      proxy: forwardTo ? forwarding(forwardTo) : false,
      transport: { request: start },
    };
    adapter(config).then(({ data }) => answered(response!, data as Readable), reject);
  });
  return Object.assign(exchange, { answer });
}

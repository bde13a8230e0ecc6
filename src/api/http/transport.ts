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
      const { adapter, AxiosHeaders, noHeaders } = axios;
      const route = connections.route(request.url, request.toPlatform);
      const { body } = request;
      const { exchange, transport } = track(request, route);
      const config: Axios.InternalAxiosRequestConfig = {
        method: request.method,
        url: request.url,
        headers: body ? new AxiosHeaders() : noHeaders,
        // Without a limit of its length: to keep one, axios would lead every piece through a stream of its own.
        ...(body && { data: body.open() }),
        responseType: 'stream',
        decompress: true,
        maxRedirects: 0,
        httpAgent: route.agent,
        httpsAgent: route.agent,
        proxy: route.forwardTo ? forwarding(route.forwardTo) : false,
        transport,
      };
      const answer = new Promise<Answer>((resolve, reject) => {
        // Node.js lets a request without a connection wait on, even when it is destroyed.
        exchange.tellEnd = reject;
        exchange.tellAnswer = (status, incoming) => {
          // Whoever reads listens for itself; after that nobody needs to know.
          incoming.on('error', ignore);
          resolve({ status, headers: exchange.headers, body: incoming });
        };
        adapter(config).then(({ status, data }) => exchange.tellAnswer(status, data as Readable), reject);
      });
      return Object.assign(exchange, { answer });
    },
    discardIdle: (longerThan) => connections.discardIdle(longerThan),
    close: () => connections.close(),
  };
}

/** On the first request: loading axios costs a start of Node-RED more than all the rest of the package. */
function loadAxios() {
  const { default: axios, AxiosHeaders } = module.require('axios') as typeof Axios;
  /** Ours are put on by `track`: axios would check and copy each of them for each request, and add its own, which ours replace. */
  class NoHeaders extends AxiosHeaders {
    override normalize(): this {
      return this;
    }
    override set(): this {
      return this;
    }
    override toJSON() {
      return {};
    }
  }
  return { adapter: axios.getAdapter('http'), AxiosHeaders, noHeaders: new NoHeaders() };
}

function ignore(): void {}

/**
 * What axios sees of a request without a body. It would set a time-out of none on it, and listen to its errors, its socket and its end, all
 * of which is done here for itself; that costs a tenth of a request. Whatever else it may ask for is the request's.
 */
class RequestForAxios {
  constructor(readonly request: ClientRequest) {}
  on(): this {
    return this;
  }
  once(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  end(): void {
    this.request.end();
  }
}
Object.setPrototypeOf(
  RequestForAxios.prototype,
  new Proxy(
    {},
    {
      get(_, name, receiver: RequestForAxios) {
        const value: unknown = Reflect.get(receiver.request, name);
        return typeof value === 'function' ? (value.bind(receiver.request) as unknown) : value;
      },
    },
  ),
);

/** What axios needs to hand a plain http request to a proxy as a whole. */
function forwarding({ url: proxy, credentials }: Proxy) {
  const port = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80);
  return { protocol: proxy.protocol, host: proxy.hostname, port, auth: credentials ?? undefined };
}

/**
 * Stands between axios and node:http to see the request itself. Whether a POST may be sent again depends on
 * what happened on its connection, and axios does not tell.
 */
function track({ headers, body, storedBytes }: OutgoingRequest, { agent, proxy, forwardTo }: Route) {
  const uploads = body?.streamed ?? false;
  let request: ClientRequest | null = null;
  let response: IncomingMessage | null = null;
  let movedBefore = 0;
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
    headers: {} as IncomingHttpHeaders,
    tellEnd: ignore as (reason: Error) => void,
    tellAnswer: ignore as (status: number, body: Readable) => void,
    end(reason: Error) {
      response?.destroy(reason);
      request?.destroy(reason);
      // A tunnel that is still being dug for it goes with it.
      givenUp?.abort();
      exchange.tellEnd(reason);
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

  const transport = {
    request(options: RequestOptions, onResponse: (response: IncomingMessage) => void) {
      const secure = options.protocol === 'https:';
      // What axios adds for a body or a proxy stays.
      options.headers = body || forwardTo ? Object.assign(options.headers ?? {}, headers) : headers;
      const tunnelled: TunnelledOptions = givenUp ? { ...options, givenUp: givenUp.signal } : options;
      const started = (secure ? requestSecure : requestPlain)(tunnelled, (head) => {
        response = head;
        const isStoredSo = storedBytes !== null && Number(head.headers['content-length']) === storedBytes;
        if (isStoredSo) delete head.headers['content-encoding'];
        exchange.headers = head.headers;
        const encoding = head.headers['content-encoding'];
        // What needs no unpacking is handed on as it is: axios would copy its headers, and watch over its end for nobody.
        if (encoding === undefined) {
          exchange.tellAnswer(head.statusCode ?? 0, head);
          return;
        }
        // axios copies all headers of an answer into a class of its own; it acts on this one alone.
        head.headers = { 'content-encoding': encoding };
        onResponse(head);
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
        exchange.tellEnd(error);
      });
      return body ? started : new RequestForAxios(started);
    },
  };
  return { transport, exchange };
}

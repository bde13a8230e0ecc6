import { EventEmitter } from 'node:events';
import { request as requestPlain, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket, type ConnectionOptions } from 'node:tls';
import type * as Axios from 'axios';
import { MOST_JSON_BYTES, MOST_REFUSAL_BYTES } from '../limits/limits';
import { createConnections, idleSince, type Route } from './connections';
import {
  endExchange,
  NOT_SENT,
  type Answer,
  type ConnectionError,
  type Exchange,
  type OutgoingRequest,
  type UnderWay,
} from './exchange';
import type { Proxy } from './proxy';
import { TunnelAgent, type TunnelError, type TunnelledOptions } from './tunnel';
import { packingOf, unpack } from './unpack';

/*
 * One HTTP request over axios. The adapter is called without the axios instance around it: merging configurations,
 * interceptors and transforms would cost more than the request, and every one of them is turned off here anyhow.
 */

export interface Transport {
  send(request: OutgoingRequest): Exchange;
  /** Closes pooled connections that have been idle for longer than this many milliseconds. */
  discardIdle(longerThan: number): void;
  close(): void;
}

export function createTransport(proxy: Proxy | null, tls: ConnectionOptions | null): Transport {
  const connections = createConnections(proxy, tls);
  let axios: ReturnType<typeof loadAxios> | null = null;
  /** The platform is one origin, so all its addresses have one way. */
  let home: Route | null = null;

  /**
   * One request on its way, and the request of node:http itself: whether a POST may be sent again depends on what happened on its
   * connection, and axios does not tell. It makes the request by the `transport` that it is given.
   */
  function send(outgoing: OutgoingRequest): Exchange {
    const { method, url, toPlatform, headers, body, streamed, storedBytes, storedPacking } = outgoing;
    const { adapter, AxiosHeaders, noHeaders } = (axios ??= loadAxios());
    const route = toPlatform ? (home ??= connections.route(url, true)) : connections.route(url, false);
    const { agent, proxy, forwardTo } = route;
    const exchange: UnderWay = {
      ...NOT_SENT,
      givenUp: agent instanceof TunnelAgent ? new AbortController() : null,
      proxy: proxy?.name ?? null,
      forwarded: forwardTo !== null,
      uploads: body?.streamed ?? false,
    };

    const answer = new Promise<Answer>((resolve, reject) => {
      exchange.reject = reject;

      /** The head is here. */
      const receive = (head: IncomingMessage): void => {
        exchange.response = head;
        const { headers: answered } = head;
        const isStoredSo =
          (storedBytes !== null && Number(answered['content-length']) === storedBytes) ||
          (storedPacking !== null && isPackedFile(answered, storedPacking));
        if (isStoredSo) delete answered['content-encoding'];
        const incoming = answered['content-encoding'] === undefined ? head : unpack(head);
        const { statusCode: status = 0 } = head;
        exchange.begun = true;
        exchange.reject = ignore;
        if (streamed?.includes(status)) {
          // Whoever reads listens for itself; after that nobody needs to know.
          incoming.on('error', ignore);
          return resolve({ status, headers: answered, ended: 'open', bytes: NOTHING, body: incoming });
        }

        // What should be JSON is read whole, a refusal only as far as it is of interest.
        const isWanted = streamed === null && status >= 200 && status <= 299;
        const limit = isWanted ? MOST_JSON_BYTES : MOST_REFUSAL_BYTES;
        const isTooLong = isWanted && Number(answered['content-length'] ?? 0) > limit;
        const pieces: Buffer[] = [];
        const socket = exchange.socket!;
        let size = 0;
        let ended: Answer['ended'] = 'open';
        /** All that a body tells: a piece, its end, or that it broke off. */
        const told = (piece?: unknown): void => {
          exchange.heardAt = performance.now();
          exchange.seen = socket.bytesRead + (exchange.uploads ? socket.bytesWritten : 0);
          if (ended !== 'open') return;
          if (Buffer.isBuffer(piece)) {
            pieces.push(piece);
            size += piece.length;
            if (size <= limit && !isTooLong) return;
            ended = 'at-limit';
          } else if (incoming.readableEnded) {
            ended = 'complete';
            idleSince.set(socket, exchange.heardAt);
          } else {
            // Node reports a connection that was closed too early as an error of the answer only, not of the request.
            ended = exchange.connectionError === null ? 'cut' : 'broken';
            pieces.length = size = 0;
          }
          const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size);
          resolve({ status, headers: answered, ended, bytes, body: incoming });
          if (ended === 'at-limit') endExchange(exchange, new Error('more than is wanted'));
        };
        incoming.on('data', told).on('end', told).on('error', told).on('close', told);
        if (isTooLong) told(NOTHING);
      };

      const start = (options: RequestOptions) => {
        const secure = options.protocol === 'https:';
        // What axios adds for a body or a proxy stays.
        options.headers = body || forwardTo ? Object.assign(options.headers ?? {}, headers) : headers;
        const { givenUp } = exchange;
        const tunnelled: TunnelledOptions = givenUp ? { ...options, givenUp: givenUp.signal } : options;
        const started = (secure ? requestSecure : requestPlain)(tunnelled, receive);
        exchange.request = started;
        started.once('socket', (socket) => {
          exchange.socket = socket;
          exchange.reused = started.reusedSocket;
          exchange.seen = socket.bytesRead + (exchange.uploads ? socket.bytesWritten : 0);
          if (exchange.reused) exchange.sent = true;
          else markWhenSent(exchange, socket, secure);
        });
        started.on('error', (error: ConnectionError & TunnelError) => {
          exchange.connectionError ??= error;
          exchange.proxyStatus ??= error.proxyStatus ?? null;
          exchange.reject(error);
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
        decompress: false,
        maxRedirects: 0,
        httpAgent: agent,
        httpsAgent: agent,
        proxy: forwardTo ? forwarding(forwardTo) : false,
        transport: { request: start },
      };
      // Its answer is not waited for here: axios would copy its headers, and watch over its end for nobody.
      adapter(config).catch((error: unknown) => exchange.reject(error));
    });
    exchange.heardAt = performance.now();
    return Object.assign(exchange, { answer });
  }

  return {
    send,
    discardIdle: (longerThan) => connections.discardIdle(longerThan),
    close: () => connections.close(),
  };
}

/** On a connection that is new nothing has been sent before it stands. */
function markWhenSent(exchange: UnderWay, socket: Socket, secure: boolean): void {
  const mark = () => {
    exchange.sent = true;
  };
  if (socket instanceof TLSSocket) socket.once('secureConnect', mark);
  else if (socket.connecting) socket.once('connect', mark);
  else if (!secure) mark();
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

const NOTHING = Buffer.alloc(0);

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

/** A storage may call a packed file packed on the way; a gateway packs its own page. */
function isPackedFile(headers: IncomingHttpHeaders, packing: string): boolean {
  return (
    packingOf(headers['content-encoding']) === packing &&
    !/\b(?:x?html|json|xml)\b/i.test(headers['content-type'] ?? '')
  );
}

/** One request on its connection: what is known of it as plain data, and what is asked of it only in trouble. */
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

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
export interface OutgoingRequest {
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
  /** How the file itself is packed, where its length is not known: an answer packed so is as it is stored, unless it calls itself a page. */
  readonly storedPacking: 'gzip' | null;
}

/** What Node says about a connection that failed. */
export type ConnectionError = Error & { code?: string; hostname?: string };

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /**
   * How the reading of its body ended. `at-limit`: there is more than is wanted. `cut`: the other side closed before the announced
   * end. `broken`: the connection broke, or the exchange was ended. `open`: whoever asked reads it, as it arrives.
   */
  ended: 'complete' | 'at-limit' | 'cut' | 'broken' | 'open';
  /** All of it, or as much as is wanted; nothing where it ended in another way. */
  bytes: Buffer;
  body: Readable;
}

/** A request under way. */
export interface Exchange extends UnderWay {
  /**
   * Resolves when the body has been read, or with the head where the body is read as it arrives. Rejects when the connection fails
   * before the head is here, or with the reason of `endExchange`.
   */
  readonly answer: Promise<Answer>;
}

/** What is known about a request under way when it fails. */
export interface UnderWay {
  /** Does nothing once the body is being read. */
  reject: (reason: unknown) => void;
  request: ClientRequest | null;
  /** Its connection, once it has one. */
  socket: Socket | null;
  response: IncomingMessage | null;
  /** Calls off the tunnel that is dug for it, where there is one. */
  readonly givenUp: AbortController | null;
  /** The head of an answer is here, and its body is being read. */
  begun: boolean;
  /** False as long as nothing of the request can have reached the platform. */
  sent: boolean;
  /** True when it went out on a connection that was open already, and so may have been closing. */
  reused: boolean;
  /** Host and port of the proxy on the way, null without one. */
  readonly proxy: string | null;
  /** The proxy is handed the request itself, and not a tunnel. */
  readonly forwarded: boolean;
  /** What a proxy answered when it refused to make a tunnel. */
  proxyStatus: number | null;
  /** The error of the connection itself, also after the head. */
  connectionError: ConnectionError | null;
  /** What is sent counts as life only where there is much of it: a request without an answer has been sent, too. */
  readonly uploads: boolean;
  /** When something came last, by `performance.now()`; Infinity while nothing is expected, because nobody reads. */
  heardAt: number;
  /** The bytes that its connection had moved by then. */
  seen: number;
  /** Nothing came for the time that is allowed, so it was ended. */
  silent: boolean;
  /** Looks whether something came; undefined once nobody looks any more. */
  timer: NodeJS.Timeout | undefined;
}

/** Of a request that has not been sent yet. */
export const NOT_SENT: Omit<UnderWay, 'givenUp' | 'proxy' | 'forwarded' | 'uploads'> = {
  reject: () => {},
  request: null,
  socket: null,
  response: null,
  begun: false,
  sent: false,
  reused: false,
  proxyStatus: null,
  connectionError: null,
  heardAt: 0,
  seen: 0,
  silent: false,
  timer: undefined,
};

/** Gives up, at any time. Later calls do nothing. */
export function endExchange(exchange: UnderWay, reason: Error): void {
  exchange.response?.destroy(reason);
  exchange.request?.destroy(reason);
  // A tunnel that is still being dug for it goes with it.
  exchange.givenUp?.abort();
  // Node.js lets a request without a connection wait on, even when it is destroyed.
  exchange.reject(reason);
}

/** Nothing is waited for any more. */
export function stopLooking(exchange: UnderWay): void {
  clearTimeout(exchange.timer);
  exchange.timer = undefined;
}

/** The way has not led beyond the proxy: what went wrong is the proxy's, and so is the silence. */
export function isAtProxy({ proxy, sent, forwarded, socket }: UnderWay): boolean {
  // The socket of a tunnel is there when the tunnel is.
  return proxy !== null && !sent && (forwarded || socket === null);
}

/** Bytes that its connection has moved: grows while an answer drips in, even inside its head, and while a body goes out. */
export function bytesMoved({ socket, uploads }: UnderWay): number {
  return socket ? socket.bytesRead + (uploads ? socket.bytesWritten : 0) : 0;
}

import type { Readable } from 'node:stream';
import type { Exchange } from './transport';

/** Ends an exchange in which nothing comes. */
export interface IdleTimeout {
  /** True once it has ended the exchange. */
  readonly fired: boolean;
  /** Something came. */
  refresh(): void;
  /** Nothing is expected for now, because nobody reads. */
  stop(): void;
  /** From now on something is expected again. */
  start(): void;
}

/** setTimeout fires at once beyond this. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** `timeout` is in milliseconds without a byte, not in all: a slow answer is fine as long as it keeps coming. */
export function startIdleTimeout(exchange: Exchange, timeout: number): IdleTimeout {
  const longest = Math.min(timeout, LONGEST_TIMER);
  let seen = 0;
  let timer: NodeJS.Timeout | null = setTimeout(look, longest);

  function look(): void {
    const bytes = exchange.bytesMoved();
    // Bytes that nobody was told of: the head drips in, or a compressed piece is not complete yet.
    if (bytes > seen) {
      seen = bytes;
      timer = setTimeout(look, longest);
      return;
    }
    idle.fired = true;
    timer = null;
    exchange.end(new Error('nothing came'));
  }

  const idle = {
    fired: false,
    refresh() {
      if (!timer) return;
      seen = exchange.bytesMoved();
      timer.refresh();
    },
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
    start() {
      if (idle.fired || timer) return;
      seen = exchange.bytesMoved();
      timer = setTimeout(look, longest);
    },
  };
  return idle;
}

/** An answer whose head is here, and what watches over the coming of its body. */
export interface Incoming {
  body: Readable;
  exchange: Exchange;
  idle: IdleTimeout;
}

/** How the reading of a body ended. */
type Body =
  | { ended: 'complete' | 'at-limit'; bytes: Buffer }
  /** The other side closed before the announced end. */
  | { ended: 'cut' }
  /** The connection broke, or the exchange was ended. */
  | { ended: 'broken' };

/**
 * Reads a body to its end, but no further than `limit` bytes: what came until then is returned as `at-limit`, and the
 * rest is not waited for.
 */
export function readBody({ body, exchange, idle }: Incoming, limit: number): Promise<Body> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const fail = () => {
      const failure = exchange.connectionError;
      // Node reports a connection that was closed too early as an error of the answer only, not of the request.
      resolve({ ended: failure === null ? 'cut' : 'broken' });
    };
    body.on('data', (piece: Buffer) => {
      idle.refresh();
      if (size > limit) return;
      size += piece.length;
      pieces.push(piece);
      if (size <= limit) return;
      resolve({ ended: 'at-limit', bytes: Buffer.concat(pieces, size) });
      exchange.end(new Error('more than is wanted'));
    });
    body.once('end', () => {
      const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size);
      resolve({ ended: 'complete', bytes });
    });
    body.once('error', fail);
    body.once('close', fail);
  });
}

/** Bytes that lie ready: with less, the connection would be stopped and started again for every piece. */
const AHEAD = 256 * 1024;

/** A body as it arrives, for one reader. */
export interface Chunks extends AsyncIterable<Buffer> {
  /** Ends the transfer. Later calls, and calls after the end, do nothing. */
  discard(): void;
  /** Ends the transfer with an error for the reader. */
  fail(error: Error): void;
  /** Called once, when nothing comes any more; at once when that is so already. */
  onClose(listener: () => void): void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Reads a body for whoever iterates. Whatever happens to the connection, at any instant, is kept until the reader asks: the
 * body has its listeners from the moment its answer is here, so that no error of it is ever without one. What arrived before
 * a break is still handed on. The time without a byte counts only while somebody wants to read, so a slow disk on this side
 * is not taken for a silent platform.
 *
 * `failure` says what a break means.
 */
export function readChunks({ body, exchange, idle }: Incoming, failure: () => Error): Chunks {
  const ready: Buffer[] = [];
  const listeners: (() => void)[] = [];
  let bytesReady = 0;
  let isOpen = true;
  let error: Error | null = null;
  let wake: (() => void) | null = null;

  const close = (complete: boolean) => {
    if (!isOpen) return;
    isOpen = false;
    idle.stop();
    if (!complete) exchange.end(new Error('not wanted any more'));
    for (const listener of listeners) listener();
    wake?.();
  };
  const broken = () => {
    if (isOpen) error = failure();
    close(false);
  };
  body.on('data', (piece: Buffer) => {
    idle.refresh();
    if (!isOpen) return;
    ready.push(piece);
    bytesReady += piece.length;
    wake?.();
    if (bytesReady < AHEAD) return;
    body.pause();
    idle.stop();
  });
  body.once('end', () => close(true));
  body.on('error', broken);
  body.once('close', broken);
  idle.stop();

  const arrival = () =>
    new Promise<void>((resolve) => {
      wake = () => {
        wake = null;
        resolve();
      };
    });
  const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
    for (;;) {
      const piece = ready.shift();
      if (piece) {
        bytesReady -= piece.length;
        return { done: false, value: piece };
      }
      if (error) throw error;
      if (!isOpen) return DONE;
      const arrived = arrival();
      idle.start();
      body.resume();
      await arrived;
    }
  };
  const discard = () => {
    ready.length = 0;
    close(false);
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      return: () => {
        discard();
        return Promise.resolve(DONE);
      },
    }),
    discard,
    fail(reason) {
      ready.length = 0;
      if (isOpen) error = reason;
      close(false);
    },
    onClose(listener) {
      if (isOpen) listeners.push(listener);
      else listener();
    },
  };
}

import type { Readable } from 'node:stream';
import { bytesMoved, endExchange, stopLooking, type Exchange } from './exchange';
import { idleSince } from './connections';

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
export function readChunks(body: Readable, exchange: Exchange, failure: () => Error): Chunks {
  const ready: Buffer[] = [];
  const listeners: (() => void)[] = [];
  let bytesReady = 0;
  let isOpen = true;
  let error: Error | null = null;
  let wake: (() => void) | null = null;

  const close = (complete: boolean) => {
    if (!isOpen) return;
    isOpen = false;
    stopLooking(exchange);
    if (!complete) endExchange(exchange, new Error('not wanted any more'));
    for (const listener of listeners) listener();
    wake?.();
  };
  const broken = () => {
    if (isOpen) error = failure();
    close(false);
  };
  /** The time without a byte begins. */
  const expect = () => {
    exchange.heardAt = performance.now();
    exchange.seen = bytesMoved(exchange);
  };
  body.on('data', (piece: Buffer) => {
    if (exchange.heardAt !== Infinity) expect();
    if (!isOpen) return;
    ready.push(piece);
    bytesReady += piece.length;
    wake?.();
    if (bytesReady < AHEAD) return;
    body.pause();
    exchange.heardAt = Infinity;
  });
  body.once('end', () => {
    idleSince.set(exchange.socket!, performance.now());
    close(true);
  });
  body.on('error', broken);
  body.once('close', broken);
  exchange.heardAt = Infinity;

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
      if (exchange.heardAt === Infinity) expect();
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

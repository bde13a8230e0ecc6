import type { Readable } from 'node:stream';
import type { IdleTimeout } from './idle-timeout';
import type { Exchange } from './transport';

/** An answer whose head is here, and what watches over the coming of its body. */
export interface Incoming {
  body: Readable;
  exchange: Exchange;
  idle: IdleTimeout;
}

/** How the reading of a body ended. */
export type Body =
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
    const stop = (ended: 'complete' | 'at-limit') => {
      const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size);
      resolve({ ended, bytes });
    };
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
      stop('at-limit');
      exchange.end(new Error('more than is wanted'));
    });
    body.once('end', () => stop('complete'));
    body.once('error', fail);
    body.once('close', fail);
  });
}

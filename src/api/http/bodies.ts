import type { Answer, Exchange } from './transport';
import type { Watchdog } from './watchdog';

/** How the reading of a body ended. */
export type Body =
  | { ended: 'complete' | 'at-limit'; bytes: Buffer }
  /** The other side closed before the announced end. */
  | { ended: 'cut' }
  /** The connection broke, or the exchange was ended. */
  | { ended: 'broken' };

/** A body to be read, and what watches over its coming. */
export interface Incoming {
  answer: Answer;
  exchange: Exchange;
  watchdog: Watchdog;
}

/**
 * Reads a body to its end, but no further than `limit` bytes: what came until then is returned as `at-limit`, and the
 * rest is not waited for.
 */
export function readBody({ answer, exchange, watchdog }: Incoming, limit: number): Promise<Body> {
  const { body } = answer;
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
      watchdog.feed();
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

/** What a text is, judged by itself, for the Content-Type can't be trusted (rescale-platform.md 1.7, 4.27). */
export type Content = { kind: 'json'; value: unknown } | { kind: 'empty' | 'page' | 'not-json' };

export function judgeContent(bytes: Buffer): Content {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { kind: 'empty' };
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: /^\s*</.test(text) ? 'page' : 'not-json' };
  }
}

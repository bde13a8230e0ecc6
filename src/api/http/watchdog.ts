import type { Exchange } from './transport';

/** Ends an exchange in which nothing comes. */
export interface Watchdog {
  /** True once it has ended the exchange. */
  readonly timedOut: boolean;
  /** Something came. */
  feed(): void;
  /** Nothing is expected for now, because nobody reads. */
  rest(): void;
  /** From now on something is expected again. */
  wake(): void;
}

/** `timeout` is in milliseconds without a byte, not in all: a slow answer is fine as long as it keeps coming. */
export function watch(exchange: Exchange, timeout: number): Watchdog {
  let timedOut = false;
  let seen = 0;
  let timer: NodeJS.Timeout | null = null;

  function look(): void {
    const bytes = exchange.bytesRead();
    // Bytes that nobody was told of: the head drips in, or a compressed piece is not complete yet.
    if (bytes > seen) {
      seen = bytes;
      timer = setTimeout(look, timeout);
      return;
    }
    timedOut = true;
    timer = null;
    exchange.end(new Error('nothing came'));
  }

  function wake(): void {
    if (timedOut || timer) return;
    seen = exchange.bytesRead();
    timer = setTimeout(look, timeout);
  }

  wake();
  return {
    get timedOut() {
      return timedOut;
    },
    feed() {
      if (!timer) return;
      seen = exchange.bytesRead();
      timer.refresh();
    },
    rest() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
    wake,
  };
}

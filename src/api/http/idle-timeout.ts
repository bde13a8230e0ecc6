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
  let timer: NodeJS.Timeout | null = null;

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
  idle.start();
  return idle;
}

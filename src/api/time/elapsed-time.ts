import { uptime } from 'node:os';

/** The machine's uptime is told in whole seconds by some systems; less than this (ms) is no sleep. */
const SHORTEST_SLEEP = 3_000;

/** Asking the machine costs a system call and a file, so it is asked at most so often (ms). */
const LOOK_EVERY = 250;

/** Where the spans come from. Both in milliseconds; tests hand in their own. */
export interface TimeSources {
  /** Can't be set; stands still while the machine sleeps. */
  running(): number;
  /** Goes on while the machine sleeps; may be coarse. */
  uptime(): number;
}

const machine: TimeSources = { running: () => performance.now(), uptime: () => uptime() * 1000 };

/**
 * Milliseconds that have passed on the machine, its sleeps included. Node's own monotonic clock leaves them out on
 * Linux and macOS, and the time of day can't tell a sleep from a clock that was set: the uptime can. It never goes back.
 */
export function createElapsedTime(sources: TimeSources = machine): () => number {
  const told = () => {
    try {
      return sources.uptime();
    } catch {
      return null; // Some containers hide it; then a sleep can't be seen.
    }
  };
  const first = told();
  const awakeAtFirst = first === null ? 0 : first - sources.running();
  let asleep = 0;
  let latest = -Infinity;
  let looked = -Infinity;
  const look = (now: number) => {
    looked = now;
    const since = first === null ? null : told();
    const slept = since === null ? 0 : since - now - awakeAtFirst;
    if (slept > asleep + SHORTEST_SLEEP) asleep = slept;
  };
  return () => {
    const now = sources.running();
    if (now - looked >= LOOK_EVERY) look(now);
    latest = Math.max(latest, now + asleep);
    return latest;
  };
}

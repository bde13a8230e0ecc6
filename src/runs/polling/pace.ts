/** Nothing is asked less often than this (ms), nor than this many intervals, while something may still move. */
const SLOWEST = 300_000;
const MOST_INTERVALS = 4;
/** How long (ms) a job that is over is left alone at least, and at most when it has long been over. */
const AFTER_THE_END = 900_000;
const LONG_AFTER_THE_END = 86_400_000;
/** A completion is seen at most this share of the quiet time before it too late. */
const SHARE_OF_QUIET = 1 / 20;
/** Rounds of many jobs are spread by up to this share; upwards only, because the interval is a floor. */
const JITTER = 0.05;
/** After failures the pause doubles up to this (ms); the client has its own, finer back-off inside a call. */
const SLOWEST_AFTER_FAILURE = 60_000;

export interface Pace {
  /** The shortest interval that anybody asked for, ms. */
  interval: number;
  /** Ms since something last moved. */
  quiet: number;
  /** Rounds that failed in a row. */
  failures: number;
  /** The job is over and nothing is waited for. */
  over: boolean;
}

/**
 * Milliseconds from the beginning of one round to the next: the interval right after a change, then slower the longer
 * nothing moves, but never so slow that the delay matters beside the time that was waited already, nor beyond what who
 * set the interval would expect. `random` is 0 to 1.
 */
export function nextRound(pace: Pace, random: number): number {
  const { interval } = pace;
  return calm(pace, interval) * (1 + JITTER * random);
}

function calm(pace: Pace, interval: number): number {
  if (pace.failures > 0) {
    return Math.max(interval, Math.min(interval * 2 ** Math.min(pace.failures, 10), SLOWEST_AFTER_FAILURE));
  }
  // A watch that is given job after job must not come to spend its whole budget on those that are over.
  if (pace.over)
    return Math.max(interval, AFTER_THE_END, Math.min(pace.quiet * SHARE_OF_QUIET, LONG_AFTER_THE_END));
  return Math.max(interval, Math.min(pace.quiet * SHARE_OF_QUIET, interval * MOST_INTERVALS, SLOWEST));
}

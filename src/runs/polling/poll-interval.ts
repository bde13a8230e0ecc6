/** How long (ms) a job that is over is left alone at least, and at most when it has long been over. */
const AFTER_THE_END = 900_000;
const LONG_AFTER_THE_END = 86_400_000;
/** A job that is over is looked at again after this share of the time since. */
const SHARE_OF_QUIET = 1 / 20;
/** After failures the pause doubles up to this (ms); the client has its own, finer back-off inside a call. */
const SLOWEST_AFTER_FAILURE = 60_000;
/** A job in which nothing has moved for so many intervals is quiet. */
const QUIET_AFTER = 10;
/** Quiet jobs are slowed down by this factor before the others are. */
const MOST_SLOWDOWN = 10;

export interface PolledJob {
  /** The shortest interval that anybody asked for, ms. */
  interval: number;
  /** Ms since something last moved. */
  quiet: number;
  /** Rounds that failed in a row. */
  failures: number;
  /** The job is over and nothing is waited for. */
  over: boolean;
  /** Requests that a round of it takes. */
  cost: number;
}

/** Factors by which intervals are longer than requested, because the rate allows no more; 1 = not at all. */
export interface Slowdown {
  quiet: number;
  moving: number;
}

export const NO_SLOWDOWN: Slowdown = { quiet: 1, moving: 1 };

/** Milliseconds from the beginning of one round to the next: the interval, as long as the rate allows it. */
export function nextRound(job: PolledJob, slowdown: Slowdown): number {
  const { interval, quiet, failures, over } = job;
  if (failures > 0) {
    return Math.max(interval, Math.min(interval * 2 ** Math.min(failures, 10), SLOWEST_AFTER_FAILURE));
  }
  // A watch that is given job after job must not come to spend its whole budget on those that are over.
  if (over) return Math.max(interval, AFTER_THE_END, Math.min(quiet * SHARE_OF_QUIET, LONG_AFTER_THE_END));
  return interval * (isQuiet(job) ? slowdown.quiet : slowdown.moving);
}

function isQuiet({ quiet, interval }: PolledJob): boolean {
  return quiet >= QUIET_AFTER * interval;
}

/** The factors with which all jobs together make `allowance` requests a second: quiet jobs are slowed down first. */
export function slowdownFor(jobs: Iterable<PolledJob>, allowance: number): Slowdown {
  let quiet = 0;
  let moving = 0;
  for (const job of jobs) {
    if (job.over || job.failures > 0) continue;
    const demand = (1000 * job.cost) / job.interval;
    if (isQuiet(job)) quiet += demand;
    else moving += demand;
  }
  if (quiet + moving <= allowance) return NO_SLOWDOWN;
  const left = allowance - moving;
  if (left > 0 && quiet / left <= MOST_SLOWDOWN) return { quiet: quiet / left, moving: 1 };
  const leftForMoving = Math.max(allowance - quiet / MOST_SLOWDOWN, allowance / 2);
  return { quiet: MOST_SLOWDOWN, moving: Math.max(1, moving / leftForMoving) };
}

/** Who answered 429: the platform itself, in the form of its API, or something before it, such as a gateway or a proxy. */
export type PauseSource = 'platform' | 'gateway';

interface PauseRule {
  /** A pause of at most so many milliseconds is kept as it was asked for. */
  heeded: number;
  /** The first step of a longer one, and the longest. */
  first: number;
  longest: number;
  /** For how long (ms) a fast scope goes slowly after it. */
  slowFor: number;
}

/**
 * Nobody can know whether an hour was meant: the platform does ask for half of one, a gateway writes a year. Runs end and cost money
 * meanwhile, so what is longer than can be waited for blindly is kept in steps, with a request after each of them. What stands before
 * the platform counts other things than the platform does, so it is believed less.
 */
const RULES: Record<PauseSource, PauseRule> = {
  platform: { heeded: 300_000, first: 30_000, longest: 300_000, slowFor: 3_600_000 },
  gateway: { heeded: 30_000, first: 15_000, longest: 60_000, slowFor: 300_000 },
};

/** While a scope is paused a stop may go all the same, one in so many milliseconds: the slow rate. */
const BETWEEN_STOPS = 600;

export const slownessAfter = (source: PauseSource): number => RULES[source].slowFor;

/** What is remembered of the pauses of one scope. */
export interface PauseSteps {
  /** Steps since the platform has answered well; the next long pause after that begins with the first again. */
  taken: number;
  /** From when on a stop may go in spite of a pause. */
  nextStop: number;
}

/** Milliseconds that are kept of so many that were asked for. `paused`: there is a pause already, and this belongs to it. */
export function keptOf(steps: PauseSteps, asked: number, source: PauseSource, paused: boolean): number {
  const { heeded, first, longest } = RULES[source];
  if (!(asked > heeded)) return asked;
  // The eight that were under way together are refused together.
  const taken = paused ? Math.max(0, steps.taken - 1) : steps.taken++;
  return Math.min(longest, first * 2 ** Math.min(taken, 16));
}

/** Milliseconds until a stop may go in spite of a pause; its turn is then taken. */
export function turnOfStop(steps: PauseSteps, now: number): number {
  const turn = Math.max(now, steps.nextStop);
  steps.nextStop = turn + BETWEEN_STOPS;
  return turn - now;
}

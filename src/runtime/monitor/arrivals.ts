import type { Clock } from '../../api/time/clock';

/** When lines of a log came: as spans that no setting of a clock changes, and, from one process to the next, as dates. */
export interface Arrivals {
  /** Lines have come; `steps` tells whether they closed any. `at` (ms since the epoch) where it was before a restart. */
  heard(steps: boolean, at?: number): void;
  /** Milliseconds since the last line, also where that came before a restart. */
  quiet(): number;
  /** Milliseconds since this node has the log, or since the last line if that came later. */
  listened(): number;
  /** Milliseconds that usually pass between pieces with steps; 0 while that is not known. */
  readonly usualGap: number;
  state(): ArrivalsState;
}

/** What outlives a restart. Plain JSON. */
export interface ArrivalsState {
  /** The date of the last line, ms since the epoch; null where that is not known. */
  heardAt: number | null;
  /** The last spans (ms) between pieces with steps. */
  gaps: readonly number[];
}

export const NOTHING_HEARD: ArrivalsState = { heardAt: null, gaps: [] };

const GAPS_KEPT = 20;
const LEAST_GAPS = 3;

/** From an instant of the monotonic clock on, what the time of day was ahead of it (ms). */
interface Setting {
  from: number;
  ahead: number;
}

/** How the time of day was set since this process began, as far as it was looked at. */
const settings = new WeakMap<Clock, Setting[]>();
/** What the two clocks drift apart by, and what asking them one after the other takes (ms). */
const DRIFT = 1_000;
const SETTINGS_KEPT = 100;

function settingsOf(clock: Clock): Setting[] {
  const known = settings.get(clock) ?? [];
  settings.set(clock, known);
  const ahead = clock.now() - clock.monotonic();
  const latest = known.at(-1);
  if (!latest || Math.abs(latest.ahead - ahead) > DRIFT) known.push({ from: clock.monotonic(), ahead });
  if (known.length > SETTINGS_KEPT) known.shift();
  return known;
}

/**
 * A date that was noted in this process or by one before it, as an instant of the monotonic clock: a deploy changes neither, and who
 * sets the time of day meanwhile makes no log silent. What lies ahead was set wrong somewhere, and is now.
 */
function instantOf(clock: Clock, date: number): number {
  const known = settingsOf(clock);
  const now = clock.monotonic();
  for (const [place, { from, ahead }] of known.entries()) {
    const until = known[place + 1]?.from ?? now;
    if (date - ahead >= from && date - ahead <= until) return date - ahead;
  }
  return now - Math.max(0, clock.now() - date);
}

export function createArrivals(clock: Clock, before: ArrivalsState = NOTHING_HEARD): Arrivals {
  settingsOf(clock);
  let here = clock.monotonic();
  let last = before.heardAt === null ? here : instantOf(clock, before.heardAt);
  let lastStep: number | null = null;
  const gaps = [...before.gaps];

  return {
    heard(steps, at) {
      const now = clock.monotonic();
      const came = at === undefined ? now : instantOf(clock, at);
      if (at === undefined) {
        settingsOf(clock);
        here = now;
      }
      last = Math.max(last, came);
      if (!steps) return;
      if (lastStep !== null) gaps.push(came - lastStep);
      if (gaps.length > GAPS_KEPT) gaps.shift();
      lastStep = came;
    },
    quiet: () => clock.monotonic() - last,
    listened: () => clock.monotonic() - here,
    get usualGap() {
      if (gaps.length < LEAST_GAPS) return 0;
      return [...gaps].sort((one, other) => one - other)[gaps.length >> 1]!;
    },
    state: () => ({ heardAt: Math.round(clock.now() - (clock.monotonic() - last)), gaps: [...gaps] }),
  };
}

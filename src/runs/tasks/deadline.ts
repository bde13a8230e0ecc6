import * as v from 'valibot';
import type { RescaleClient } from '../../api/client/client';
import type { Clock } from './ports';

/** A deadline as it is kept over restarts. Survives JSON. */
export interface KeptDeadline {
  /** How long it was given, ms. */
  span: number;
  /** When it passes, ms since the epoch, by this machine's time of day, which may be set at any moment … */
  machine: number;
  /** … and by the platform's; null where the platform had not told its own yet. */
  platform: number | null;
}

/**
 * A span that a work is given. In this process it is one on the monotonic clock, whoever sets the time of day, and over
 * deploys as well. After a restart the platform says how much of it is left: a board that starts with the clock of last year must
 * not end at once what is set right meanwhile. Until the platform's first answer all of the span is left.
 */
export interface Deadline {
  /** As it is to be kept now. */
  readonly kept: KeptDeadline;
  /** ms until it passes; negative when it has. */
  left(): number;
  /** The platform has answered. True when `kept` says something else now and is to be written again. */
  observe(platformNow: number): boolean;
}

const keptSchema: v.GenericSchema<unknown, KeptDeadline | null> = v.nullable(
  v.object({ span: v.number(), machine: v.number(), platform: v.nullable(v.number()) }),
);

/** A span without an end was kept as null, for JSON has no infinity: it ends never, and is no damage. */
export const deadlineSchema: v.GenericSchema<unknown, KeptDeadline | null> = v.pipe(
  v.unknown(),
  v.transform((kept) => ((kept as { span?: unknown } | null)?.span === null ? null : kept)),
  keptSchema,
);

/** What the clocks of a kept deadline may differ by from what they say now (ms), so that nothing is written for a trifle. */
const PRECISION = 60_000;

/** One that begins now. */
export function startDeadline(
  span: number,
  clock: Clock,
  client: Pick<RescaleClient, 'platformNow' | 'platformTold'>,
): Deadline {
  const platform = client.platformTold() ? client.platformNow() + span : null;
  return deadline({ span, machine: clock.now() + span, platform }, clock, true);
}

/** One that was kept by a process before this one. */
export function resumeDeadline(kept: KeptDeadline, clock: Clock): Deadline {
  return deadline(kept, clock, false);
}

function deadline(first: KeptDeadline, clock: Clock, isNew: boolean): Deadline {
  let kept = first;
  let due = clock.monotonic() + kept.span;
  let observed = false;
  const left = () => due - clock.monotonic();

  return {
    get kept() {
      return kept;
    },
    left,
    observe(platformNow) {
      if (observed) return false;
      observed = true;
      if (!isNew) due = clock.monotonic() + leftAfterRestart(kept, clock.now(), platformNow);
      const now = { span: kept.span, machine: clock.now() + left(), platform: platformNow + left() };
      if (isNear(kept.machine, now.machine) && isNear(kept.platform, now.platform)) return false;
      kept = now;
      return true;
    },
  };
}

/**
 * An end that is told late is a doubt, one that is never told a loss: where the clocks contradict each other by more than
 * the span, one of them was wrong, and the later deadline holds; where the platform had told nothing, the span begins anew.
 */
function leftAfterRestart(
  { span, machine, platform }: KeptDeadline,
  now: number,
  platformNow: number,
): number {
  if (platform === null) return span;
  const byPlatform = platform - platformNow;
  const byMachine = machine - now;
  const contradict = Math.abs(byPlatform - byMachine) > span;
  return Math.min(span, contradict ? Math.max(byPlatform, byMachine) : byPlatform);
}

function isNear(kept: number | null, now: number): boolean {
  return kept !== null && Math.abs(kept - now) <= PRECISION;
}

/** A week, the default of the dialogs: for what was kept without saying how long it was given. */
const USUAL_SPAN = 7 * 24 * 3_600_000;

/** What version 1 of waits and follows kept: an instant by this machine's clock, and beside it the seconds of the field. */
export function liftedDeadline(instant: unknown, fields: unknown): unknown {
  if (typeof instant !== 'number') return instant;
  const { deadline: seconds } = (fields ?? {}) as { deadline?: unknown };
  const span = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : USUAL_SPAN;
  return { span, machine: instant, platform: instant } satisfies KeptDeadline;
}

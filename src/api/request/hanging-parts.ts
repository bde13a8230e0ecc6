/** Which part of the platform does not answer, so that what hangs there leaves connections to everything else. */
import { isRescaleError } from '../errors/errors';
import { SLOW_AFTER } from '../limits/limits';
import type { PassedOver } from '../limits/priority-queue';
import type { Clock } from '../time/clock';
import { AttemptFailure } from './failures';
import type { Hold, Step } from './request';

/** So many connections are held by requests of parts that are suspect, of whichever part. */
const MOST_SUSPECTS = 3;
/**
 * While something hangs, so many together with polls of parts that have not answered a poll yet. Where twenty watched jobs begin to hang at
 * once, each is a new one; one connection for polls is left to those that did answer.
 */
const MOST_WITH_STRANGERS = 5;
/** A part that was slow and of which nothing was asked for so many ms counts as quick again. */
const FORGET_AFTER = 300_000;
/** Parts that are remembered; of more the oldest are forgotten. */
const MOST_REMEMBERED = 1_000;

export interface HangingParts {
  /** It has a connection now. */
  begin(hold: Hold): void;
  /** It has its answer, or none. */
  end(hold: Hold): void;
  /** The parts that have to wait, null when none has to. */
  readonly passedOver: PassedOver;
  /** An answer came, or nothing for so long that it was given up. */
  note(hold: Hold, slow: boolean): void;
  isSlow(milliseconds: number): boolean;
}

/** `slowAfter`: an answer that takes as many ms is a slow one. */
export function createHangingParts(clock: Clock, slowAfter = SLOW_AFTER): HangingParts {
  /** Those that have a connection and no answer yet; no more than there are connections. */
  const held = new Set<Hold>();
  /** Parts that answered their last poll soon; the latest last. */
  const known = new Set<string>();
  /** When a part was slow, ms of the monotonic clock; the latest last. */
  const slowAt = new Map<string, number>();

  function forgetOld(now: number): void {
    for (const [part, at] of slowAt) {
      if (slowAt.size <= MOST_REMEMBERED && now - at < FORGET_AFTER) return;
      slowAt.delete(part);
    }
  }

  function remember(part: string): void {
    known.delete(part);
    known.add(part);
    for (const oldest of known) {
      if (known.size <= MOST_REMEMBERED) return;
      known.delete(oldest);
    }
  }

  return {
    begin: (hold) => void held.add(hold),
    end: (hold) => void held.delete(hold),
    passedOver() {
      if (held.size < MOST_SUSPECTS) return null;
      const now = clock.monotonic();
      forgetOld(now);
      const hanging = new Set<string>();
      for (const { part, sentAt } of held)
        if (sentAt !== null && now - sentAt >= slowAfter) hanging.add(part);
      if (hanging.size + slowAt.size === 0) return null;
      const isSuspect = (part: string) => hanging.has(part) || slowAt.has(part);
      let suspects = 0;
      let strangers = 0;
      for (const { part, isPoll } of held) {
        if (isSuspect(part)) suspects += 1;
        else if (isPoll && !known.has(part)) strangers += 1;
      }
      const noSuspect = suspects >= MOST_SUSPECTS;
      const noPoll = suspects + strangers >= MOST_WITH_STRANGERS;
      if (!noSuspect && !noPoll) return null;
      return (part, isPoll) =>
        isSuspect(part) ? noSuspect || (noPoll && isPoll) : noPoll && isPoll && !known.has(part);
    },
    note({ part, isPoll }, slow) {
      if (slowAt.size > 0) slowAt.delete(part);
      if (slow) {
        const now = clock.monotonic();
        known.delete(part);
        slowAt.set(part, now);
        forgetOld(now);
      } else if (isPoll) remember(part);
    },
    isSlow: (milliseconds) => milliseconds >= slowAfter,
  };
}

/** Takes the time from when a request has its turn in the rate limit to when its answer is here. */
export function noteAnswers(parts: HangingParts, clock: Clock): Step {
  return async (request, next) => {
    const { hold } = request;
    if (!hold) return next(request);
    const since = clock.monotonic();
    hold.sentAt = since;
    try {
      const response = await next(request);
      parts.note(hold, parts.isSlow(clock.monotonic() - since));
      return response;
    } catch (error) {
      // A connection that broke soon, or an abort, says nothing of how long an answer takes.
      if (isTimeout(error) || parts.isSlow(clock.monotonic() - since)) parts.note(hold, true);
      throw error;
    } finally {
      hold.sentAt = null;
    }
  };
}

function isTimeout(error: unknown): boolean {
  const told = error instanceof AttemptFailure ? error.toError(0) : error;
  return isRescaleError(told) && told.code === 'RESCALE_TIMEOUT';
}

const OF_ONE = /^\/api\/(?:v\d+\/)?((?:jobs|files)\/[^/?]+)/;
const OF_ALL = /^\/api\/(?:v\d+\/)?([^?]*)/;

/** The part that is asked: `jobs/{job}`, `files/{file}`, or the endpoint. */
export function partOf(path: string): string {
  return OF_ONE.exec(path)?.[1] ?? OF_ALL.exec(path)?.[1] ?? '';
}

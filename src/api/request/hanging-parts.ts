/** Which part of the platform does not answer, so that what hangs there leaves connections to everything else. */
import { SLOW_AFTER } from '../limits/limits';
import type { PassedOver } from '../limits/priority-queue';
import type { Clock } from '../time/clock';
import type { Hold } from './request';

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
  /** An answer that takes as many milliseconds is a slow one. */
  readonly slowAfter: number;
  /** When a part was slow, ms of the monotonic clock; the latest last. */
  readonly slowAt: ReadonlyMap<string, number>;
  /**
   * The parts that have to wait, null when none has to. `underWay`: what has a connection and no answer yet; `isLast`: whether the
   * connection to be had is the last one of its kind.
   */
  passedOver(underWay: ReadonlySet<Hold>, isLast: (isPoll: boolean) => boolean): ReturnType<PassedOver>;
  /**
   * It took so many milliseconds, Infinity when it was given up. `answered`: that an answer came; without one less than slow says nothing,
   * for who asked called it off, or the connection broke.
   */
  note(hold: Hold, milliseconds: number, answered: boolean): void;
}

export function createHangingParts(clock: Clock, slowAfter = SLOW_AFTER): HangingParts {
  /** Parts that answered their last poll soon; the latest last. */
  const known = new Set<string>();
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
    slowAfter,
    slowAt,
    passedOver(underWay, isLast) {
      const now = clock.monotonic();
      forgetOld(now);
      const hanging = new Set<string>();
      for (const hold of underWay)
        if (hold.sentAt !== null && now - hold.sentAt >= slowAfter) hanging.add(partOf(hold));
      if (hanging.size + slowAt.size === 0) return null;
      const isSuspect = (part: string) => hanging.has(part) || slowAt.has(part);
      let suspects = 0;
      let strangers = 0;
      for (const hold of underWay) {
        if (isSuspect(partOf(hold))) suspects += 1;
        else if (hold.isPoll && !known.has(partOf(hold))) strangers += 1;
      }
      const noPoll = suspects + strangers >= MOST_WITH_STRANGERS;
      return (part, isPoll) =>
        isSuspect(part)
          ? suspects >= MOST_SUSPECTS || (noPoll && isPoll) || isLast(isPoll)
          : noPoll && isPoll && !known.has(part);
    },
    note(hold, milliseconds, answered) {
      if (!answered && milliseconds < slowAfter) return;
      const part = partOf(hold);
      if (slowAt.size > 0) slowAt.delete(part);
      if (milliseconds >= slowAfter) {
        const now = clock.monotonic();
        known.delete(part);
        slowAt.set(part, now);
        forgetOld(now);
      } else if (hold.isPoll) remember(part);
    },
  };
}

const OF_ONE = /^\/api\/(?:v\d+\/)?((?:jobs|files)\/[^/?]+)/;
const OF_ALL = /^\/api\/(?:v\d+\/)?([^?]*)/;

/** What hangs together with a request: all of a job, a file, or an endpoint; `jobs/{job}`, `files/{file}`, or its path. */
export function partOf(hold: Hold): string {
  const { path, jobId } = hold;
  hold.part ??=
    jobId === undefined
      ? (OF_ONE.exec(path)?.[1] ?? OF_ALL.exec(path)?.[1] ?? '')
      : `jobs/${encodeURIComponent(jobId)}`;
  return hold.part;
}

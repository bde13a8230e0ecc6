import { CALLED_OFF } from '../../api/errors/abort';
import { noteFault, soon, startTimer, whenSettled } from '../../api/errors/guard';
import type { Clock } from '../tasks/ports';

/** Something that is done again and again, one after the other. */
interface RoundTask {
  /** When it is due, on the monotonic clock (ms), of which `now` is the present; null = not now. `ScheduledTask.wake` tells of changes. */
  due(now: number): number | null;
  /** Must not reject. */
  run(signal: AbortSignal): Promise<void>;
}

/** A task that is on the schedule. */
export interface ScheduledTask {
  /** When it is due has changed. */
  wake(): void;
  /** Takes it off again, which ends a run of it under way. */
  remove(): void;
}

interface RoundSchedule {
  add(task: RoundTask): ScheduledTask;
  close(): void;
}

/** The tasks are looked at again after this long (ms) at most. */
const LONGEST_SLEEP = 60_000;
/**
 * A task that runs for longer (ms) gives its place to another and goes on beside it: a job whose calls fail and are repeated
 * for minutes must not keep the others from being read.
 */
const LONGEST_HOLD = 5_000;
/** After a turn that was cut off by a fault the next one comes so much (ms) later. */
const AFTER_A_FAULT = 1_000;
/** So many run at the same time at most, whoever holds a place. */
const MOST_RUNNING = 32;
/**
 * Dues that nobody said have changed are asked for again after this long (ms): the rate and its pauses move them all, and with
 * hundreds of jobs, to ask every one of them at each turn would cost more than their rounds.
 */
const KNOWN_FOR = 1_000;

interface Entry {
  task: RoundTask;
  ending: AbortController;
  /** When it is due as far as is known; null = not now. */
  due: number | null;
  /** That has to be asked for again. */
  changed: boolean;
  /** Since when it runs, ms; null = it does not. */
  runningSince: number | null;
}

/**
 * Runs tasks when they are due, those first that are overdue longest, so many at the same time. There is one timer,
 * and none while there is nothing to do.
 */
export function createRoundSchedule(clock: Clock, places: number): RoundSchedule {
  const entries = new Set<Entry>();
  /** Those that run, also when they were taken off meanwhile. */
  const running = new Set<Entry>();
  let sleeping: AbortController | null = null;
  let waking = false;
  let closed = false;
  let askedAt = -Infinity;

  /** Many changes at once, such as a hundred new waits, make one turn. */
  function wake(): void {
    if (waking) return;
    waking = true;
    soon(() => {
      waking = false;
      turn();
    });
  }

  function start(entry: Entry, now: number): void {
    running.add(entry);
    entry.runningSince = now;
    const over = () => {
      running.delete(entry);
      entry.runningSince = null;
      entry.changed = true;
      wake();
    };
    whenSettled(runOf(entry.task, entry.ending.signal), over);
  }

  /** When the next place is free, ms; not later than `now` when one is. */
  function placeFree(now: number): number {
    if (running.size >= MOST_RUNNING) return Infinity;
    const ends = [...running].map((entry) => entry.runningSince! + LONGEST_HOLD).filter((end) => end > now);
    return ends.length < places ? now : Math.min(...ends);
  }

  /** Whatever is thrown in a turn, there is another one. */
  function turn(): void {
    try {
      takeTurn();
    } catch (fault) {
      noteFault(fault);
      startTimer(AFTER_A_FAULT, wake, { background: true });
    }
  }

  function ask(entry: Entry, now: number): void {
    entry.due = dueOf(entry.task, now);
    entry.changed = false;
  }

  /** Of those that do not run, the one that is due first; null when none is. */
  function first(now: number): Entry | null {
    let found: Entry | null = null;
    for (const entry of entries) {
      if (entry.runningSince !== null) continue;
      if (entry.changed) ask(entry, now);
      if (entry.due !== null && (found === null || entry.due < found.due!)) found = entry;
    }
    return found;
  }

  /** Starts what is due and sleeps until the next. */
  function takeTurn(): void {
    sleeping?.abort(CALLED_OFF);
    sleeping = null;
    if (closed) return;
    const now = clock.monotonic();
    if (now - askedAt >= KNOWN_FOR) {
      askedAt = now;
      for (const entry of entries) entry.changed = true;
    }
    for (let entry = first(now); entry !== null; entry = first(now)) {
      const possible = Math.max(entry.due!, placeFree(now));
      if (possible > now) {
        if (possible < Infinity) sleep(possible - now);
        return;
      }
      // What is begun is asked for once more: a pause may have come in between.
      ask(entry, now);
      if (entry.due !== null && entry.due <= now) start(entry, now);
    }
  }

  function sleep(milliseconds: number): void {
    const interrupted = new AbortController();
    sleeping = interrupted;
    const woken = () => {
      if (sleeping === interrupted) turn();
    };
    whenSettled(
      // Timers know whole milliseconds; a part of one that is lost would have it woken too early again and again.
      clock.sleep(Math.min(Math.ceil(milliseconds), LONGEST_SLEEP), interrupted.signal),
      woken,
      () => undefined,
    );
  }

  return {
    add(task) {
      const ending = new AbortController();
      const entry: Entry = { task, ending, due: null, changed: true, runningSince: null };
      entries.add(entry);
      wake();
      return {
        wake() {
          entry.changed = true;
          wake();
        },
        remove() {
          if (!entries.delete(entry)) return;
          ending.abort();
          wake();
        },
      };
    },
    close() {
      closed = true;
      sleeping?.abort(CALLED_OFF);
      for (const { ending } of entries) ending.abort();
      entries.clear();
    },
  };
}

/** A task that can't say when it is due is asked again later; a throw in a timer would end the process. */
function dueOf(task: RoundTask, now: number): number | null {
  try {
    return task.due(now);
  } catch {
    return now + LONGEST_SLEEP;
  }
}

/** A task that throws at once has ended like one that rejects. */
async function runOf(task: RoundTask, signal: AbortSignal): Promise<void> {
  await task.run(signal);
}

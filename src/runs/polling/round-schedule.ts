import { noteFault, soon, startTimer, whenSettled } from '../../api/errors/guard';
import type { Clock } from '../work/ports';

/** Something that is done again and again, one after the other. */
export interface RoundTask {
  /** When it is due, on the monotonic clock (ms), of which `now` is the present; null = not now. `wake` tells of changes. */
  due(now: number): number | null;
  /** Must not reject. */
  run(signal: AbortSignal): Promise<void>;
}

export interface RoundSchedule {
  /** Returns the way to take it off again, which ends a run of it under way. */
  add(task: RoundTask): () => void;
  /** Something about the tasks has changed. */
  wake(): void;
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
 * Runs tasks when they are due, those first that are overdue longest, so many at the same time. There is one timer,
 * and none while there is nothing to do.
 */
export function createRoundSchedule(clock: Clock, places: number): RoundSchedule {
  const tasks = new Map<RoundTask, AbortController>();
  /** Since when, ms. */
  const running = new Map<RoundTask, number>();
  let sleeping: AbortController | null = null;
  let waking = false;
  let closed = false;

  /** Many changes at once, such as a hundred new waits, make one turn. */
  function wake(): void {
    if (waking) return;
    waking = true;
    soon(() => {
      waking = false;
      turn();
    });
  }

  function start(task: RoundTask, ending: AbortController, now: number): void {
    running.set(task, now);
    const over = () => {
      running.delete(task);
      wake();
    };
    whenSettled(runOf(task, ending.signal), over);
  }

  /** When the next place is free, ms; not later than `now` when one is. */
  function placeFree(now: number): number {
    if (running.size >= MOST_RUNNING) return Infinity;
    const ends = [...running.values()].map((since) => since + LONGEST_HOLD).filter((end) => end > now);
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

  /** Starts what is due and sleeps until the next. */
  function takeTurn(): void {
    sleeping?.abort();
    sleeping = null;
    if (closed) return;
    const now = clock.monotonic();
    const waiting = [...tasks]
      .filter(([task]) => !running.has(task))
      .map(([task, ending]) => ({ task, ending, due: dueOf(task, now) }))
      .filter((entry): entry is typeof entry & { due: number } => entry.due !== null)
      .sort((a, b) => a.due - b.due);
    for (const { task, ending, due } of waiting) {
      const possible = Math.max(due, placeFree(now));
      if (possible > now) {
        if (possible < Infinity) sleep(possible - now);
        return;
      }
      start(task, ending, now);
    }
  }

  function sleep(milliseconds: number): void {
    const interrupted = new AbortController();
    sleeping = interrupted;
    const woken = () => {
      if (sleeping === interrupted) turn();
    };
    whenSettled(
      clock.sleep(Math.min(milliseconds, LONGEST_SLEEP), interrupted.signal),
      woken,
      () => undefined,
    );
  }

  return {
    add(task) {
      const ending = new AbortController();
      tasks.set(task, ending);
      wake();
      return () => {
        if (!tasks.delete(task)) return;
        ending.abort();
        wake();
      };
    },
    wake,
    close() {
      closed = true;
      sleeping?.abort();
      for (const ending of tasks.values()) ending.abort();
      tasks.clear();
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

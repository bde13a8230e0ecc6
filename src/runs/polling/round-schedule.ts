import type { Clock } from '../work/ports';

/** Something that is done again and again, one after the other. */
export interface RoundTask {
  /** When it is due, ms since the epoch; null = not now. May change at any time; `wake` makes that known. */
  due(): number | null;
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

/** The clock is looked at again after this long (ms) at most, because it may be set or the machine may sleep. */
const LONGEST_SLEEP = 60_000;

/**
 * Runs tasks when they are due, those first that are overdue longest, so many at the same time. There is one timer,
 * and none while there is nothing to do.
 */
export function createRoundSchedule(clock: Clock, concurrency: number): RoundSchedule {
  const tasks = new Map<RoundTask, AbortController>();
  const running = new Set<RoundTask>();
  let sleeping: AbortController | null = null;
  let waking = false;
  let closed = false;

  /** Many changes at once, such as a hundred new waits, make one turn. */
  function wake(): void {
    if (waking) return;
    waking = true;
    queueMicrotask(() => {
      waking = false;
      turn();
    });
  }

  function start(task: RoundTask, ending: AbortController): void {
    running.add(task);
    const over = () => {
      running.delete(task);
      wake();
    };
    task.run(ending.signal).then(over, over);
  }

  /** Starts what is due and sleeps until the next. */
  function turn(): void {
    sleeping?.abort();
    sleeping = null;
    if (closed) return;
    const now = clock.now();
    const waiting = [...tasks]
      .filter(([task]) => !running.has(task))
      .map(([task, ending]) => ({ task, ending, due: task.due() }))
      .filter((entry): entry is typeof entry & { due: number } => entry.due !== null)
      .sort((a, b) => a.due - b.due);
    for (const { task, ending, due } of waiting) {
      if (running.size >= concurrency) return;
      if (due > now) {
        sleep(due - now);
        return;
      }
      start(task, ending);
    }
  }

  function sleep(milliseconds: number): void {
    const interrupted = new AbortController();
    sleeping = interrupted;
    clock.sleep(Math.min(milliseconds, LONGEST_SLEEP), interrupted.signal).then(
      () => {
        if (sleeping === interrupted) turn();
      },
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

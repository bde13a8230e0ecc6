import { resumeDeadline, type Deadline, type KeptDeadline } from '../../runs/tasks/deadline';
import type { Clock, StateStore } from '../../runs/tasks/ports';

/** Successive nodes of an id share a store, so a deadline goes on over a deploy as the span that it is. */
const deadlines = new WeakMap<StateStore, Map<string, Deadline>>();

interface ProcessDeadlines {
  note(key: string, deadline: Deadline | null): void;
  /** The one of this process, or, after a restart, what was kept. */
  resume(key: string, kept: KeptDeadline | null, clock: Clock): Deadline | null;
  forget(key: string): void;
}

/** The deadlines of the works whose state is in a store, by the keys of their items. */
export function processDeadlines(store: StateStore): ProcessDeadlines {
  const known = deadlines.get(store) ?? new Map<string, Deadline>();
  deadlines.set(store, known);
  const note = (key: string, deadline: Deadline | null) => {
    if (deadline) known.set(key, deadline);
  };
  return {
    note,
    resume(key, kept, clock) {
      const deadline = known.get(key) ?? (kept && resumeDeadline(kept, clock));
      note(key, deadline);
      return deadline;
    },
    forget: (key) => void known.delete(key),
  };
}

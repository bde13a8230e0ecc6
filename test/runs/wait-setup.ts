import 'should';
import type { Trouble } from '../../src/runs/run/job-reading';
import { awaitEnd, type WaitEnd, type WaitRequest } from '../../src/runs/wait/wait';
import {
  resumeDeadline,
  startDeadline,
  type Deadline,
  type KeptDeadline,
} from '../../src/runs/tasks/deadline';
import { clock, newForEach as pollForEach, platform, polling, SECOND } from './polling-setup';

export { clock, MINUTE, platform, polling, SECOND } from './polling-setup';

/** For the `describe` of each file that uses it. A wait that has ended leaves nothing behind, also before the polling ends. */
export function newForEach(): void {
  afterEach(async () => {
    await clock.advance(0);
    clock.timers.should.equal(0);
  });
  pollForEach();
}

type More = Partial<WaitRequest> & { deadline?: Deadline | number | null };

/** One that begins now, or one that passed while nobody looked. */
function deadlineAt(instant: number): Deadline {
  const left = instant - clock.now();
  if (left > 0) return startDeadline(left, clock, platform.client);
  return resumeDeadline({ span: 100 * SECOND, machine: instant, platform: instant }, clock);
}

export function wait(jobId: string, runId: string | null, { deadline = null, ...more }: More = {}) {
  const closing = new AbortController();
  const stopping = new AbortController();
  const seen = {
    end: null as WaitEnd | null,
    error: null as (Error & { code?: string }) | null,
    at: 0,
    kept: null as KeptDeadline | null,
    troubles: [] as (Trouble | null)[],
    stop: () => stopping.abort(),
    close: (reason: Error) => closing.abort(reason),
    ended: () => seen.end as Extract<WaitEnd, { reason: 'ended' }>,
  };
  awaitEnd(
    { jobId, runId, interval: 30 * SECOND, outcome: false, files: false, ...more },
    {
      polling,
      clock,
      signal: closing.signal,
      stop: stopping.signal,
      deadline: typeof deadline === 'number' ? deadlineAt(deadline) : deadline,
      onDeadline: (kept) => (seen.kept = kept),
      onTrouble: (trouble) => seen.troubles.push(trouble),
    },
  ).then(
    (end) => Object.assign(seen, { end, at: clock.now() }),
    (error: Error) => Object.assign(seen, { error, at: clock.now() }),
  );
  return seen;
}

import 'should';
import type { Trouble } from '../../src/runs/run/job-reading';
import { awaitEnd, type WaitEnd, type WaitRequest } from '../../src/runs/wait/wait';
import { clock, newForEach as pollForEach, polling, SECOND } from './polling-setup';

export { clock, MINUTE, platform, polling, SECOND } from './polling-setup';

/** For the `describe` of each file that uses it. A wait that has ended leaves nothing behind, also before the polling ends. */
export function newForEach(): void {
  afterEach(async () => {
    await clock.advance(0);
    clock.timers.should.equal(0);
  });
  pollForEach();
}

export function wait(jobId: string, runId: string | null, more: Partial<WaitRequest> = {}) {
  const closing = new AbortController();
  const stopping = new AbortController();
  const seen = {
    end: null as WaitEnd | null,
    error: null as (Error & { code?: string }) | null,
    at: 0,
    troubles: [] as (Trouble | null)[],
    stop: () => stopping.abort(),
    close: (reason: Error) => closing.abort(reason),
    ended: () => seen.end as Extract<WaitEnd, { reason: 'ended' }>,
  };
  awaitEnd(
    { jobId, runId, interval: 30 * SECOND, outcome: false, files: false, deadline: null, ...more },
    {
      polling,
      clock,
      signal: closing.signal,
      stop: stopping.signal,
      onTrouble: (trouble) => seen.troubles.push(trouble),
    },
  ).then(
    (end) => Object.assign(seen, { end, at: clock.now() }),
    (error: Error) => Object.assign(seen, { error, at: clock.now() }),
  );
  return seen;
}

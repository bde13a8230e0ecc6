import 'should';
import { createJobPolling, type JobPolling } from '../../src/runs/polling/job-polling';
import type { Trouble } from '../../src/runs/run/job-reading';
import { awaitEnd, type WaitEnd, type WaitRequest } from '../../src/runs/wait/wait';
import { fakePlatform, type FakePlatform } from './fake-platform';
import { virtualClock, type VirtualClock } from './virtual-clock';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** What the tests of a wait work with: new for each of them. */
export let clock: VirtualClock;
export let platform: FakePlatform;
export let polling: JobPolling;

/** For the `describe` of each file that uses it. */
export function newForEach(): void {
  beforeEach(() => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    polling = createJobPolling({ client: platform.client, clock });
  });
  afterEach(async () => {
    await clock.advance(0);
    clock.timers.should.equal(0);
    polling.close();
  });
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

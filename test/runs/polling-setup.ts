import 'should';
import { stateIn, type JobReading, type Trouble } from '../../src/runs/run/job-reading';
import { createJobPolling, type JobPolling, type JobSubscription } from '../../src/runs/polling/job-polling';
import { fakePlatform, type FakePlatform } from './fake-platform';
import { virtualClock, type VirtualClock } from './virtual-clock';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** What the tests of polling work with: new for each of them. */
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
    polling.close();
    // What was under way hears of it in its own turn.
    await clock.advance(0);
    clock.timers.should.equal(0);
  });
}

/** Follows a job and writes down what is told. */
export function follow(jobId: string, interval = 30 * SECOND) {
  const seen = {
    readings: 0,
    last: null as JobReading | null,
    troubles: [] as (Trouble | null)[],
    /** When each run was first told to be over. */
    over: new Map<string, number>(),
    subscription: null as unknown as JobSubscription,
  };
  seen.subscription = polling.followJob(jobId, {
    interval,
    onReading(reading) {
      seen.readings += 1;
      seen.last = reading;
      for (const [id, run] of reading.runs) {
        const state = stateIn(reading, run);
        if ((state === 'completed' || state === 'ended') && !seen.over.has(id))
          seen.over.set(id, clock.now());
      }
    },
    onTrouble: (trouble) => seen.troubles.push(trouble),
  });
  return seen;
}

import 'should';
import fc from 'fast-check';
import should from 'should';
import { createJobPolling, type JobPolling } from '../../src/runs/polling/job-polling';
import type { StateStore } from '../../src/runs/tasks/ports';
import type { WatchEvent, WatchEventKind } from '../../src/runs/watch/watch-event';
import type { WatchNotice, WatchOverview } from '../../src/runs/watch/watch-listener';
import { createWatcher, type Watcher, type WatchOptions } from '../../src/runs/watch/watcher';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { failure, fakePlatform, type FakePlatform } from './fake-platform';
import { settled, virtualClock, type VirtualClock } from './virtual-clock';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A node, as far as a watch knows, and what it was told. */
interface WatchNode {
  jobs: string[] | null;
  events: WatchEvent[];
  outages: string[];
  notices: WatchNotice[];
  overview: WatchOverview | null;
  /** False as when Node-RED closes the node, or is killed. */
  open: boolean;
  watcher: Watcher;
  /** As a kill would: nothing is sent or written any more. */
  kill(): void;
  told(): string[];
}

describe('Watch over jobs', () => {
  let clock: VirtualClock;
  let platform: FakePlatform;
  let polling: JobPolling;
  let store: StateStore & { fail: boolean };
  let running: WatchNode[];

  beforeEach(() => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    polling = createJobPolling({ client: platform.client, clock });
    const memory = createMemoryStore();
    store = {
      ...memory,
      fail: false,
      write: (key, value) =>
        store.fail ? Promise.reject(new Error('ENOSPC: no space left')) : memory.write(key, value),
    };
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map(({ watcher }) => watcher.stop()));
    polling.close();
    await clock.advance(0);
    clock.timers.should.equal(0);
  });

  function watch(jobs: string[] | null, more: Partial<WatchOptions> = {}, started = true): WatchNode {
    const node: WatchNode = {
      jobs,
      events: [],
      outages: [],
      notices: [],
      overview: null,
      open: true,
      watcher: null as unknown as Watcher,
      kill() {
        node.open = false;
        killed = true;
      },
      told: () =>
        node.events.map(({ event, jobId, runId }) => `${event} ${jobId}${runId ? `/${runId}` : ''}`),
    };
    let killed = false;
    node.watcher = createWatcher(
      {
        polling,
        store: {
          ...store,
          write: (key, value) => (killed ? new Promise(() => {}) : store.write(key, value)),
        },
        clock,
        origin: 'https://fake.test',
        scope: 'jobs',
        events: new Set<WatchEventKind>(['started', 'completed', 'job']),
        outcome: false,
        files: false,
        overdue: 0,
        waiting: 0,
        matches: () => true,
        baseline: { from: 'now' },
        interval: 30 * SECOND,
        process: 'first',
        readJobs: () => Promise.resolve(node.jobs),
        ...more,
      },
      {
        send(event) {
          if (node.open) node.events.push(event);
          return Promise.resolve(node.open);
        },
        onChange: (overview) => (node.overview = overview),
        onOutage: (error) => node.outages.push(error.code),
        onNotice: (notice) => node.notices.push(notice),
        onFault(error) {
          throw error;
        },
      },
    );
    if (started) void node.watcher.start();
    running.push(node);
    return node;
  }

  async function restart(node: WatchNode, more: Partial<WatchOptions> = {}): Promise<WatchNode> {
    await node.watcher.stop();
    running = running.filter((one) => one !== node);
    return watch(node.jobs, more);
  }

  it('tells the ends of several jobs, and the figures of all', async () => {
    const [one, two] = [platform.addJob('one', 2), platform.addJob('two', 3)];
    const node = watch(['one', 'two']);
    await clock.advance(SECOND);
    platform.start(one, '1');
    platform.end(two, '3');
    await clock.advance(31 * SECOND);
    node.told().sort().should.eql(['completed two/3', 'started one/1', 'started two/3']);
    node.overview!.progress.should.eql({ total: 5, pending: 3, running: 1, completed: 1 });
    for (const id of ['1', '2']) platform.end(one, id);
    platform.setStatus(one, 'Completed', 'Completed successfully');
    await clock.advance(31 * SECOND);
    node.told().slice(3).should.eql(['started one/2', 'completed one/1', 'completed one/2', 'job one']);
  });

  it('does not disturb another watch of the same job', async () => {
    const job = platform.addJob('one', 2);
    const [first, second] = [watch(['one']), watch(['one'], { store: createMemoryStore(), outcome: true })];
    await clock.advance(SECOND);
    platform.end(job, '1', 0);
    await clock.advance(60 * SECOND);
    first.told().should.eql(['started one/1', 'completed one/1']);
    second.told().should.eql(first.told());
    await first.watcher.unwatch('one');
    platform.end(job, '2', 0);
    await clock.advance(60 * SECOND);
    first.events.length.should.equal(2);
    second.events.length.should.equal(4);
  });

  it('takes jobs by message, and keeps them over a restart', async () => {
    const job = platform.addJob('extra', 2);
    let node = watch([]);
    await clock.advance(SECOND);
    await node.watcher.watch('extra');
    await clock.advance(SECOND);
    node = await restart(node);
    await clock.advance(SECOND);
    platform.end(job, '1');
    await clock.advance(31 * SECOND);
    node.told().should.eql(['started extra/1', 'completed extra/1']);
    await node.watcher.unwatch('extra');
    node = await restart(node);
    platform.end(job, '2');
    await clock.advance(MINUTE);
    node.told().should.eql([]);
    node.overview!.jobs.should.equal(0);
  });

  it('keeps what it knows when a message comes before it has begun', async () => {
    for (const id of ['one', 'two', 'three']) platform.addJob(id, 1);
    let node = watch([]);
    await node.watcher.watch('one');
    await clock.advance(SECOND);
    await node.watcher.stop();
    running = [];
    platform.end(platform.jobs.get('one')!, '1');
    node = watch([], { process: 'second' }, false);
    await node.watcher.watch('two');
    await node.watcher.stop();
    running = [];
    node = watch([], { process: 'third' }, false);
    void node.watcher.watch('three');
    void node.watcher.start();
    await clock.advance(MINUTE);
    node.overview!.jobs.should.equal(3);
    node.told().should.eql(['started one/1', 'completed one/1']);
    node.events.map(({ late }) => late).should.eql([true, true]);
  });

  it('lets a message take away a job that the settings name, and give it back', async () => {
    platform.addJob('one', 1);
    const node = watch(['one']);
    await clock.advance(SECOND);
    await node.watcher.unwatch('one');
    await clock.advance(MINUTE);
    node.overview!.jobs.should.equal(0);
    await node.watcher.watch('one');
    await clock.advance(SECOND);
    node.overview!.jobs.should.equal(1);
  });

  it('reads the named jobs again at each round, and keeps what it has while they can’t be read', async () => {
    const [one, two] = [platform.addJob('one', 1), platform.addJob('two', 1)];
    const node = watch(['one']);
    await clock.advance(SECOND);
    node.jobs = null;
    await clock.advance(MINUTE);
    platform.end(one, '1');
    await clock.advance(31 * SECOND);
    node.told().should.eql(['started one/1', 'completed one/1']);
    node.jobs = ['two'];
    await clock.advance(31 * SECOND);
    node.notices.should.eql([{ notice: 'job-dropped', jobId: 'one' }]);
    platform.end(two, '1');
    await clock.advance(31 * SECOND);
    node.told().slice(2).should.eql(['started two/1', 'completed two/1']);
  });

  describe('over a restart', () => {
    it('tells what ended meanwhile once, and as late', async () => {
      const job = platform.addJob('one', 3);
      let node = watch(['one']);
      await clock.advance(SECOND);
      platform.end(job, '1');
      await clock.advance(31 * SECOND);
      await node.watcher.stop();
      platform.end(job, '2');
      await clock.advance(180 * MINUTE);
      node = watch(['one'], { process: 'second' });
      await clock.advance(SECOND);
      node.told().should.eql(['started one/2', 'completed one/2']);
      node.events.every(({ late, redelivered }) => late && !redelivered).should.be.true();
      platform.end(job, '3');
      await clock.advance(31 * SECOND);
      node.events.at(-1)!.late.should.be.false();
      node.events.length.should.equal(4);
    });

    it('tells what ended with its job meanwhile as late, too', async () => {
      const job = platform.addJob('one', 2);
      await restart(watch(['one']));
      await clock.advance(SECOND);
      await running[0]!.watcher.stop();
      platform.setStatus(job, 'Cancelled');
      const node = watch(['one'], { process: 'second' });
      await clock.advance(90 * SECOND);
      node.told().should.eql(['completed one/1', 'completed one/2', 'job one']);
      node.events.every(({ late }) => late).should.be.true();
    });

    it('is not late after a redeploy', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      platform.end(job, '1');
      node = await restart(node, { interval: 60 * SECOND });
      await clock.advance(61 * SECOND);
      node.told().should.eql(['started one/1', 'completed one/1']);
      node.events[1]!.late.should.be.false();
    });

    it('is late although a redeploy came before the first reading', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      await node.watcher.stop();
      platform.end(job, '1');
      platform.fault = () => {
        throw failure('RESCALE_NETWORK');
      };
      polling.close();
      polling = createJobPolling({ client: platform.client, clock });
      node = watch(['one'], { process: 'second' });
      await clock.advance(SECOND);
      node = await restart(node, { process: 'second' });
      platform.fault = null;
      await clock.advance(MINUTE);
      node.told().should.eql(['started one/1', 'completed one/1']);
      node.events[1]!.late.should.be.true();
      platform.end(job, '2');
      await clock.advance(31 * SECOND);
      node.events.at(-1)!.late.should.be.false();
    });

    it('is late although a redeploy came before it knew its jobs', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      await node.watcher.stop();
      platform.end(job, '1');
      let answer: (jobs: string[]) => void = () => undefined;
      const asked = new Promise<string[]>((resolve) => (answer = resolve));
      node = watch(['one'], { process: 'second', readJobs: () => asked });
      await settled();
      const stopping = node.watcher.stop();
      answer(['one']);
      await stopping;
      node = watch(['one'], { process: 'second' });
      await clock.advance(31 * SECOND);
      node.told().should.eql(['started one/1', 'completed one/1']);
      node.events[1]!.late.should.be.true();
    });

    it('tells each event once over many redeploys', async () => {
      const job = platform.addJob('one', 20);
      let node = watch(['one']);
      const events: WatchEvent[] = [];
      await clock.advance(SECOND);
      for (let id = 1; id <= 20; id += 1) {
        platform.end(job, String(id));
        await clock.advance((id % 4) * 10 * SECOND);
        events.push(...node.events);
        node = await restart(node);
        await clock.advance(SECOND);
      }
      await clock.advance(31 * SECOND);
      events.push(...node.events);
      events.filter(({ event }) => event === 'completed').length.should.equal(20);
      new Set(events.map(({ eventId }) => eventId)).size.should.equal(events.length);
    });

    it('begins anew on another platform and says so', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      platform.end(job, '1');
      node = await restart(node, { origin: 'https://other.test' });
      await clock.advance(MINUTE);
      node.told().should.eql([]);
      node.notices.should.eql([{ notice: 'began-anew' }]);
    });

    it('begins anew with another scope and says so', async () => {
      platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      node = await restart(node, { scope: 'all' });
      await clock.advance(SECOND);
      node.notices.should.eql([{ notice: 'began-anew' }]);
      (await store.keys()).sort().should.eql(['job:one', 'watch']);
    });

    it('drops the state of a job that is not named any more and says so', async () => {
      platform.addJob('one', 2);
      platform.addJob('two', 2);
      const node = watch(['one']);
      await clock.advance(SECOND);
      node.jobs = ['two'];
      const next = await restart(node);
      await clock.advance(SECOND);
      next.notices.should.eql([{ notice: 'job-dropped', jobId: 'one' }]);
      (await store.keys()).sort().should.eql(['job:two', 'watch']);
    });

    it('sends an event again, marked, when it was written and perhaps not sent', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      node.open = false;
      platform.end(job, '1');
      await clock.advance(31 * SECOND);
      node.told().should.eql([]);
      node = await restart(node, { process: 'second' });
      await clock.advance(SECOND);
      node.told().should.eql(['started one/1', 'completed one/1']);
      node.events.every(({ redelivered }) => redelivered).should.be.true();
      await clock.advance(10 * MINUTE);
      node.events.length.should.equal(2);
    });

    it('says so and marks what it sends when the newest state could not be read', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      await node.watcher.stop();
      platform.end(job, '1');
      const read = store.read.bind(store);
      store.read = async (key) => {
        const item = await read(key);
        return item && { ...item, recovered: true };
      };
      node = watch(['one'], { process: 'second' });
      await clock.advance(SECOND);
      node.notices.should.containDeep([{ notice: 'recovered', jobId: 'one' }]);
      node.events.every(({ redelivered }) => redelivered).should.be.true();
    });

    it('says so when nothing of what is stored can be read', async () => {
      platform.addJob('one', 1);
      await store.write('watch', { version: 9 });
      await store.write('job:one', { version: 9 });
      const node = watch(['one']);
      await clock.advance(SECOND);
      node.notices.should.eql([
        { notice: 'lost', jobId: null },
        { notice: 'lost', jobId: 'one' },
      ]);
      platform.end(platform.jobs.get('one')!, '1');
      await clock.advance(31 * SECOND);
      node.told().should.eql(['started one/1', 'completed one/1']);
    });

    it('survives state that is no state', async () => {
      const job = platform.addJob('one', 2);
      for (const rubbish of [
        null,
        7,
        'x',
        [],
        { jobId: 'one', runs: 'x' },
        { jobId: 'one', runs: {}, outbox: [1, {}] },
      ]) {
        await store.write('job:one', rubbish);
        await store.write('watch', rubbish);
        const node = watch(['one']);
        await clock.advance(3 * SECOND);
        should(node.overview!.progress.total).equal(2);
        await node.watcher.stop();
      }
      job.runs.length.should.equal(2);
    });
  });

  it('loses nothing and doubles nothing unmarked, wherever it is killed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ end: fc.nat(3), wait: fc.nat(50), kill: fc.constantFrom(0, 1, 2, 3, 4) }), {
          minLength: 3,
          maxLength: 12,
        }),
        fc.boolean(),
        async (steps, outcome) => {
          const jobId = `job${platform.jobs.size}`;
          const job = platform.addJob(jobId, 30);
          const events: WatchEvent[] = [];
          const disk = createMemoryStore();
          let ended = 0;
          let count = 0;
          const begin = () =>
            watch([jobId], { store: killable(), outcome, process: `process ${(count += 1)}` });
          let dead = false;
          /** Writes before the kill, as many as it is given, then none. */
          let budget = Infinity;
          const killable = (): StateStore => {
            dead = false;
            budget = Infinity;
            return {
              ...disk,
              async write(key, value) {
                if (dead) return new Promise(() => {});
                budget -= 1;
                await disk.write(key, value);
                if (budget < 0) {
                  dead = true;
                  return new Promise(() => {});
                }
              },
            };
          };
          let node = begin();
          await clock.advance(SECOND);
          for (const step of steps) {
            for (let one = 0; one < step.end && ended < 30; one += 1)
              platform.end(job, String((ended += 1)), 0);
            if (step.kill > 0) budget = step.kill - 1;
            await clock.advance(step.wait * SECOND);
            if (step.kill > 0) {
              node.kill();
              dead = true;
              events.push(...node.events);
              running.pop();
              polling.close();
              polling = createJobPolling({ client: platform.client, clock });
              node = begin();
            }
          }
          await clock.advance(3 * MINUTE);
          events.push(...node.events);
          const completed = events.filter(({ event }) => event === 'completed');
          new Set(completed.map(({ runId }) => runId)).size.should.equal(ended);
          const seen = new Set<string>();
          for (const { eventId, redelivered } of events) {
            if (seen.has(eventId)) redelivered.should.be.true();
            seen.add(eventId);
          }
          await running.pop()!.watcher.stop();
        },
      ),
      { numRuns: 40 },
    );
    // A killed process has no timers; these ones still sleep on the clock of the test.
    clock = virtualClock();
  }).timeout(60_000);

  it('tells events on a full disk, says once that nothing is kept, and keeps again', async () => {
    const job = platform.addJob('one', 3);
    const node = watch(['one']);
    await clock.advance(SECOND);
    store.fail = true;
    platform.end(job, '1');
    await clock.advance(31 * SECOND);
    platform.end(job, '2');
    await clock.advance(31 * SECOND);
    node.told().should.eql(['started one/1', 'completed one/1', 'started one/2', 'completed one/2']);
    node.overview!.stored.should.be.false();
    node.notices.should.eql([{ notice: 'not-durable', reason: 'ENOSPC: no space left' }]);
    store.fail = false;
    platform.end(job, '3');
    await clock.advance(31 * SECOND);
    node.overview!.stored.should.be.true();
    node.events.length.should.equal(6);
  });

  describe('control', () => {
    it('pause asks for nothing, resume tells what ended as late, also over a restart', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      await node.watcher.pause();
      node.overview!.paused.should.be.true();
      node = await restart(node, { process: 'second' });
      const before = platform.requests.length;
      platform.end(job, '1');
      await clock.advance(60 * MINUTE);
      platform.requests.length.should.equal(before);
      node.overview!.paused.should.be.true();
      await node.watcher.resume();
      await clock.advance(SECOND);
      node.told().should.eql(['started one/1', 'completed one/1']);
      node.events[1]!.late.should.be.true();
      platform.end(job, '2');
      await clock.advance(31 * SECOND);
      node.events.at(-1)!.late.should.be.false();
    });

    it('check looks at once', async () => {
      const job = platform.addJob('one', 1);
      const node = watch(['one']);
      await clock.advance(SECOND);
      platform.end(job, '1');
      await node.watcher.check();
      await settled();
      node.told().should.eql(['started one/1', 'completed one/1']);
    });

    for (const paused of [false, true]) {
      it(`reset takes a new baseline and sends nothing${paused ? ', also while paused' : ''}`, async () => {
        const job = platform.addJob('one', 2);
        const node = watch(['one'], { baseline: { from: 'all' } });
        await clock.advance(SECOND);
        if (paused) await node.watcher.pause();
        platform.end(job, '1');
        await node.watcher.reset();
        if (paused) await node.watcher.resume();
        await clock.advance(SECOND);
        node.told().should.eql([]);
        platform.end(job, '2');
        await clock.advance(31 * SECOND);
        node.told().should.eql(['started one/2', 'completed one/2']);
      });
    }
  });

  describe('trouble', () => {
    it('is told once when the key is refused, and lost is nothing', async () => {
      const job = platform.addJob('one', 2);
      const node = watch(['one']);
      await clock.advance(SECOND);
      platform.fault = () => {
        throw failure('RESCALE_AUTH', 401);
      };
      await clock.advance(60 * MINUTE);
      node.outages.should.eql(['RESCALE_AUTH']);
      node.overview!.serious.should.be.true();
      platform.end(job, '1');
      platform.fault = null;
      await clock.advance(2 * MINUTE);
      node.told().should.eql(['started one/1', 'completed one/1']);
      should(node.overview!.trouble).be.null();
    });

    it('is told after ten minutes when the platform fails', async () => {
      platform.addJob('one', 2);
      const node = watch(['one']);
      await clock.advance(SECOND);
      platform.fault = () => {
        throw failure('RESCALE_SERVER', 504);
      };
      await clock.advance(9 * MINUTE);
      node.outages.should.eql([]);
      node.overview!.trouble!.error.code.should.equal('RESCALE_SERVER');
      await clock.advance(51 * MINUTE);
      node.outages.should.eql(['RESCALE_SERVER']);
    });

    it('a job that does not exist is told once', async () => {
      const node = watch(['nobody']);
      await clock.advance(30 * MINUTE);
      node.notices.should.eql([{ notice: 'job-gone', jobId: 'nobody' }]);
      node.overview!.jobsGone.should.eql(['nobody']);
    });

    it('a run that is gone is told once, also over a restart', async () => {
      const job = platform.addJob('one', 2);
      let node = watch(['one']);
      await clock.advance(SECOND);
      job.runs.pop();
      await clock.advance(20 * MINUTE);
      node.notices.should.eql([{ notice: 'run-gone', jobId: 'one', runId: '2' }]);
      node = await restart(node);
      await clock.advance(20 * MINUTE);
      node.notices.should.eql([]);
      node.overview!.progress.total.should.equal(1);
    });
  });

  describe('all jobs', () => {
    const all = (more: Partial<WatchOptions> = {}) => watch(null, { scope: 'all', ...more });

    it('tells of those that go on, of new ones from their beginning, and of none that was over', async () => {
      const [old, active] = [platform.addJob('old', 1), platform.addJob('active', 2)];
      platform.end(old, '1');
      platform.setStatus(old, 'Completed');
      platform.end(active, '1');
      const node = all();
      await clock.advance(SECOND);
      node.overview!.jobs.should.equal(1);
      const fresh = platform.addJob('fresh', 1);
      platform.end(fresh, '1');
      platform.end(active, '2');
      await clock.advance(31 * SECOND);
      node
        .told()
        .sort()
        .should.eql(['completed active/2', 'completed fresh/1', 'started active/2', 'started fresh/1']);
      node.events.every(({ late }) => !late).should.be.true();
    });

    it('tells of a job that came and went between two rounds, and while Node-RED was down', async () => {
      platform.addJob('first', 1);
      let node = all();
      await clock.advance(SECOND);
      const quick = platform.addJob('quick', 1);
      platform.end(quick, '1');
      platform.setStatus(quick, 'Completed');
      await clock.advance(62 * SECOND);
      node.told().should.eql(['started quick/1', 'completed quick/1', 'job quick']);
      await node.watcher.stop();
      await clock.advance(MINUTE);
      const unseen = platform.addJob('unseen', 1);
      platform.end(unseen, '1');
      platform.setStatus(unseen, 'Completed');
      await clock.advance(60 * MINUTE);
      node = all({ process: 'second' });
      await clock.advance(62 * SECOND);
      node.told().should.eql(['started unseen/1', 'completed unseen/1', 'job unseen']);
      node.events.every(({ late }) => late).should.be.true();
    });

    it('tells a job that a message added once, also over a restart that begins with everything', async () => {
      const job = platform.addJob('one', 1);
      const everything = { scope: 'all', baseline: { from: 'all' } } as const;
      let node = watch(null, everything);
      await node.watcher.watch('one');
      await clock.advance(SECOND);
      platform.end(job, '1', 0);
      platform.setStatus(job, 'Completed');
      await clock.advance(5 * MINUTE);
      node.told().should.eql(['started one/1', 'completed one/1', 'job one']);
      node = await restart(node, { ...everything, process: 'second' });
      await clock.advance(5 * MINUTE);
      node.told().should.eql([]);
      node.overview!.jobs.should.equal(0);
    });

    it('lets go of a job that is told, and does not take it up again', async () => {
      const job = platform.addJob('one', 1);
      let node = all();
      await clock.advance(SECOND);
      platform.end(job, '1');
      platform.setStatus(job, 'Completed');
      await clock.advance(62 * SECOND);
      node.overview!.jobs.should.equal(0);
      (await store.keys()).should.eql(['watch']);
      node = await restart(node, { scope: 'all', process: 'second' });
      await clock.advance(10 * MINUTE);
      node.told().should.eql([]);
    });

    it('does not read drafts, and takes them from their beginning when they are submitted', async () => {
      const draft = platform.addJob('draft', 1);
      draft.statuses = [{ status: '', statusReason: null, statusDate: '' }];
      const node = all();
      await clock.advance(10 * MINUTE);
      platform.count('listRuns', 'draft').should.equal(0);
      platform.end(draft, '1');
      draft.statuses = [];
      platform.setStatus(draft, 'Completed');
      await clock.advance(62 * SECOND);
      node.told().should.eql(['started draft/1', 'completed draft/1', 'job draft']);
    });

    it('moves on only with a good list', async () => {
      platform.addJob('one', 1);
      const node = all();
      await clock.advance(SECOND);
      platform.fault = ({ call }) => {
        if (call === 'listJobs') throw failure('RESCALE_SERVER', 504);
      };
      const fresh = platform.addJob('fresh', 1);
      platform.end(fresh, '1');
      platform.setStatus(fresh, 'Completed');
      await clock.advance(30 * MINUTE);
      node.outages.should.eql(['RESCALE_SERVER']);
      platform.fault = null;
      await clock.advance(3 * MINUTE);
      node.told().should.containEql('completed fresh/1');
    });

    it('resets to a new baseline', async () => {
      const job = platform.addJob('one', 2);
      const node = all({ baseline: { from: 'all' } });
      await clock.advance(SECOND);
      platform.end(job, '1');
      await node.watcher.reset();
      await clock.advance(SECOND);
      node.told().should.eql([]);
      platform.end(job, '2');
      await clock.advance(31 * SECOND);
      node.told().should.eql(['started one/2', 'completed one/2']);
    });
  });
});

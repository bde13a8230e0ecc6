import fc from 'fast-check';
import should from 'should';
import type { StateStore } from '../../src/runs/tasks/ports';
import type { WatchEvent } from '../../src/runs/watch/watch-event';
import { createMemoryStore } from '../../src/runtime/state/state-store';
import { failure } from './fake-platform';
import { settled } from './virtual-clock';
import {
  MINUTE,
  SECOND,
  clock,
  leaveClock,
  newForEach,
  pollAnew,
  running,
  platform,
  restart,
  store,
  watch,
} from './watch-setup';

describe('A watch that goes on after a restart or a kill', () => {
  newForEach();

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
      pollAnew();
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
              pollAnew();
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
    leaveClock();
  }).timeout(60_000);
});

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import should from 'should';
import type { Priority } from '../../src/api/limits/budget';
import { createBudget } from '../../src/api/limits/create-budget';
import { virtualClock, type VirtualClock } from '../runs/virtual-clock';

/** Milliseconds after which a poll goes before a message. */
const POLL_AGES_AFTER = 10_000;

describe('Budget', () => {
  let clock: VirtualClock;
  let order: string[];

  beforeEach(() => {
    clock = virtualClock();
    order = [];
  });

  const setUp = (rate: number, burst: number) => {
    const budget = createBudget({ rate, burst, clock });
    const ask = (name: string, priority: Priority = 'message', signal?: AbortSignal) => {
      void budget.acquire(priority, signal).then(
        () => order.push(name),
        () => order.push(`${name} aborted`),
      );
    };
    return { budget, ask };
  };

  it('lets a burst through at once, and then keeps the rate', async () => {
    const { ask } = setUp(2, 3);
    for (let index = 1; index <= 7; index += 1) ask(String(index));
    await clock.advance(0);
    order.should.deepEqual(['1', '2', '3']);
    await clock.advance(499);
    order.should.have.length(3);
    await clock.advance(1);
    order.should.have.length(4);
    await clock.advance(1_500);
    order.should.deepEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('admits nothing but actions while one of several requests is under way, for two seconds at most', async () => {
    const { budget, ask } = setUp(0, 1);
    const end = budget.letActionsPass();
    ask('message');
    ask('poll', 'poll');
    await clock.advance(0);
    order.should.be.empty();
    budget.take('files').should.be.false();
    budget.take('files', 'action').should.be.true();
    ask('action', 'action');
    await clock.advance(0);
    order.should.eql(['action']);
    const endOther = budget.letActionsPass();
    end();
    end();
    await clock.advance(0);
    order.should.eql(['action']);
    endOther();
    await clock.advance(0);
    order.should.eql(['action', 'message', 'poll']);

    const began = performance.now();
    budget.letActionsPass();
    await budget.acquire('message');
    (performance.now() - began).should.be.within(1_900, 10_000);
  });

  it('never lets more through than burst and rate together, and never less when enough ask', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }).map((tenths) => tenths / 10),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 10 })), {
          maxLength: 15,
        }),
        async (rate, burst, steps) => {
          clock = virtualClock();
          order = [];
          const { ask } = setUp(rate, burst);
          let asked = 0;
          let elapsed = 0;
          for (const [wait, many] of steps) {
            for (let index = 0; index < many; index += 1) ask(String((asked += 1)));
            await clock.advance(wait);
            elapsed += wait;
            order.length.should.be.belowOrEqual(burst + (elapsed / 1000) * rate + 1e-3);
          }
          await clock.advance(((asked + 1) / rate) * 1000);
          order.should.deepEqual(Array.from({ length: asked }, (_, index) => String(index + 1)));
          clock.timers.should.equal(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('lets actions go first, then messages, then polls, each in their order', async () => {
    const { ask } = setUp(1, 1);
    ask('first');
    ask('poll 1', 'poll');
    ask('poll 2', 'poll');
    ask('message 1');
    ask('message 2');
    ask('stop', 'action');
    await clock.advance(5_000);
    order.should.deepEqual(['first', 'stop', 'message 1', 'message 2', 'poll 1', 'poll 2']);
  });

  it('lets a poll that has waited long take turns with the messages', async () => {
    const { ask } = setUp(1, 1);
    ask('first');
    for (let index = 1; index <= 4; index += 1) ask(`poll ${index}`, 'poll');
    for (let index = 1; index <= 40; index += 1) ask(`message ${index}`);
    await clock.advance(POLL_AGES_AFTER - 1);
    order.filter((name) => name.startsWith('poll')).should.be.empty();
    await clock.advance(8_001);
    order
      .slice(10)
      .should.deepEqual([
        'poll 1',
        'message 10',
        'poll 2',
        'message 11',
        'poll 3',
        'message 12',
        'poll 4',
        'message 13',
        'message 14',
      ]);
  });

  it('starves nobody, whoever else keeps asking', async () => {
    for (const [waits, floods] of [
      ['poll', 'message'],
      ['message', 'poll'],
    ] as const) {
      clock = virtualClock();
      order = [];
      const { ask } = setUp(1, 1);
      ask('first', floods);
      for (let index = 0; index < 30; index += 1) ask(`flood ${index}`, floods);
      ask('the one', waits);
      for (let round = 0; round < 30; round += 1) {
        ask('flood', floods);
        await clock.advance(1_000);
      }
      order.should.containEql('the one');
    }
  });

  it('has no limit at rate 0', async () => {
    const { ask } = setUp(0, 1);
    for (let index = 0; index < 500; index += 1) ask(String(index));
    await clock.advance(0);
    order.should.have.length(500);
  });

  it('takes another rate while somebody waits', async () => {
    const { budget, ask } = setUp(0.001, 1);
    ask('1');
    ask('2');
    ask('3');
    await clock.advance(1_000);
    order.should.deepEqual(['1']);
    budget.setRates([10]);
    await clock.advance(100);
    order.should.deepEqual(['1', '2']);
    budget.setRates([0]);
    await clock.advance(0);
    order.should.deepEqual(['1', '2', '3']);
  });

  it('is not upset by a clock that is set back', async () => {
    let offset = 0;
    const shifted = {
      now: () => clock.now() + offset,
      monotonic: () => clock.monotonic(),
      sleep: clock.sleep.bind(clock),
    };
    const budget = createBudget({ rate: 1, burst: 1, clock: shifted });
    await budget.acquire('message');
    offset = -3_600_000;
    let went = false;
    void budget.acquire('message').then(() => (went = true));
    await clock.advance(1_000);
    went.should.be.true();
  });

  describe('in a pause', () => {
    it('lets nobody ask, and tells when it begins, grows and ends', async () => {
      const { budget, ask } = setUp(0, 1);
      const told: (number | null)[] = [];
      const stop = budget.onPause((until) => told.push(until));
      const begin = clock.now();
      budget.pause('jobs', 5_000);
      should(budget.pausedUntil).equal(begin + 5_000);
      ask('message');
      ask('stop', 'action');
      await clock.advance(3_000);
      budget.pause('jobs', 1_000);
      budget.pause('jobs', 5_000);
      await clock.advance(4_999);
      order.should.be.empty();
      await clock.advance(1);
      order.should.deepEqual(['stop', 'message']);
      should(budget.pausedUntil).be.null();
      told.should.deepEqual([begin + 5_000, begin + 8_000, null]);
      stop();
      budget.pause('jobs', 1_000);
      told.should.have.length(3);
    });

    it('tells its end also when nobody waits', async () => {
      const { budget } = setUp(1, 1);
      const told: (number | null)[] = [];
      budget.onPause((until) => told.push(until));
      budget.pause('jobs', 1_000);
      await clock.advance(1_000);
      told.should.have.length(2);
      should(told[1]).be.null();
      clock.timers.should.equal(0);
    });

    it('is kept as the platform asks up to five minutes, and in growing steps beyond', async () => {
      const { budget } = setUp(1, 1);
      for (const seconds of [1, 60, 300]) {
        budget.pause('jobs', seconds * 1_000).should.equal(seconds * 1_000);
        await clock.advance(seconds * 1_000);
      }
      for (const asked of [301_000, 3_600_000, 86_400_000, Number.MAX_SAFE_INTEGER, Infinity, Infinity]) {
        const kept = budget.pause('jobs', asked);
        // The others that were under way are refused with it.
        budget.pause('jobs', asked).should.equal(kept);
        order.push(String(kept / 1_000));
        await clock.advance(kept);
        should(budget.pausedUntil).be.null();
      }
      order.should.deepEqual(['30', '60', '120', '240', '300', '300']);
      budget.answered('jobs');
      budget.pause('jobs', Infinity).should.equal(30_000);
      budget.pause('jobs', NaN).should.equal(30_000);
    });

    it('is shorter, and slows down for less long, when it is not the platform that asks for it', async () => {
      const budget = createBudget({ rate: null, clock });
      const kept: number[] = [];
      for (const asked of [30_000, 31_000, 86_400_000, Infinity, Infinity]) {
        kept.push(budget.pause('jobs', asked, 'gateway') / 1_000);
        await clock.advance(kept.at(-1)! * 1_000);
      }
      kept.should.deepEqual([30, 15, 30, 60, 60]);
      should(budget.usage()[0]!.rate).equal(1.7);
      await clock.advance(300_000);
      should(budget.usage()[0]!.rate).equal(21.25);
    });

    it('lets stops pass, at the slow rate', async () => {
      const { budget } = setUp(0, 1);
      budget.pause('jobs', 60_000);
      [1, 2, 3].map(() => budget.letStopPass('jobs')).should.deepEqual([0, 600, 1_200]);
      await clock.advance(10_000);
      budget.letStopPass('jobs').should.equal(0);
      budget.usage()[0]!.lastMinute.should.equal(4);
    });

    it('is not followed by a whole burst', async () => {
      const { budget, ask } = setUp(1, 150);
      budget.pause('jobs', 10_000);
      for (let index = 0; index < 100; index += 1) ask(String(index));
      await clock.advance(10_000);
      order.length.should.be.within(1, 6);
    });
  });

  describe('when aborted', () => {
    it('rejects with the reason, and gives the turn to the next', async () => {
      const { budget, ask } = setUp(1, 1);
      const controller = new AbortController();
      const reason = new Error('closed');
      ask('1');
      const aborted = budget.acquire('message', controller.signal);
      ask('3');
      controller.abort(reason);
      await aborted.should.be.rejectedWith(reason);
      await clock.advance(1_000);
      order.should.deepEqual(['1', '3']);
      await budget.acquire('poll', AbortSignal.abort(reason)).should.be.rejectedWith(reason);
    });

    it('leaves no timer behind when nobody waits any more', async () => {
      const { budget } = setUp(1, 1);
      const controller = new AbortController();
      await budget.acquire('message');
      const waiting = Array.from({ length: 5 }, () => budget.acquire('message', controller.signal));
      clock.timers.should.equal(1);
      controller.abort(new Error('closed'));
      await Promise.allSettled(waiting);
      clock.timers.should.equal(0);
    });
  });

  it('takes 50,000 who wait, and half of them leaving, without slowing down', async function () {
    this.timeout(120_000);
    const budget = createBudget({ rate: 1, burst: 1, clock });
    await budget.acquire('message');
    const controller = new AbortController();
    const many = Array.from({ length: 50_000 }, (_, index) =>
      budget.acquire('message', index % 2 ? AbortSignal.any([controller.signal]) : undefined),
    );
    clock.timers.should.equal(1);
    controller.abort(new Error('closed'));
    budget.setRates([0]);
    const settled = await Promise.allSettled(many);
    settled.filter(({ status }) => status === 'fulfilled').should.have.length(25_000);
  });

  it('keeps no process alive when nobody waits, even in a pause that somebody listens for', () => {
    const script = `
      const { createBudget } = require('./src/api/limits/create-budget.ts');
      const budget = createBudget({ rate: 1 });
      budget.onPause(() => {});
      budget.pause('jobs', 600000);
      const controller = new AbortController();
      budget.acquire('poll', controller.signal).catch(() => console.log('left'));
      controller.abort();
    `;
    const output = execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
      cwd: join(__dirname, '..', '..'),
      timeout: 15_000,
    });
    output.toString().trim().should.equal('left');
  });
});

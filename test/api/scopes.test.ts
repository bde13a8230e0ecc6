import should from 'should';
import { createBudget, scopeOf } from '../../src/api/limits/create-budget';
import { virtualClock, type VirtualClock } from '../runs/virtual-clock';
import { clientOf, failure, json, run, startServer, text } from './scripted-server';

describe('Rates by scope', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = virtualClock();
  });

  it('are told apart by method and path', () => {
    scopeOf('GET', '/api/v2/jobs/ab/runs/1/?page=1').should.equal('jobs');
    scopeOf('POST', '/api/v2/jobs/ab/runs/1/stop/').should.equal('jobs');
    scopeOf('POST', '/api/v2/jobs/ab/submit/').should.equal('submit');
    scopeOf('POST', '/api/v3/jobs/ab/submit/').should.equal('submit');
    scopeOf('GET', '/api/v2/jobs/ab/runs/1/tail/submit/').should.equal('jobs');
    scopeOf('GET', '/api/v2/files/ab/contents/').should.equal('files');
    scopeOf('GET', '/api/jobs/ab/').should.equal('other');
    scopeOf('GET', '/api/v3/users/me/').should.equal('other');
  });

  const granted = async (
    scope: 'jobs' | 'submit' | 'files' | 'other',
    seconds: number,
    rate: number | null,
  ) => {
    const budget = createBudget({ rate, clock });
    let went = 0;
    for (let index = 0; index < 2_000; index += 1) {
      void budget.acquire('message', undefined, scope).then(() => (went += 1));
    }
    await clock.advance(0);
    const burst = went;
    await clock.advance(seconds * 1_000);
    return { burst, then: went - burst };
  };

  it('are 85 % of what the platform publishes', async () => {
    should(await granted('jobs', 20, null)).deepEqual({ burst: 300, then: 425 });
    const submits = await granted('submit', 1_000, null);
    submits.burst.should.equal(50);
    submits.then.should.be.approximately(236, 1);
    should(await granted('other', 100, null)).deepEqual({ burst: 150, then: 169 });
    should(await granted('files', 20, null)).deepEqual({ burst: 300, then: 425 });
  });

  it('give way to one rate for everything where a number is given, and to none for 0', async () => {
    should(await granted('jobs', 100, 2)).deepEqual({ burst: 150, then: 200 });
    should(await granted('submit', 0, 0)).have.property('burst', 2_000);
  });

  it('are all bounded by the lowest number that anybody gives', async () => {
    const budget = createBudget({ rate: null, clock });
    budget.setRates([null, 5, 0, 3]);
    should(budget.rate).equal(3);
    let went = 0;
    for (const scope of ['jobs', 'files', 'other'] as const) {
      for (let index = 0; index < 500; index += 1) {
        void budget.acquire('message', undefined, scope).then(() => (went += 1));
      }
    }
    await clock.advance(0);
    went.should.equal(150);
    await clock.advance(10_000);
    went.should.equal(180);
    budget.setRates([0]);
    await clock.advance(0);
    went.should.equal(1_500);
    should(budget.rate).equal(0);
  });

  it('pause alone: the others go on', () => {
    const budget = createBudget({ rate: null, clock });
    budget.pause('files', 60_000);
    should(budget.take('files')).be.false();
    should(budget.take('jobs')).be.true();
    should(budget.take('other')).be.true();
    should(budget.pauseOf('files')).equal(60_000);
    should(budget.pausedUntil).be.null();
  });

  for (const scope of ['jobs', 'files'] as const) {
    it(`of ${scope} go slowly for an hour after a 429, because nobody knows their limit`, async () => {
      const budget = createBudget({ rate: null, clock });
      budget.pause(scope, 5_000);
      let went = 0;
      for (let index = 0; index < 10_000; index += 1) {
        void budget.acquire('poll', undefined, scope).then(() => (went += 1));
      }
      await clock.advance(5_000);
      went.should.be.belowOrEqual(1);
      const [usage] = budget.usage();
      should(usage!.rate).equal(1.7);
      should(usage!.slowUntil).equal(clock.now() + 3_595_000);
      const before = went;
      await clock.advance(100_000);
      (went - before).should.be.approximately(170, 1);
      await clock.advance(3_500_000);
      const late = went;
      await clock.advance(10_000);
      (went - late).should.be.approximately(212, 2);
      should(budget.usage()[0]!.slowUntil).be.null();
    });
  }

  it('heed how many requests the platform says are left', async () => {
    const server = await startServer(json(run('1'), 200, { 'X-RateLimit-Remaining': '2' }));
    const budget = createBudget({ rate: null });
    const client = clientOf(server, { budget });
    await client.getRun('a', '1');
    const went = [1, 2, 3, 4].map(() => budget.take('jobs'));
    went.slice(0, 2).should.deepEqual([true, true]);
    went.slice(2).should.containEql(false);
    client.close();
    await server.close();
  });

  it('say how much of each is used', async () => {
    const budget = createBudget({ rate: null, clock });
    for (let index = 0; index < 320; index += 1) void budget.acquire('message');
    void budget.acquire('message', undefined, 'submit');
    await clock.advance(0);
    budget
      .usage()
      .map(({ scope, lastMinute, waiting }) => ({ scope, lastMinute, waiting }))
      .should.deepEqual([
        { scope: 'jobs', lastMinute: 300, waiting: 20 },
        { scope: 'submit', lastMinute: 1, waiting: 0 },
      ]);
    await clock.advance(70_000);
    should(budget.usage()[0]!.lastMinute).equal(0);
  });

  it('tell a pause that a 429 made as such, and do not blame it on the own rate', async () => {
    const server = await startServer();
    server.answer((request, response) =>
      request.url!.includes('/1/')
        ? text('', 429, { 'Retry-After': '20' })(request, response)
        : json(run('2'))(request, response),
    );
    const client = clientOf(server, { budget: createBudget({ rate: 1, burst: 1 }), patience: 500 });
    const waits = failure(client.getRun('a', '1'));
    (await waits).should.have.property('key', 'rate-limit-wait');
    const other = await failure(client.getRun('a', '2'));
    other.should.have.properties({ key: 'rate-limit-wait', statusCode: 429 });
    client.close();
    await server.close();
  });

  it('let a pause end in time when this machine’s clock is set back meanwhile', async () => {
    const budget = createBudget({ rate: 10, clock });
    budget.pause('jobs', 60_000);
    let asked = false;
    void budget.acquire('action').then(() => (asked = true));
    await clock.advance(10_000);
    clock.setBack(6 * 3_600_000);
    await clock.advance(50_000);
    asked.should.be.true();
  });
});

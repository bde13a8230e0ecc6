import 'should';
import should from 'should';
import { requestedStops } from '../../src/runs/evidence/requested-stops';
import { readRunOutcome } from '../../src/runs/evidence/run-outcome';
import { stopJob } from '../../src/runs/actions/stop-job';
import { stopRun } from '../../src/runs/actions/stop-run';
import { createBudget } from '../../src/api/limits/create-budget';
import { systemClock } from '../../src/api/time/clock';
import { clientOf, json, run, startServer } from '../api/scripted-server';
import { failureOf, runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

const STOPS = /^POST .*\/stop\/$/;

describe('stopping a run', () => {
  let place: RunsOnSimulator;
  let opened: RunsOnSimulator | null = null;
  const request = { jobId: 'calc', runId: '1', skipCompleted: true, confirm: false, deadline: 600_000 };

  const begin = async (speed?: number) => {
    await opened?.close();
    opened = place = await runsOnSimulator({ speed });
    place.simulator.createJob({ id: 'calc', runs: [{ duration: null }, { startsAt: null }] });
  };
  // On a busy machine the first request may take longer than a stop waits for what is read before it, at this speed.
  before(async () => {
    await begin();
    await place.client.getRun('calc', '1');
  });
  beforeEach(() => begin());
  afterEach(() => place.close());

  const stop = (changes: Partial<typeof request> = {}, signal?: AbortSignal) =>
    stopRun(place.client, { ...request, ...changes }, place.work(signal));

  it('is a request until the run has been seen ended', async () => {
    const { requested, confirmed, run } = await stop();
    requested.should.be.true();
    confirmed.should.be.false();
    should(run!.dateCompleted).be.null();
  });

  it('waits for the end of the run when told', async () => {
    const work = place.work();
    const result = await stopRun(place.client, { ...request, confirm: true }, work);
    result.requested.should.be.true();
    result.confirmed.should.be.true();
    result.run!.dateCompleted!.should.be.a.String();
    work.facts[0]!.doing.should.equal('confirming-stop');
    place.requests(STOPS).length.should.equal(1);
  });

  it('leaves a completed run alone, or asks all the same', async () => {
    place.simulator.control('calc', { action: 'end-run', runId: '1' });
    const { requested, confirmed } = await stop();
    [requested, confirmed].should.eql([false, true]);
    place.requests(STOPS).should.be.empty();
    await stop({ skipCompleted: false });
    place.requests(STOPS).length.should.equal(1);
  });

  it('is sent soon, though what is read before it never comes', async () => {
    const patient = await runsOnSimulator({}, 600_000);
    try {
      patient.simulator.createJob({ id: 'calc', runs: [{ duration: null }] });
      patient.simulator.setFaults([{ method: 'GET', delay: 1e9, times: 0 }]);
      const { requested, run } = await stopRun(patient.client, request, patient.work());
      [requested, run].should.eql([true, null]);
      const whole = { jobId: 'calc', skipCompleted: true, confirm: false, deadline: 600_000 };
      (await stopJob(patient.client, whole, patient.work())).requested.should.be.true();
      patient.requests(STOPS).length.should.equal(2);
    } finally {
      await patient.close();
    }
  });

  it('explains a refusal by reading the run', async () => {
    place.simulator.control('calc', { action: 'end-run', runId: '1' });
    place.simulator.advance(60);
    place.simulator.setFaults([{ method: 'POST', status: 409 }]);
    (await failureOf(stop({ skipCompleted: false }))).code.should.equal('RESCALE_NOT_ACTIVE');
    place.simulator.setFaults([{ method: 'POST', path: 'runs/2/stop', status: 404 }]);
    (await failureOf(stop({ runId: '2' }))).code.should.equal('RESCALE_NOT_ACTIVE');
    (await failureOf(stop({ runId: '7' }))).code.should.equal('RESCALE_NOT_FOUND');
    (await failureOf(stop({ runId: '7', skipCompleted: false }))).code.should.equal('RESCALE_NOT_FOUND');
  });

  it('passes on why a run in progress is not stopped, a 404 too', async () => {
    for (const status of [400, 404, 409]) {
      place.simulator.setFaults([{ method: 'POST', status, body: { detail: 'Not by you.' } }]);
      const error = await failureOf(stop());
      error.code.should.equal('RESCALE_REJECTED');
      error.statusCode!.should.equal(status);
      error.message.should.match(/Not/);
    }
    place.simulator.setFaults([{ method: 'POST', status: 403 }]);
    (await failureOf(stop())).code.should.equal('RESCALE_AUTH');
  });

  it('does not claim the end of a run whose stop was refused, unless an earlier stop was not', async () => {
    const claims = () => requestedStops(place.client).has('calc', '1', null);
    for (const status of [401, 403, 409]) {
      place.simulator.setFaults([{ method: 'POST', status, times: 0 }]);
      await failureOf(stop());
      claims().should.be.false();
    }
    place.simulator.setFaults([]);
    await stop();
    place.simulator.setFaults([
      { method: 'POST', status: 409, body: { detail: 'Run is stopping already.' } },
    ]);
    await stop().catch(() => undefined);
    claims().should.be.true();
  });

  it('tells how a run failed that a stop with a lost answer never reached', async () => {
    place.simulator.setFaults([{ method: 'POST', reset: 'before', times: 1 }]);
    await failureOf(stop());
    place.simulator.control('calc', { action: 'end-run', runId: '1', exitCode: 1 });
    place.simulator.advance(60);
    const { outcome } = await readRunOutcome(place.client, request, place.work());
    outcome!.should.have.properties({
      result: 'failed',
      reason: 'exited with code 1, perhaps by a stop whose answer was lost',
    });
  });

  it('takes an end for a stop’s doing once the stop was answered, or was seen to work', async () => {
    for (const faults of [[], [{ method: 'POST', reset: 'unanswered' as const, times: 1 }]]) {
      const id = `calc${faults.length}`;
      place.simulator.createJob({ id, runs: [{ duration: null }, { startsAt: null }] });
      place.simulator.setFaults(faults);
      const { requested } = await stop({ jobId: id, confirm: true });
      requested.should.be.true();
      place.simulator.advance(60);
      const { outcome } = await readRunOutcome(place.client, { jobId: id, runId: '1' }, place.work());
      outcome!.should.have.properties({ result: 'stopped', reason: 'stopped by this flow' });
    }
  });

  const computing = run('1', { dateCompleted: null });
  it('keeps the doubt of a stop that was answered with something else than the API’s answer, while the run goes on', async () => {
    for (const body of ['<html>maintenance</html>', { success: true }, { detail: 'It will be stopped.' }]) {
      place.simulator.setFaults([
        { method: 'POST', status: 200, body, times: 1 },
        { method: 'GET', path: '/runs/1/$', body: computing, times: 0 },
      ]);
      const error = await failureOf(stop());
      error.code.should.equal('RESCALE_PROTOCOL');
      error.message.should.match(/^Whether the stop is carried out is not known. Look at it/);
      const evidence = requestedStops(place.client).evidence('calc', '1', null);
      evidence.should.eql({ stopRequested: true, stopDoubtful: true });
    }
  });

  for (const [what, fault] of [
    ['refused', { status: 409, body: { detail: 'The run is stopping already.' } }],
    ['refused by a gateway', { status: 403, gateway: 'html' }],
    ['answered with a page', { html: true }],
  ] as const) {
    it(`is told as carried out when the run has ended since, though it was ${what}`, async () => {
      // The ten seconds in which it looks have to last as long as a few answers of a busy machine.
      await begin(10);
      place.simulator.setFaults([{ method: 'POST', path: '/stop/$', effective: true, ...fault }]);
      const { requested, confirmed, run, refused } = await stop({ skipCompleted: what === 'refused' });
      [requested, confirmed].should.eql([true, true]);
      run!.dateCompleted!.should.be.a.String();
      refused!.statusCode!.should.equal('status' in fault ? fault.status : 200);
      place.requests(STOPS).length.should.equal(1);
      place.simulator.advance(60);
      const { outcome } = await readRunOutcome(place.client, request, place.work());
      outcome!.should.have.properties({ result: 'stopped', reason: 'stopped by this flow' });
    });
  }

  for (const [what, fault] of [
    ['another word of consent', { status: 202, body: 'Accepted' }],
    ['a page', { status: 200, gateway: 'html' }],
    ['null', { status: 200, body: 'null' }],
    ['the half of an answer', { status: 200, body: '{' }],
  ] as const) {
    it(`waits for the end of a run whose stop was answered with ${what}, as for any other`, async () => {
      place.simulator.setFaults([
        { method: 'POST', path: '/stop/$', effective: true, ...fault },
        { method: 'GET', path: '/runs/1/$', gateway: 'html', status: 200, skip: 1, times: 2 },
        { method: 'GET', path: '/runs/1/$', body: computing, skip: 1, times: 12 },
      ]);
      const begun = place.clock.monotonic();
      const { requested, confirmed, run } = await stop({ confirm: true, skipCompleted: true });
      [requested, confirmed].should.eql([true, true]);
      run!.dateCompleted!.should.be.a.String();
      (place.clock.monotonic() - begun).should.be.above(60_000);
      place.requests(STOPS).length.should.equal(1);
      place.simulator.advance(60);
      const { outcome } = await readRunOutcome(place.client, request, place.work());
      outcome!.should.have.properties({ result: 'stopped', reason: 'stopped by this flow' });
    });
  }

  it('says first that the run goes on when its stop was refused', async () => {
    place.simulator.setFaults([{ method: 'POST', status: 409, body: { detail: 'Not by you.' } }]);
    (await failureOf(stop())).message.should.match(
      /^Run 1 of job calc goes on: its stop was refused\. .*409.*Not by you\./,
    );
  });

  it('takes a run that ended just before the stop for left alone', async () => {
    place.simulator.setFaults([
      { path: 'runs/1/$', delay: 100 },
      { method: 'POST', status: 409 },
    ]);
    const result = stop();
    while (place.requests(/runs\/1\/$/).length === 0) await new Promise((next) => setTimeout(next, 5));
    place.simulator.control('calc', { action: 'end-run', runId: '1' });
    const { requested, confirmed } = await result;
    [requested, confirmed].should.eql([false, true]);
  });

  it('settles a lost answer by reading the run, and never asks again', async () => {
    place.simulator.setFaults([{ method: 'POST', reset: 'unanswered' }]);
    const { requested, confirmed } = await stop();
    [requested, confirmed].should.eql([true, true]);
    place.requests(STOPS).length.should.equal(1);
  });

  it('says that it is not known when a lost answer can’t be settled', async () => {
    place.simulator.setFaults([{ method: 'POST', reset: 'before', times: 0 }]);
    const error = await failureOf(stop());
    error.code.should.equal('RESCALE_NETWORK');
    error.message.should.match(/still in progress/);
    place.requests(STOPS).length.should.equal(1);
  });

  it('sends a stop even when the run can’t be read first', async () => {
    place.simulator.setFaults([{ method: 'GET', status: 500, times: 1 }]);
    (await stop()).requested.should.be.true();
    place.requests(STOPS).length.should.equal(1);
  });

  it('sends a stop though the read before it is refused', async () => {
    for (const status of [404, 403]) {
      place.simulator.setFaults([{ method: 'GET', status, body: { detail: 'No.' }, times: 1 }]);
      (await stop()).should.containEql({ requested: true, run: null });
    }
    place.requests(STOPS).length.should.equal(2);
  });

  it('is not ended by bad answers while it waits', async () => {
    place.simulator.setFaults([
      { method: 'GET', path: 'runs/1/$', skip: 1, times: 2, status: 500 },
      { method: 'GET', path: 'runs/1/$', skip: 1, status: 404 },
      { method: 'GET', path: 'runs/1/$', skip: 1, html: true },
    ]);
    (await stop({ confirm: true })).confirmed.should.be.true();
  });

  for (const [status, words] of [
    [404, /The answer was HTTP status 404\./],
    [401, /refused the API key/],
  ] as const) {
    it(`says that it was sent when the run can not be read since (${status}), and where to look`, async () => {
      for (const reset of [undefined, 'unanswered'] as const) {
        await begin();
        place.simulator.setFaults([
          ...(reset ? [{ method: 'POST', reset }] : []),
          { method: 'GET', path: 'runs/1/$', skip: 1, status, times: 0 },
        ]);
        const { message, statusCode } = await failureOf(stop({ confirm: true, deadline: 30_000 }));
        statusCode!.should.equal(status);
        message.should.match(/^A stop of run 1 of job calc was sent.*Look at it on Rescale/);
        message.should.match(words);
        message.should.not.match(/has no run/);
      }
    });
  }

  it('is confirmed after refusals of any number, each of which is shown until it is over', async () => {
    for (const status of [401, 404] as const) {
      await begin();
      place.simulator.setFaults([{ method: 'GET', path: 'runs/1/$', skip: 1, status, times: 6 }]);
      const shown: (number | null)[] = [];
      const work = place.work();
      const trace = {
        attempts: 0,
        status: null,
        onRetry: (error: { statusCode?: number } | null) => shown.push(error && error.statusCode!),
      };
      const { confirmed } = await stopRun(place.client, { ...request, confirm: true }, { ...work, trace });
      confirmed.should.be.true();
      shown.should.eql([...Array<number>(6).fill(status), null]);
    }
  });

  it('gives up at the deadline, and says what is known', async () => {
    const going = await place.client.getRun('calc', '1');
    place.simulator.setFaults([{ method: 'GET', path: 'runs/1/$', times: 0, body: going }]);
    const error = await failureOf(stop({ confirm: true, deadline: 20_000 }));
    error.code.should.equal('RESCALE_DEADLINE');
    error.message.should.match(/within 20 s/);
  });

  it('confirms a run that never started by the end of its job', async () => {
    const result = await stop({ runId: '2', confirm: true });
    result.confirmed.should.be.true();
  });

  it('ends at once when it is aborted', async () => {
    const controller = new AbortController();
    const ended = failureOf(stop({ confirm: true }, controller.signal)).catch(() => 'aborted');
    while (place.requests(STOPS).length === 0) await new Promise((next) => setTimeout(next, 5));
    controller.abort();
    await ended;
  });

  for (const skipCompleted of [false, true]) {
    it(`goes out as one of the next three requests, whatever is queued and however slow the platform and the disk are (skipCompleted ${skipCompleted})`, async () => {
      const server = await startServer((request, response) => {
        const answer = json(request.method === 'POST' ? {} : run('1', { dateCompleted: null }));
        setTimeout(() => answer(request, response), 200);
      });
      const hurried = clientOf(server, {
        budget: createBudget({ rate: 20, burst: 1 }),
        patience: 120_000,
      });
      const slowDisk = requestedStops(hurried).keepIn({
        keep: () => systemClock.sleep(200),
        drop: () => Promise.resolve(),
      });
      const giveUp = new AbortController();
      const others = Array.from({ length: 100 }, () =>
        hurried.getRun('a', '2', { signal: giveUp.signal }).catch(() => null),
      );
      while (server.asked.length < 2) await systemClock.sleep(5);
      const before = server.asked.length;
      const request = { jobId: 'a', runId: '1', skipCompleted, confirm: false, deadline: 1_000 };
      await stopRun(hurried, request, { clock: systemClock });
      const place = server.asked.findIndex((asked) => asked.startsWith('POST'));
      (place - before).should.be.below(3);
      // The others go on.
      const then = server.asked.length;
      while (server.asked.length < then + 2) await systemClock.sleep(5);
      giveUp.abort();
      await Promise.all(others);
      slowDisk();
      hurried.close();
      await server.close();
    });
  }

  it('waits as long as it was told to, though the clock is set two hours ahead', async () => {
    place.simulator.setFaults([{ method: 'GET', path: '/runs/1/$', status: 503, times: 2 }]);
    const work = place.work();
    let set = 0;
    const clock = { ...work.clock, now: () => work.clock.now() + set };
    const progress = () => (set = 7_200_000);
    const result = await stopRun(place.client, { ...request, confirm: true }, { ...work, clock, progress });
    result.confirmed.should.be.true();
  });
});

describe('the order of a stop', () => {
  let place: RunsOnSimulator;

  beforeEach(async () => {
    place = await runsOnSimulator();
  });
  afterEach(() => place.close());

  it('is that of an action in all its requests', async () => {
    place.simulator.createJob({ id: 'calc', runs: [{ duration: null }] });
    const asked: string[] = [];
    const { budget } = place.client;
    budget.take = () => false;
    budget.acquire = (priority) => {
      asked.push(priority);
      return Promise.resolve();
    };
    const each = { skipCompleted: true, confirm: true, deadline: 600_000 };
    await stopRun(place.client, { jobId: 'calc', runId: '1', ...each }, place.work());
    await stopJob(place.client, { jobId: 'calc', ...each, skipCompleted: false }, place.work());
    asked.length.should.be.above(5);
    new Set(asked).should.eql(new Set(['action']));
  });
});

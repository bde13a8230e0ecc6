import 'should';
import should from 'should';
import type { JobReading } from '../../src/runs/run/job-reading';
import { createJobPolling, type JobSubscription } from '../../src/runs/polling/job-polling';
import { requestedStops } from '../../src/runs/evidence/requested-stops';
import { failure, fakePlatform, type FakeJob } from './fake-platform';
import { SECOND, clock, newForEach, platform, polling } from './polling-setup';

describe('Outcome of runs as they end', () => {
  newForEach();
  let subscription: JobSubscription;
  let reading: JobReading;

  async function follow(job: FakeJob, interval = 30 * SECOND): Promise<void> {
    subscription = polling.followJob(job.id, {
      interval,
      onReading: (news) => (reading = news),
      onTrouble: () => undefined,
    });
    await clock.advance(SECOND);
  }
  const outcome = (runId: string) => reading.outcomes.get(runId);
  const log = (code: number) => `[2026-01-01T00:00:00Z]: Exited with code ${code}\n`;

  it('comes from the log, found by one search for all runs', async () => {
    const job = platform.addJob('sweep', 20);
    for (let id = 1; id <= 20; id += 1) platform.end(job, String(id), id === 7 ? 137 : 0);
    await follow(job);
    for (let id = 1; id <= 20; id += 1) subscription.wantOutcome(String(id));
    await clock.advance(SECOND);
    reading.outcomes.size.should.equal(20);
    outcome('7')!.should.match({
      result: 'failed',
      reason: 'exited with code 137 (killed or out of memory)',
    });
    outcome('8')!.result.should.equal('succeeded');
    platform.count('listJobFiles').should.equal(1);
    platform.count('openContents').should.equal(20);
    await clock.advance(600 * SECOND);
    platform.count('openContents').should.equal(20);
  });

  it('is waited for until the log is listed, and the run goes out with its files counted', async () => {
    const job = platform.addJob('sweep', 2);
    platform.start(job, '1');
    await follow(job);
    platform.end(job, '1');
    subscription.check();
    await clock.advance(SECOND);
    subscription.wantOutcome('1');
    await clock.advance(40 * SECOND);
    should(outcome('1')).be.undefined();
    job.logs.set('1', log(0));
    job.runs[0]!.outputFileCount = 2;
    await clock.advance(30 * SECOND);
    outcome('1')!.result.should.equal('succeeded');
    reading.runs.get('1')!.outputFileCount.should.equal(2);
  });

  it('is looked for at once, soon again, and then with growing pauses', async () => {
    const job = platform.addJob('sweep', 2);
    platform.start(job, '1');
    await follow(job);
    platform.end(job, '1');
    subscription.check();
    await clock.advance(0);
    const seen = clock.now();
    subscription.wantOutcome('1');
    await clock.advance(100 * SECOND);
    const looks = platform.requests.filter(({ call }) => call === 'listJobFiles');
    const pauses = looks.map(({ at }, index) => (at - (looks[index - 1]?.at ?? seen)) / SECOND);
    pauses[0]!.should.equal(0);
    pauses[1]!.should.be.belowOrEqual(2);
    pauses.should.eql([...pauses].sort((one, other) => one - other));
    pauses.at(-1)!.should.equal(30);
    looks.length.should.be.belowOrEqual(12);
  });

  it('asks for the history of the job once for the round that sees the end and for its evidence', async () => {
    const job = platform.addJob('sweep', 2);
    platform.start(job, '1');
    const told = polling.followJob('sweep', {
      interval: 30 * SECOND,
      onReading: ({ runs, outcomes }) => {
        if (runs.get('1')?.dateCompleted && !outcomes.has('1')) told.wantOutcome('1');
      },
      onTrouble: () => undefined,
    });
    platform.latency = 100;
    await clock.advance(5 * SECOND);
    platform.end(job, '1', 0);
    platform.requests.length = 0;
    await clock.advance(30 * SECOND);
    platform.count('openContents').should.equal(1);
    platform.count('listJobStatuses').should.equal(1);
  });

  it('goes out within two seconds of its log, however long the interval', async () => {
    const job = platform.addJob('sweep', 2);
    platform.start(job, '1');
    await follow(job, 600 * SECOND);
    platform.end(job, '1');
    subscription.check();
    await clock.advance(0);
    subscription.wantOutcome('1');
    await clock.advance(3 * SECOND);
    should(outcome('1')).be.undefined();
    job.logs.set('1', log(0));
    await clock.advance(2 * SECOND);
    outcome('1')!.result.should.equal('succeeded');
  });

  it('is looked for less often when the rate is short, because every look costs a request', async () => {
    const looksIn = async (rate: number) => {
      const own = fakePlatform(clock);
      own.rate = rate;
      const many = createJobPolling({ client: own.client, clock });
      for (let index = 0; index < 60; index += 1) {
        const { id } = own.addJob(`job${index}`, 2);
        const asks = many.followJob(id, {
          interval: 30 * SECOND,
          onReading: () => undefined,
          onTrouble: () => undefined,
        });
        if (index === 0) own.end(own.jobs.get(id)!, '1');
        await clock.advance(0);
        if (index === 0) asks.wantOutcome('1');
      }
      await clock.advance(60 * SECOND);
      many.close();
      return own.count('listJobFiles', 'job0');
    };
    (await looksIn(0.5)).should.be.below(await looksIn(0));
  });

  it('is unknown after 120 seconds without evidence, also with a long interval and failing answers', async () => {
    const job = platform.addJob('sweep', 2);
    platform.end(job, '1');
    await follow(job, 600 * SECOND);
    platform.fault = ({ call }) => {
      if (call === 'listJobFiles') throw failure('RESCALE_SERVER', 504);
    };
    subscription.wantOutcome('1');
    await clock.advance(119 * SECOND);
    should(outcome('1')).be.undefined();
    await clock.advance(2 * SECOND);
    outcome('1')!.result.should.equal('unknown');
  });

  it('is told of each run of a sweep by itself while the history of the job can’t be read', async () => {
    const job = platform.addJob('sweep', 14);
    for (let id = 1; id <= 14; id += 1) platform.start(job, String(id));
    await follow(job, 5 * SECOND);
    platform.fault = ({ call }) => {
      if (call === 'listJobStatuses') throw failure('RESCALE_SERVER', 504);
    };
    const told = new Map<string, number>();
    for (let id = 1; id <= 14; id += 1) {
      platform.end(job, String(id), 3);
      subscription.check();
      await clock.advance(0);
      subscription.wantOutcome(String(id));
      await clock.advance(15 * SECOND);
      for (const runId of reading.outcomes.keys()) if (!told.has(runId)) told.set(runId, id * 15);
    }
    told.get('1')!.should.be.within(120, 135);
    told.get('5')!.should.be.within(180, 195);
    outcome('5')!.should.match({ result: 'failed', reason: 'exited with code 3' });
  });

  for (const [name, pass] of Object.entries<() => Promise<void>>({
    'an outage': async () => {
      platform.fault = () => {
        throw failure('RESCALE_NETWORK');
      };
      await clock.advance(3 * 3600 * SECOND);
      reading.outcomes.size.should.equal(0);
      reading.filesListed.size.should.equal(0);
      platform.fault = null;
    },
    'a sleep of the machine': () => Promise.resolve(clock.fallAsleep(600 * SECOND)),
  })) {
    it(`is found after ${name} right after the end, files alike`, async () => {
      const job = platform.addJob('sweep', 2);
      platform.start(job, '1');
      await follow(job);
      platform.end(job, '1');
      job.runs[0]!.outputFileCount = 2;
      subscription.check();
      await clock.advance(0);
      subscription.wantOutcome('1');
      subscription.wantFiles('1');
      await clock.advance(80 * SECOND);
      await pass();
      // A moment after the platform is back, as after an outage of its own.
      await clock.advance(SECOND);
      job.logs.set('1', log(3));
      job.files.set('1', 2);
      await clock.advance(60 * SECOND);
      outcome('1')!.should.match({ result: 'failed', reason: 'exited with code 3' });
      reading.filesListed.get('1')!.should.be.true();
    });
  }

  for (const [what, count, ready] of [
    ['a text', 'many', true],
    ['a fraction', 2.5, true],
    ['below zero', -3, true],
    ['beyond all numbers', 1e300, true],
    ['more than is ever listed', 99, false],
  ] as const) {
    it(`lists the files of a run in time though their count is ${what}, and says whether they are all`, async () => {
      const job = platform.addJob('sweep', 1);
      platform.start(job, '1');
      await follow(job);
      platform.end(job, '1', 0);
      Object.assign(job.runs[0]!, { outputFileCount: count });
      subscription.check();
      await clock.advance(0);
      subscription.wantFiles('1');
      await clock.advance(20 * SECOND);
      // More may come as long as the list has not stood still.
      should(reading.filesListed.get('1')).be.undefined();
      await clock.advance(80 * SECOND);
      reading.filesListed.get('1')!.should.equal(ready);
    });
  }

  it('of a run that is begun anew is not told by the log of its former end', async () => {
    const job = platform.addJob('sweep', 2);
    job.logsUploaded = '2026-01-01T00:00:02Z';
    platform.start(job, '1');
    await follow(job);
    const ends = async (exitCode?: number) => {
      platform.end(job, '1', exitCode);
      subscription.check();
      await clock.advance(0);
      subscription.wantOutcome('1');
      await clock.advance(20 * SECOND);
    };
    await ends(0);
    outcome('1')!.result.should.equal('succeeded');
    job.runs[0]!.dateCompleted = null;
    subscription.check();
    await clock.advance(20 * SECOND);
    await ends();
    should(outcome('1')).be.undefined();
    await clock.advance(120 * SECOND);
    outcome('1')!.result.should.equal('unknown');
  });

  it('is not waited for when the run ended long ago', async () => {
    const job = platform.addJob('sweep', 2);
    platform.end(job, '1');
    await clock.advance(3600 * SECOND);
    await follow(job);
    subscription.wantOutcome('1');
    await clock.advance(SECOND);
    outcome('1')!.result.should.equal('unknown');
  });

  it('of a single-run job waits for the log although the job has spoken', async () => {
    const job = platform.addJob('single', 1);
    platform.end(job, '1');
    platform.setStatus(job, 'Completed', 'Completed successfully');
    await follow(job);
    subscription.wantOutcome('1');
    await clock.advance(20 * SECOND);
    should(outcome('1')).be.undefined();
    job.logs.set('1', log(1));
    await clock.advance(20 * SECOND);
    outcome('1')!.should.match({ result: 'failed', reason: 'exited with code 1' });
  });

  it('of a single-run job with a silent log is what the job says', async () => {
    const job = platform.addJob('single', 1);
    platform.end(job, '1');
    job.logs.set('1', 'no last words\n');
    await follow(job);
    subscription.wantOutcome('1');
    await clock.advance(60 * SECOND);
    should(outcome('1')).be.undefined();
    platform.setStatus(job, 'Completed', 'Exceeded max number of restarts');
    await clock.advance(30 * SECOND);
    outcome('1')!.should.match({ result: 'failed', reason: 'Exceeded max number of restarts' });
  });

  it('knows of a stop that the job tells only after the run has ended', async () => {
    const job = platform.addJob('sweep', 2);
    platform.start(job, '1');
    await follow(job);
    platform.setStatus(job, 'Stopping', 'User Terminated');
    await clock.advance(SECOND);
    platform.end(job, '1', 143);
    subscription.check();
    await clock.advance(0);
    subscription.wantOutcome('1');
    await clock.advance(SECOND);
    outcome('1')!.should.match({ result: 'stopped', reason: 'User Terminated' });
  });

  it('is a stop when this flow asked for it', async () => {
    const job = platform.addJob('sweep', 2);
    platform.start(job, '1');
    await follow(job);
    await requestedStops(platform.client).note('sweep', [{ id: '1' }], clock.now());
    platform.end(job, '1', 137);
    subscription.check();
    await clock.advance(0);
    subscription.wantOutcome('1');
    await clock.advance(SECOND);
    outcome('1')!.should.match({ result: 'stopped', reason: 'stopped by this flow' });
  });

  it('of a run that never started needs no log', async () => {
    const job = platform.addJob('sweep', 2);
    await follow(job);
    platform.setStatus(job, 'Cancelled');
    await clock.advance(70 * SECOND);
    subscription.wantOutcome('2');
    await clock.advance(SECOND);
    outcome('2')!.should.match({ result: 'stopped', reason: 'never started: Cancelled' });
    platform.count('listJobFiles').should.equal(0);
  });

  it('takes the log of this run, not one of the same name elsewhere', async () => {
    const job = platform.addJob('sweep', 12);
    platform.end(job, '1', 0);
    platform.end(job, '11', 5);
    await follow(job);
    subscription.wantOutcome('1');
    subscription.wantOutcome('11');
    await clock.advance(SECOND);
    outcome('1')!.result.should.equal('succeeded');
    outcome('11')!.reason.should.equal('exited with code 5');
  });

  it('files are ready when all that the run counts are listed', async () => {
    const job = platform.addJob('sweep', 2);
    platform.end(job, '1', 0);
    job.files.set('1', 1);
    await follow(job);
    subscription.wantFiles('1');
    await clock.advance(60 * SECOND);
    (reading.filesListed.get('1') ?? false).should.be.false();
    job.files.set('1', 2);
    await clock.advance(30 * SECOND);
    reading.filesListed.get('1')!.should.be.true();
    const before = platform.count('listRunFiles');
    await clock.advance(600 * SECOND);
    platform.count('listRunFiles').should.equal(before);
  });

  it('files are ready with a snapshot among them, whether the run counts it or not', async () => {
    const job = platform.addJob('sweep', 2);
    platform.end(job, '1', 0);
    job.files.set('1', 1);
    job.archives.set('1', 1);
    await follow(job);
    subscription.wantFiles('1');
    // One output and one archive: all, if the run counts archives; else another output is still to come.
    await clock.advance(0);
    (reading.filesListed.get('1') ?? false).should.be.false();
    await clock.advance(60 * SECOND);
    reading.filesListed.get('1')!.should.be.true();
  });

  it('files that never come are not looked for for ever', async () => {
    const job = platform.addJob('sweep', 2);
    platform.end(job, '1');
    await follow(job);
    subscription.wantFiles('1');
    await clock.advance(400 * SECOND);
    platform.requests.length = 0;
    await clock.advance(600 * SECOND);
    platform.count('listRunFiles').should.equal(0);
    (reading.filesListed.get('1') ?? false).should.be.false();
  });
});

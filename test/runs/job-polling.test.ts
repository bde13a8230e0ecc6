import 'should';
import should from 'should';
import {
  hasJobEnded,
  progressOf,
  stateIn,
  type JobReading,
  type Trouble,
} from '../../src/runs/run/job-reading';
import { createJobPolling, type JobSubscription, type JobPolling } from '../../src/runs/polling/job-polling';
import { failure, fakePlatform, runOf, type FakePlatform } from './fake-platform';
import { virtualClock, type VirtualClock } from './virtual-clock';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('Poller', () => {
  let clock: VirtualClock;
  let platform: FakePlatform;
  let polling: JobPolling;

  beforeEach(() => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    polling = createJobPolling({ client: platform.client, clock });
  });
  afterEach(() => {
    polling.close();
    clock.timers.should.equal(0);
  });

  /** Follows a job and writes down what is told. */
  function follow(jobId: string, interval = 30 * SECOND) {
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

  it('asks for a job once for everybody, as often as the most impatient wants and no more', async () => {
    platform.start(platform.addJob('sweep', 500), '1');
    const followers = Array.from({ length: 50 }, (_, index) => follow('sweep', (30 + index) * SECOND));
    await clock.advance(5 * MINUTE);
    const lists = platform.requests.filter(({ call }) => call === 'listRuns' || call === 'readRunsPage');
    lists.length.should.equal(11);
    lists.slice(1).forEach(({ at }, index) => (at - lists[index]!.at).should.equal(30 * SECOND));
    platform.requests.length.should.be.belowOrEqual(15);
    for (const { readings } of followers) readings.should.be.aboveOrEqual(11);
  });

  it('goes on in its interval when the clock is set back', async () => {
    const job = platform.addJob('sweep', 2);
    platform.start(job, '1');
    const seen = follow('sweep');
    const jobLists = { count: 0 };
    const all = polling.followJobs({
      interval: 30 * SECOND,
      newest: () => null,
      onJobs: () => (jobLists.count += 1),
      onTrouble: () => {},
    });
    await clock.advance(MINUTE);
    const before = jobLists.count;
    clock.setBack(24 * 60 * MINUTE);
    platform.end(job, '1', 3);
    await clock.advance(2 * MINUTE);
    seen.over.has('1').should.be.true();
    jobLists.count.should.be.above(before + 1);
    seen.subscription.wantOutcome('1');
    await clock.advance(MINUTE);
    seen.last!.outcomes.get('1')!.result.should.equal('failed');
    all.release();
  });

  it('gives up waiting for evidence in time when the clock is set back', async () => {
    const job = platform.addJob('sweep', 2);
    platform.end(job, '1');
    const seen = follow('sweep');
    await clock.advance(SECOND);
    seen.subscription.wantOutcome('1');
    await clock.advance(30 * SECOND);
    clock.setBack(24 * 60 * MINUTE);
    await clock.advance(4 * MINUTE);
    seen.last!.outcomes.get('1')!.result.should.equal('unknown');
  });

  it('tells each completion within one interval', async () => {
    const job = platform.addJob('sweep', 3);
    const seen = follow('sweep');
    platform.start(job, '1');
    await clock.advance(40 * SECOND);
    progressOf(seen.last!).should.eql({ total: 3, pending: 2, running: 1, completed: 0 });
    platform.end(job, '1');
    const ended = clock.now();
    await clock.advance(30 * SECOND);
    (seen.over.get('1')! - ended).should.be.belowOrEqual(30 * SECOND);
    progressOf(seen.last!).should.eql({ total: 3, pending: 2, running: 0, completed: 1 });
  });

  it('leaves nothing behind when nobody is interested', async () => {
    platform.addJob('sweep', 3);
    const seen = [follow('sweep'), follow('sweep')];
    await clock.advance(MINUTE);
    clock.timers.should.equal(1);
    seen.forEach(({ subscription }) => subscription.release());
    await clock.advance(0);
    clock.timers.should.equal(0);
    const before = platform.requests.length;
    await clock.advance(60 * MINUTE);
    platform.requests.length.should.equal(before);
  });

  it('asks anew for who comes late, and never answers with what was read before', async () => {
    const job = platform.addJob('sweep', 3);
    platform.end(job, '1');
    follow('sweep');
    await clock.advance(10 * SECOND);
    platform.latency = 2 * SECOND;
    // While a round is under way that was begun before somebody asks.
    follow('sweep').subscription.check();
    await clock.advance(SECOND);
    job.runs[0]!.dateCompleted = null;
    const late = follow('sweep');
    await clock.advance(30 * SECOND);
    late.last!.runs.size.should.equal(3);
    late.over.has('1').should.be.false();
  });

  it('reads a job once for a thousand messages that come together', async () => {
    platform.end(platform.addJob('sweep', 3), '1');
    follow('sweep');
    await clock.advance(SECOND);
    platform.requests.length = 0;
    const many = Array.from({ length: 1000 }, () => follow('sweep'));
    await clock.advance(SECOND);
    many.every(({ over }) => over.has('1')).should.be.true();
    (platform.count('listRuns') + platform.count('readRunsPage')).should.equal(1);
  });

  it('reads a quiet job at once for somebody new', async () => {
    const job = platform.addJob('sweep', 1);
    platform.start(job, '1');
    follow('sweep');
    await clock.advance(3 * 60 * MINUTE + 10 * SECOND);
    platform.end(job, '1');
    const late = follow('sweep');
    await clock.advance(SECOND);
    late.over.has('1').should.be.true();
  });

  it('begins a round again that was cut off', async () => {
    platform.addJob('sweep', 1);
    follow('sweep').subscription.release();
    const seen = follow('sweep');
    await clock.advance(0);
    seen.readings.should.be.above(0);
  });

  it('asks in its interval, however long nothing moves', async () => {
    const job = platform.addJob('sweep', 1);
    platform.start(job, '1');
    follow('sweep');
    await clock.advance(10 * 60 * MINUTE);
    const gaps = platform.requests
      .filter(({ call }) => call === 'listRuns' || call === 'readRunsPage')
      .map(({ at }, index, all) => at - (all[index - 1]?.at ?? at));
    for (const gap of gaps.slice(1)) gap.should.equal(30 * SECOND);
  });

  it('asks less often for quiet jobs when the rate does not suffice, and says so', async () => {
    platform.rate = 0.5;
    for (let job = 0; job < 20; job += 1) platform.start(platform.addJob(`job${job}`, 1), '1');
    for (const id of platform.jobs.keys()) follow(id);
    const moving = platform.jobs.get('job0')!;
    for (let minute = 0; minute < 12; minute += 1) {
      await clock.advance(MINUTE);
      moving.runs.push(runOf(String(minute + 2), minute + 2));
    }
    polling.stretch.should.be.within(1.5, 10);
    const lists = (id: string) => platform.count('listRuns', id) + platform.count('readRunsPage', id);
    const [before, quiet] = [lists('job0'), lists('job1')];
    await clock.advance(5 * MINUTE);
    (lists('job0') - before).should.be.aboveOrEqual(9);
    (lists('job1') - quiet).should.be.within(2, 6);
  });

  it('does not let jobs that fail for minutes keep the others from being read', async () => {
    for (let job = 0; job < 12; job += 1) platform.start(platform.addJob(`slow${job}`, 1), '1');
    const job = platform.addJob('well', 1);
    platform.start(job, '1');
    // As a client whose patience is two minutes long.
    platform.slow = (request) => (request.jobId.startsWith('slow') ? 120 * SECOND : 0);
    for (const id of platform.jobs.keys()) follow(id, 5 * SECOND);
    await clock.advance(5 * MINUTE);
    platform.requests.length = 0;
    await clock.advance(5 * MINUTE);
    (platform.count('listRuns', 'well') + platform.count('readRunsPage', 'well')).should.be.aboveOrEqual(50);
    polling.close();
    await clock.advance(5 * MINUTE);
  });

  it('looks at once when it is told to', async () => {
    const job = platform.addJob('sweep', 1);
    const seen = follow('sweep');
    await clock.advance(SECOND);
    platform.end(job, '1');
    seen.subscription.check();
    await clock.advance(0);
    seen.over.has('1').should.be.true();
  });

  it('asks nothing while the platform wants a pause', async () => {
    platform.addJob('sweep', 1);
    follow('sweep');
    await clock.advance(20 * SECOND);
    platform.pausedUntil = clock.now() + 60 * SECOND;
    const before = platform.requests.length;
    await clock.advance(59 * SECOND);
    platform.requests.length.should.equal(before);
    platform.pausedUntil = null;
    await clock.advance(2 * SECOND);
    platform.requests.length.should.be.above(before);
  });

  describe('reading a long list', () => {
    const pages = () =>
      platform.requests.filter(({ call }) => call === 'readRunsPage' || call === 'listRuns').splice(0);

    beforeEach(() => {
      platform.pageLimit = 100;
      const job = platform.addJob('sweep', 1000);
      for (let id = 1; id <= 750; id += 1) platform.end(job, String(id), 0);
      for (let id = 751; id <= 760; id += 1) platform.start(job, String(id));
    });

    it('skips the pages that hold only completed runs', async () => {
      const seen = follow('sweep');
      await clock.advance(SECOND);
      pages().length.should.equal(10);
      platform.requests.length = 0;
      await clock.advance(30 * SECOND);
      pages()
        .map(({ detail }) => detail)
        .should.eql(['page 8', 'page 9', 'page 10']);
      seen.last!.runs.size.should.equal(1000);
    });

    it('reads everything now and then, and so finds what changed behind its back', async () => {
      const seen = follow('sweep');
      await clock.advance(SECOND);
      const first = platform.jobs.get('sweep')!.runs[0]!;
      first.variables = [{ name: 'Cd', value: 1, displayValue: '1', isRelative: false }];
      await clock.advance(5 * MINUTE);
      seen.last!.runs.get('1')!.variables.length.should.equal(1);
    });

    it('finds runs that are added on new pages', async () => {
      const seen = follow('sweep');
      await clock.advance(SECOND);
      const job = platform.jobs.get('sweep')!;
      for (let id = 1001; id <= 1250; id += 1) job.runs.push(runOf(String(id), id));
      await clock.advance(30 * SECOND);
      seen.last!.runs.size.should.equal(1250);
    });

    it('reads everything when the pages have shifted', async () => {
      const seen = follow('sweep');
      await clock.advance(SECOND);
      const job = platform.jobs.get('sweep')!;
      job.runs.unshift(runOf('0', 0));
      platform.end(job, '755', 0);
      await clock.advance(30 * SECOND);
      seen.last!.runs.size.should.equal(1001);
      seen.over.has('755').should.be.true();
    });

    it('goes on when the platform gives every page the same rows', async () => {
      platform.pageLimit = 1000;
      const seen = follow('sweep');
      await clock.advance(SECOND);
      const client = platform.client as { readRunsPage: unknown };
      const real = platform.client.readRunsPage.bind(platform.client);
      client.readRunsPage = async (jobId: string, _page: number, options: object) => ({
        ...(await real(jobId, 1, options)),
        more: true,
      });
      await clock.advance(5 * MINUTE);
      seen.readings.should.be.above(5);
      platform.requests.length.should.be.below(60);
    });
  });

  describe('answers that are no news', () => {
    for (const code of [
      'RESCALE_SERVER',
      'RESCALE_NETWORK',
      'RESCALE_TIMEOUT',
      'RESCALE_PROTOCOL',
      'RESCALE_RATE_LIMIT',
      'RESCALE_AUTH',
      'RESCALE_REJECTED',
    ] as const) {
      it(`${code}: nothing is told but the trouble, and it goes on by itself`, async () => {
        const job = platform.addJob('sweep', 2);
        platform.start(job, '1');
        const seen = follow('sweep');
        await clock.advance(SECOND);
        const before = seen.readings;
        platform.fault = () => {
          throw failure(code);
        };
        const since = clock.monotonic();
        await clock.advance(20 * MINUTE);
        seen.readings.should.equal(before);
        seen.troubles.length.should.be.above(5);
        for (const trouble of seen.troubles) {
          trouble!.error.code.should.equal(code);
          trouble!.since.should.be.within(since, since + 30 * SECOND);
        }
        platform.end(job, '1');
        platform.fault = null;
        await clock.advance(MINUTE);
        should(seen.troubles.at(-1)).be.null();
        seen.over.has('1').should.be.true();
        seen.over.has('2').should.be.false();
      });
    }

    it('a failing status does not hold up the list', async () => {
      const job = platform.addJob('sweep', 2);
      const seen = follow('sweep');
      platform.fault = ({ call }) => {
        if (call === 'listJobStatuses') throw failure('RESCALE_SERVER', 504);
      };
      await clock.advance(SECOND);
      platform.end(job, '1');
      await clock.advance(30 * SECOND);
      seen.over.has('1').should.be.true();
      seen.troubles.at(-1)!.error.statusCode!.should.equal(504);
    });

    it('an empty list of runs is odd, once and twice', async () => {
      const job = platform.addJob('sweep', 2);
      platform.start(job, '1');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      let hollow = 3;
      platform.fault = ({ call }) => (call === 'readRunsPage' || call === 'listRuns') && hollow-- > 0;
      await clock.advance(2 * MINUTE);
      seen.troubles.some((trouble) => trouble?.error.code === 'RESCALE_PROTOCOL').should.be.true();
      seen.last!.runs.size.should.equal(2);
      seen.last!.gone.size.should.equal(0);
      seen.over.size.should.equal(0);
    });

    it('an empty status history is not a new one', async () => {
      const job = platform.addJob('sweep', 1);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.fault = ({ call }) => call === 'listJobStatuses';
      await clock.advance(MINUTE);
      seen.last!.statuses!.should.eql(job.statuses);
    });
  });

  describe('what disappears', () => {
    it('a run is gone, never completed, and only when the platform says so again and again', async () => {
      const job = platform.addJob('sweep', 3);
      platform.start(job, '2');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      const [lost] = job.runs.splice(1, 1);
      await clock.advance(65 * SECOND);
      seen.last!.gone.size.should.equal(0);
      await clock.advance(2 * MINUTE);
      [...seen.last!.gone].should.eql(['2']);
      seen.last!.runs.has('2').should.be.false();
      seen.over.size.should.equal(0);
      job.runs.push(lost!);
      await clock.advance(MINUTE);
      seen.last!.gone.size.should.equal(0);
      seen.last!.runs.has('2').should.be.true();
    });

    it('a run that the list leaves out but that still exists is not gone', async () => {
      platform.addJob('sweep', 3);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      const client = platform.client as { listRuns: unknown };
      const real = platform.client.listRuns.bind(platform.client);
      client.listRuns = async function* (jobId: string, options: object) {
        for await (const page of real(jobId, options)) yield { ...page, rows: page.rows.slice(1) };
      };
      platform.fault = ({ call }) => {
        if (call === 'readRunsPage') throw failure('RESCALE_SERVER');
      };
      await clock.advance(10 * MINUTE);
      seen.last!.gone.size.should.equal(0);
      seen.last!.runs.size.should.equal(3);
    });

    it('a job is gone after three rounds, and comes back', async () => {
      const job = platform.addJob('sweep', 1);
      platform.start(job, '1');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.jobs.delete('sweep');
      await clock.advance(70 * SECOND);
      seen.last!.jobGone.should.be.false();
      await clock.advance(2 * MINUTE);
      seen.last!.jobGone.should.be.true();
      hasJobEnded(seen.last!).should.be.false();
      seen.over.size.should.equal(0);
      platform.jobs.set('sweep', job);
      await clock.advance(2 * MINUTE);
      seen.last!.jobGone.should.be.false();
    });

    it('a job that lists no runs yet exists as long as it has a status', async () => {
      const job = platform.addJob('sweep', 1);
      job.listed = false;
      const seen = follow('sweep');
      await clock.advance(10 * MINUTE);
      seen.last!.jobGone.should.be.false();
      seen.last!.runs.size.should.equal(0);
      seen.troubles.length.should.equal(0);
      job.listed = true;
      await clock.advance(MINUTE);
      seen.last!.runs.size.should.equal(1);
    });

    it('a job that has runs and answers 404 for them is odd, not gone', async () => {
      const job = platform.addJob('sweep', 1);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      job.listed = false;
      await clock.advance(10 * MINUTE);
      seen.last!.jobGone.should.be.false();
      seen.last!.runs.size.should.equal(1);
      seen.troubles.at(-1)!.error.code.should.equal('RESCALE_PROTOCOL');
    });
  });

  describe('the end of a job', () => {
    it('is seen with its last run, when the runs are listed again after the status', async () => {
      const job = platform.addJob('sweep', 2);
      platform.start(job, '1');
      platform.start(job, '2');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.end(job, '1');
      platform.end(job, '2');
      platform.setStatus(job, 'Completed', 'Completed successfully');
      await clock.advance(30 * SECOND);
      hasJobEnded(seen.last!).should.be.true();
    });

    it('calls a run without an end ended only at the second terminal reading', async () => {
      const job = platform.addJob('sweep', 2);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.setStatus(job, 'Force Stop');
      await clock.advance(30 * SECOND);
      seen.last!.terminalReadings.should.equal(1);
      seen.over.size.should.equal(0);
      platform.end(job, '1');
      await clock.advance(30 * SECOND);
      stateIn(seen.last!, seen.last!.runs.get('1')!).should.equal('completed');
      stateIn(seen.last!, seen.last!.runs.get('2')!).should.equal('ended');
      hasJobEnded(seen.last!).should.be.true();
    });

    it('takes back a terminal status that was not the last word', async () => {
      const job = platform.addJob('sweep', 2);
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.setStatus(job, 'Completed');
      await clock.advance(30 * SECOND);
      platform.setStatus(job, 'Executing');
      await clock.advance(60 * SECOND);
      seen.over.size.should.equal(0);
      hasJobEnded(seen.last!).should.be.false();
    });

    it('includes a run that appeared and ended while the status was read', async () => {
      const job = platform.addJob('sweep', 1);
      platform.start(job, '1');
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.end(job, '1');
      platform.fault = ({ call }) => {
        if (call !== 'listJobStatuses' || job.runs.length > 1) return;
        job.runs.push(runOf('2', 2));
        platform.start(job, '2');
        platform.setStatus(job, 'Completed');
      };
      await clock.advance(30 * SECOND);
      seen.last!.runs.size.should.equal(2);
      hasJobEnded(seen.last!).should.be.false();
    });

    it('comes for a job that was cancelled before it listed any run', async () => {
      const job = platform.addJob('sweep', 0);
      job.listed = false;
      const seen = follow('sweep');
      await clock.advance(SECOND);
      platform.setStatus(job, 'Cancelled');
      await clock.advance(30 * SECOND);
      hasJobEnded(seen.last!).should.be.false();
      await clock.advance(30 * SECOND);
      hasJobEnded(seen.last!).should.be.true();
    });

    it('makes the job nearly free', async () => {
      const job = platform.addJob('sweep', 2);
      platform.end(job, '1', 0);
      platform.end(job, '2', 0);
      platform.setStatus(job, 'Completed');
      follow('sweep');
      await clock.advance(5 * MINUTE);
      const before = platform.requests.length;
      await clock.advance(60 * MINUTE);
      (platform.requests.length - before).should.be.belowOrEqual(6);
    });
  });

  it('serves everything in its turn when there is more to ask than time to ask', async () => {
    // Forty jobs every ten seconds, of which the platform answers less than one a second.
    platform.latency = 5 * SECOND;
    const jobs = Array.from({ length: 40 }, (_, index) => platform.addJob(`job${index}`, 3));
    for (const job of jobs) platform.start(job, '1');
    const seen = jobs.map(({ id }) => follow(id, 10 * SECOND));
    await clock.advance(5 * MINUTE);
    seen.every(({ readings }) => readings > 0).should.be.true();
    platform.end(jobs[7]!, '1', 0);
    await clock.advance(2 * MINUTE);
    seen[7]!.over.has('1').should.be.true();
    seen[7]!.subscription.wantOutcome('1');
    platform.addJob('late', 1);
    const late = follow('late', 10 * SECOND);
    await clock.advance(90 * SECOND);
    seen[7]!.last!.outcomes.get('1')!.result.should.equal('succeeded');
    await clock.advance(MINUTE);
    late.readings.should.be.above(0);
    for (const { subscription } of [...seen, late]) subscription.release();
    await clock.advance(MINUTE);
  });

  it('reads 10,000 runs of 100 jobs with one request a job and round', async () => {
    for (let index = 0; index < 100; index += 1) {
      const job = platform.addJob(`job${index}`, 100);
      platform.start(job, '1');
      follow(job.id);
    }
    await clock.advance(SECOND);
    platform.requests.length = 0;
    await clock.advance(5 * MINUTE);
    const perRound = platform.requests.length / 10 / 100;
    perRound.should.be.belowOrEqual(1.4);
  });
});

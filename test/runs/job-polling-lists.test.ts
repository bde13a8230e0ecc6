import should from 'should';
import { failure, runOf } from './fake-platform';
import { MINUTE, SECOND, clock, follow, platform, newForEach } from './polling-setup';

describe('Polling of jobs with long lists and odd answers', () => {
  newForEach();

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
});

import 'should';
import type { JobSummary } from '../../src/api/client/types';
import { planJobs } from '../../src/runs/watch/all-jobs';
import type { WatchRoot } from '../../src/runs/watch/watch-state';

describe('A watch of all jobs', () => {
  const root = {
    newest: null,
    recent: [],
    drafts: [],
    added: [],
    removed: [],
    done: [],
    doneUntil: {},
    anew: false,
  };

  it('takes a job for new although another has a date that is yet to come', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    const job = (id: string, dateInserted: string) => ({ id, name: id, dateInserted }) as JobSummary;
    const list = (at: number, ...recent: JobSummary[]) => ({ active: [], recent, platformNow: at });
    const search = { matches: () => true, since: now, again: [] };
    const odd = job('odd', '2099-01-01T00:00:00Z');
    const first = planJobs(root as unknown as WatchRoot, list(now, odd), search);
    const known = { ...root, ...first.known } as unknown as WatchRoot;
    const next = planJobs(known, list(now + 60_000, odd, job('new', '2026-01-01T12:00:50Z')), search);
    next.follow.should.containEql({ jobId: 'new', baseline: { from: 'begin' } });
    next.follow.map(({ jobId }) => jobId).should.not.containEql('odd');
  });

  for (const date of [null, undefined, 'soon'])
    it(`takes a job for new, once, though its date is ${date}`, () => {
      const now = Date.parse('2026-01-01T12:00:00Z');
      const job = (id: string) => ({ id, name: id, dateInserted: date }) as unknown as JobSummary;
      const list = (...recent: JobSummary[]) => ({ active: [], recent, platformNow: now });
      const search = { matches: () => true, since: now, again: [] };
      const after = (known: object, ...jobs: JobSummary[]) => {
        const plan = planJobs({ ...root, ...known } as unknown as WatchRoot, list(...jobs), search);
        return { known: plan.known, news: plan.follow.filter(({ baseline }) => baseline?.from === 'begin') };
      };
      const first = after({}, job('old'));
      first.news.should.eql([]);
      const second = after(first.known, job('new'), job('old'));
      second.news.map(({ jobId }) => jobId).should.eql(['new']);
      after(second.known, job('new'), job('old')).news.should.eql([]);
    });
});

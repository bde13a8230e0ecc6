import 'should';
import fc from 'fast-check';
import should from 'should';
import type { JobStatus, Run } from '../../src/api/client/types';
import type { JobReading } from '../../src/runs/run/job-reading';
import type { Outcome } from '../../src/runs/run/outcome';
import type { WatchEvent, WatchEventKind } from '../../src/runs/watch/watch-event';
import { toStored } from '../../src/runs/tasks/stored-format';
import { stepWatch } from '../../src/runs/watch/watch';
import { readWatchState, watchedJobFormat } from '../../src/runs/watch/watch-state';
import { beginWatch, type Baseline, type WatchSettings } from '../../src/runs/watch/watched-job';
import { runOf } from './fake-platform';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();

const succeeded: Outcome = { result: 'succeeded', reason: 'exited with code 0', evidence: [] };
const failed: Outcome = { result: 'failed', reason: 'exited with code 1', evidence: [] };

const executing: JobStatus = { status: 'Executing', statusReason: null, statusDate: iso(T0 - 100 * HOUR) };

function run(id: string, started: number | null, completed: number | null = null): Run {
  return {
    ...runOf(id, Number(id)),
    dateStarted: started === null ? null : iso(started),
    dateCompleted: completed === null ? null : iso(completed),
  };
}

function read(runs: Run[], more: Partial<JobReading> = {}): JobReading {
  return {
    jobId: 'sweep',
    platformNow: T0,
    round: 1,
    runs: new Map(runs.map((one) => [one.id, one])),
    complete: true,
    unread: 0,
    gone: new Set(),
    statuses: [executing],
    terminalReadings: 0,
    listedSinceTerminal: false,
    missing: 0,
    jobGone: false,
    notFound: null,
    outcomes: new Map(),
    filesListed: new Map(),
    ...more,
  };
}

function over(runs: Run[], at: number, more: Partial<JobReading> = {}, reason = 'Completed successfully') {
  const completed: JobStatus = { status: 'Completed', statusReason: reason, statusDate: iso(at) };
  const statuses = [completed, executing];
  return read(runs, { statuses, terminalReadings: 2, listedSinceTerminal: true, ...more });
}

const all: WatchEventKind[] = ['started', 'completed', 'job'];
const now: Baseline = { from: 'now' };

/** A watch that is fed readings and gives the events of each. */
function watch(more: Partial<WatchSettings> = {}) {
  const settings: WatchSettings = {
    origin: 'https://platform.rescale.com',
    events: new Set(all),
    outcome: false,
    files: false,
    overdue: 0,
    waiting: 0,
    baseline: now,
    interval: 30_000,
    ...more,
  };
  const self = {
    state: beginWatch('sweep', T0, null),
    wanted: [] as string[],
    wantedFiles: [] as string[],
    reportedAlso: null as number | null,
    settings,
    gone: [] as string[],
    feed(reading: JobReading, at = T0, { late = false, redelivered = false } = {}): WatchEvent[] {
      const moment = { now: at, since: T0, late, redelivered };
      const step = stepWatch(self.state, { ...reading, platformNow: at }, self.settings, moment);
      // What is not said to be changed is not written, and must not be needed.
      const kept = step.changed ? step.state : self.state;
      self.wanted = step.wantedOutcomes;
      self.wantedFiles = step.wantedFiles;
      self.reportedAlso = step.reportedAlso;
      self.gone = step.gone;
      const { outbox } = kept;
      const stored: unknown = JSON.parse(JSON.stringify(toStored(watchedJobFormat, { ...kept, outbox: [] })));
      // Rounds are counted anew after a restart only.
      self.state = { ...readWatchState(watchedJobFormat, stored)!, baselineRound: kept.baselineRound };
      return outbox;
    },
  };
  return self;
}
const names = (events: WatchEvent[]) => events.map(({ event, runId }) => `${event} ${runId ?? ''}`.trim());

describe('Watch of a job', () => {
  it('tells nothing of what there was before, and everything after', () => {
    const one = watch();
    names(one.feed(read([run('1', T0 - HOUR, T0 - 5), run('2', T0 - 9), run('3', null)]))).should.eql([]);
    names(
      one.feed(read([run('1', T0 - HOUR, T0 - 5), run('2', T0 - 9, T0 + 1), run('3', T0 + 2)])),
    ).should.eql(['completed 2', 'started 3']);
    names(
      one.feed(
        over([run('1', T0 - HOUR, T0 - 5), run('2', T0 - 9, T0 + 1), run('3', T0 + 2, T0 + 4)], T0 + 5),
      ),
    ).should.eql(['completed 3', 'job']);
    names(one.feed(over([run('3', T0 + 2, T0 + 4)], T0 + 5))).should.eql([]);
  });

  it('tells of runs that are called like what every object inherits', () => {
    const one = watch({ outcome: true });
    const named = ['constructor', 'toString', 'valueOf', 'hasOwnProperty'];
    const runs = (completed: number | null) => named.map((id) => ({ ...run('1', T0 + 1, completed), id }));
    one.feed(read([]));
    names(one.feed(read(runs(null)))).should.eql(named.map((id) => `started ${id}`));
    one.feed(read(runs(T0 + 5))).should.eql([]);
    one.wanted.should.eql(named);
    const outcomes = new Map(named.map((id) => [id, failed]));
    names(one.feed(over(runs(T0 + 5), T0 + 6, { outcomes }))).should.eql([
      ...named.map((id) => `completed ${id}`),
      'job',
    ]);
  });

  it('tells what its payload promises', () => {
    const one = watch({ outcome: true });
    one.feed(read([run('1', T0 - HOUR)]));
    one.feed(read([run('1', T0 - HOUR, T0)]), T0 + 10).should.eql([]);
    one.wanted.should.eql(['1']);
    const reading = read([run('1', T0 - HOUR, T0)], { outcomes: new Map([['1', failed]]) });
    const [event] = one.feed(reading, T0 + 50_000);
    event!.should.containEql({
      event: 'completed',
      jobId: 'sweep',
      runId: '1',
      outcome: failed,
      summary: 'Job sweep run 1 failed after 1 h: exited with code 1',
      duration: 3600,
      occurredAt: iso(T0),
      detectedAt: iso(T0 + 10),
      late: false,
      redelivered: false,
      progress: { total: 1, pending: 0, running: 0, completed: 1 },
    });
    event!.run!.id.should.equal('1');
    event!.eventId.should.match(/^[0-9a-f]{32}$/);
  });

  it('tells a run that was never seen running as started and completed, in this order', () => {
    const one = watch();
    one.feed(read([run('1', null)]));
    names(one.feed(read([run('1', T0, T0 + 1)]))).should.eql(['started 1', 'completed 1']);
  });

  it('tells runs that are added while it watches', () => {
    const one = watch();
    one.feed(read([]));
    names(one.feed(read([run('7', T0, T0 + 1)]))).should.eql(['started 7', 'completed 7']);
  });

  it('tells only the kinds that are asked for', () => {
    const one = watch({ events: new Set<WatchEventKind>(['job']) });
    one.feed(read([run('1', T0)]));
    names(one.feed(over([run('1', T0, T0 + 1)], T0 + 2))).should.eql(['job']);
  });

  it('asks for no outcome that nobody is told', () => {
    const one = watch({ events: new Set<WatchEventKind>(['started']), outcome: true });
    one.feed(read([run('1', null)]));
    names(one.feed(read([run('1', T0, T0 + 1)]))).should.eql(['started 1']);
    one.wanted.should.eql([]);
  });

  it('tells runs without an end as completed when the job is over, and not again when the end comes', () => {
    const one = watch();
    one.feed(read([run('1', T0), run('2', null)]));
    const events = one.feed(over([run('1', T0), run('2', null)], T0 + 9, {}, 'User Terminated'));
    names(events).should.eql(['completed 1', 'completed 2', 'job']);
    events[1]!.occurredAt!.should.equal(iso(T0 + 9));
    events[1]!.summary.should.equal('Job sweep run 2 never started');
    one.feed(over([run('1', T0, T0 + 8), run('2', null)], T0 + 9)).should.eql([]);
  });

  it('tells a job after the last of its runs, when its outcome is known', () => {
    const one = watch({ outcome: true });
    one.feed(read([run('1', T0), run('2', T0)]));
    const runs = [run('1', T0, T0 + 60_000), run('2', T0, T0 + 60_000)];
    one.feed(over(runs, T0 + 120_000, { outcomes: new Map([['1', succeeded]]) })).length.should.equal(1);
    const outcomes = new Map([
      ['1', succeeded],
      ['2', failed],
    ]);
    const events = one.feed(over(runs, T0 + 120_000, { outcomes }));
    names(events).should.eql(['completed 2', 'job']);
    events[1]!.outcome!.reason.should.equal('1 of 2 runs failed');
    events[1]!.summary.should.equal('Job sweep failed after 2 min: 1 of 2 runs failed');
    events[1]!.duration!.should.equal(120);
    should(events[1]!.run).be.null();
  });

  it('does not tell a job as well while something speaks against one of its runs', () => {
    const one = watch({ outcome: true });
    one.feed(read([run('1', T0), run('2', T0)]));
    const perhaps: Outcome = { result: 'unknown', reason: 'perhaps', evidence: [], doubtful: true };
    const first = new Map([['1', perhaps]]);
    const runs = [run('1', T0, T0 + 60_000), run('2', T0, T0 + 60_000)];
    names(one.feed(over(runs, T0 + 120_000, { outcomes: first }))).should.eql(['completed 1']);
    const [, job] = one.feed(over(runs, T0 + 120_000, { outcomes: new Map([['2', succeeded]]) }));
    job!.outcome!.result.should.equal('unknown');
    job!.summary.should.equal('Job sweep ended after 2 min, but how 1 of 2 runs ended is not certain');
  });

  it('tells a job that was cancelled before it had runs', () => {
    const one = watch();
    one.feed(read([]));
    names(one.feed(over([], T0 + 5, {}, 'User Terminated'))).should.eql(['job']);
  });

  it('takes a run that is gone for nothing but gone', () => {
    const one = watch();
    one.feed(read([run('1', T0), run('2', T0)]));
    names(one.feed(read([run('1', T0)], { gone: new Set(['2']) }))).should.eql([]);
    one.gone.should.eql(['2']);
    one.feed(read([run('1', T0)], { gone: new Set(['2']) }));
    one.gone.should.eql([]);
    names(one.feed(over([run('1', T0, T0 + 1)], T0 + 2, { gone: new Set(['2']) }))).should.eql([
      'completed 1',
      'job',
    ]);
  });

  it('tells the end of a run that was gone and came back', () => {
    const one = watch();
    one.feed(read([run('1', T0), run('2', T0)]));
    one.feed(read([run('1', T0)], { gone: new Set(['2']) }));
    names(one.feed(read([run('1', T0), run('2', T0, T0 + 5)]))).should.eql(['completed 2']);
  });

  it('says nothing of a job that does not exist', () => {
    const one = watch();
    one.feed(read([run('1', T0)]));
    one.feed(over([], T0, { jobGone: true })).should.eql([]);
  });

  it('marks what happened while nobody watched as late, also when its outcome comes in time', () => {
    const one = watch({ outcome: true });
    one.feed(read([run('1', T0)]));
    one.feed(read([run('1', T0, T0 + 1)]), T0, { late: true });
    one
      .feed(read([run('1', T0, T0 + 1)], { outcomes: new Map([['1', succeeded]]) }))[0]!
      .late.should.be.true();
  });

  it('keeps the id of an event whatever form the date takes and whenever it is seen', () => {
    const ids = ['2026-01-01T01:00:00.000000Z', '2026-01-01T02:00:00+01:00'].map((dateCompleted, index) => {
      const one = watch();
      one.feed(read([run('1', T0)]));
      const ended = { ...run('1', T0), dateCompleted };
      return one.feed(read([ended]), T0 + index * HOUR, { redelivered: index === 1 })[0]!;
    });
    ids[0]!.eventId.should.equal(ids[1]!.eventId);
    ids[1]!.redelivered.should.be.true();
  });

  it('gives different ids to different happenings', () => {
    const one = watch();
    one.feed(read([]));
    const events = one.feed(over([run('1', T0, T0), run('2', T0, T0)], T0));
    new Set(events.map(({ eventId }) => eventId)).size.should.equal(5);
  });

  describe('beginning', () => {
    const old = [
      run('1', T0 - 50 * HOUR, T0 - 30 * HOUR),
      run('2', T0 - 30 * HOUR, T0 - 2 * HOUR),
      run('3', T0 - 3 * HOUR),
    ];

    it('with all: everything, late', () => {
      const events = watch({ baseline: { from: 'all' } }).feed(read(old));
      names(events).should.eql(
        ['started 1', 'started 2', 'completed 1', 'started 3', 'completed 2'].sort((a, b) => {
          const date = (name: string) => events.find((e) => `${e.event} ${e.runId}` === name)!.occurredAt!;
          return date(a).localeCompare(date(b));
        }),
      );
      events.every(({ late }) => late).should.be.true();
    });

    it('with hours: what happened within them', () => {
      names(watch({ baseline: { from: 'hours', hours: 24 } }).feed(read(old))).should.eql([
        'started 3',
        'completed 2',
      ]);
    });

    it('of a job that has ended already tells it only when asked to', () => {
      const ended = over(old.slice(0, 2), T0 - 2 * HOUR);
      names(watch().feed(ended)).should.eql([]);
      names(watch({ baseline: { from: 'hours', hours: 1 } }).feed(ended)).should.eql([]);
      names(watch({ baseline: { from: 'hours', hours: 3 } }).feed(ended)).should.eql(['completed 2', 'job']);
    });

    it('waits for a whole reading, because what is taken for old is never told', () => {
      const one = watch();
      one.feed(read([run('1', T0)], { complete: false }));
      one.state.baselined.should.be.false();
      one.feed(read([run('1', T0)]));
      one.state.baselined.should.be.true();
    });

    it('waits for the second reading of a terminal status', () => {
      const one = watch();
      one.feed(over([run('1', T0 - HOUR)], T0 - HOUR / 2, { terminalReadings: 1 }));
      names(one.feed(over([run('1', T0 - HOUR)], T0 - HOUR / 2))).should.eql([]);
      one.state.job.should.equal('silent');
    });

    it('does not wait for the status, and tells a job that ended while it could not be read', () => {
      const one = watch();
      one.feed(read([run('1', T0)], { statuses: null }));
      names(one.feed(read([run('1', T0, T0 + 1)], { statuses: null, round: 2 }))).should.eql(['completed 1']);
      names(one.feed(over([run('1', T0, T0 + 1)], T0 + 2, { round: 3 }))).should.eql(['job']);
    });

    it('tells a job that was over at first sight when that was a mistake', () => {
      const one = watch();
      one.feed(over([run('1', T0)], T0, { terminalReadings: 1 }));
      one.feed(read([run('1', T0)], { round: 2 }));
      names(one.feed(over([run('1', T0)], T0 + 5, { round: 4 }))).should.eql(['completed 1', 'job']);
    });

    it('tells runs that never ended in a job that was over, when asked to, as late', () => {
      const one = watch({ baseline: { from: 'all' } });
      one.feed(over([run('1', null)], T0 - HOUR, { terminalReadings: 1 }));
      const events = one.feed(over([run('1', null)], T0 - HOUR, { round: 2 }));
      names(events).should.eql(['completed 1', 'job']);
      events.every(({ late }) => late).should.be.true();
    });

    it('after hours of outage still tells what ended since the watch was set up', () => {
      const runs = [run('1', T0 - HOUR, T0 - 1), run('2', T0 - HOUR, T0 + HOUR)];
      names(watch().feed(read(runs), T0 + 3 * HOUR)).should.eql(['completed 2']);
    });
  });

  it('tells everything exactly once, whatever the order, the faults and the restarts', () => {
    interface Plan {
      starts: number;
      lasts: number;
      listedFrom: number;
    }
    const plans = fc.array(fc.record({ starts: fc.nat(20), lasts: fc.nat(20), listedFrom: fc.nat(10) }), {
      minLength: 1,
      maxLength: 6,
    });
    const visits = fc.array(
      fc.record({ step: fc.integer({ min: 1, max: 6 }), late: fc.boolean(), hidden: fc.nat(9) }),
      {
        minLength: 25,
        maxLength: 30,
      },
    );
    const at = (tick: number) => T0 + tick * 60_000;
    fc.assert(
      fc.property(plans, visits, fc.boolean(), (runs: Plan[], looks, outcome) => {
        const one = watch({ outcome });
        const events: WatchEvent[] = [];
        const end = Math.max(...runs.map((plan) => plan.starts + plan.lasts)) + 1;
        let tick = 0;
        const outcomes = new Map<string, Outcome>();
        one.feed(read([]));
        for (const look of [
          ...looks,
          { step: 50, late: false, hidden: 9 },
          { step: 1, late: false, hidden: 9 },
        ]) {
          tick += look.step;
          const listed = runs.flatMap((plan, index) => {
            // Some rows are left out now and then, as lists that change while they are read do.
            if (plan.listedFrom > tick || index === look.hidden) return [];
            const ends = plan.starts + plan.lasts;
            return [
              run(
                String(index),
                plan.starts <= tick ? at(plan.starts) : null,
                ends <= tick ? at(ends) : null,
              ),
            ];
          });
          const jobOver = tick >= end && listed.length === runs.length;
          const reading = jobOver ? over(listed, at(end), { outcomes }) : read(listed, { outcomes });
          events.push(...one.feed(reading, at(tick), { late: look.late }));
          for (const runId of one.wanted) outcomes.set(runId, succeeded);
        }
        const told = names(events).sort();
        const expected = runs.flatMap((_, index) => [`completed ${index}`, `started ${index}`]);
        told.should.eql([...expected, 'job'].sort());
        new Set(events.map(({ eventId }) => eventId)).size.should.equal(events.length);
      }),
      { numRuns: 200 },
    );
  });
});

import 'should';
import fc from 'fast-check';
import should from 'should';
import type { Outcome } from '../../src/runs/run/outcome';
import type { WatchEvent, WatchEventKind } from '../../src/runs/watch/watch-event';
import { T0, HOUR, iso, succeeded, failed, run, read, over, watch, names } from './watch-readings';

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

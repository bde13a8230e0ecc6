import 'should';
import type { Outcome } from '../../src/runs/run/outcome';
import { T0, HOUR, failed, run, read, over, succeeded, watch, names } from './watch-readings';

describe('Watch of a job beginning', () => {
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

  it('with now: the job’s end is told by how all of its runs ended, those before the watch as well', () => {
    const one = watch({ outcome: true });
    const before = [run('1', T0 - 3 * HOUR, T0 - 2 * HOUR), run('2', T0 - 3 * HOUR, T0 - 2 * HOUR)];
    one.feed(read([...before, run('3', T0)]));
    one.wanted.should.eql([]);
    const ended = (outcomes: [string, Outcome][]) =>
      over([...before, run('3', T0, T0 + 1)], T0 + 1, { round: 2, outcomes: new Map(outcomes) });
    names(one.feed(ended([['3', succeeded]]))).should.eql(['completed 3']);
    one.wanted.should.eql(['1', '2']);
    const [job, ...more] = one.feed(
      ended([
        ['1', failed],
        ['2', succeeded],
        ['3', succeeded],
      ]),
    );
    job!.event.should.equal('job');
    job!.outcome!.reason.should.equal('1 of 3 runs failed');
    more.should.eql([]);
    one.wanted.should.eql([]);
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

  it('is not late with what ends later in a job that was over at first sight, and goes on', () => {
    const one = watch({ baseline: { from: 'all' } });
    const old = run('1', T0 - 3 * HOUR, T0 - 2 * HOUR);
    const lates = (events: ReturnType<typeof one.feed>) =>
      events.map(({ event, runId, late }) => `${event} ${runId ?? 'job'} ${late}`).sort();
    const at = T0 + HOUR;
    lates(one.feed(over([old, run('2', T0 - HOUR)], T0 - HOUR, { terminalReadings: 1 }))).should.eql([
      'completed 1 true',
      'started 1 true',
      'started 2 true',
    ]);
    lates(
      one.feed(over([old, run('2', T0 - HOUR, at)], at, { terminalReadings: 2, round: 9 }), at + 1_000),
    ).should.eql(['completed 2 false', 'job job false']);
  });

  it('after a restart is late with what happened before its first look, and with nothing since', () => {
    const one = watch();
    one.feed(read([run('1', T0), run('2', T0)]));
    one.firstLook = T0 + HOUR;
    const runs = [run('1', T0, T0 + HOUR / 2), run('2', T0, T0 + 2 * HOUR)];
    const events = one.feed(read(runs), T0 + 2 * HOUR, { late: true });
    events
      .map(({ runId, late }) => [runId, late])
      .should.eql([
        ['1', true],
        ['2', false],
      ]);
  });

  it('after hours of outage still tells what ended since the watch was set up', () => {
    const runs = [run('1', T0 - HOUR, T0 - 1), run('2', T0 - HOUR, T0 + HOUR)];
    names(watch().feed(read(runs), T0 + 3 * HOUR)).should.eql(['completed 2']);
  });
});

import 'should';
import { createBudget } from '../../src/api/limits/create-budget';
import type { RescaleClient } from '../../src/api/client/client';
import type { JobStatus, RescaleFile } from '../../src/api/client/types';
import { findLogsOfRun, findRunLogs, readLogEvidence } from '../../src/runs/evidence/exit-code';
import { requestedStops } from '../../src/runs/evidence/requested-stops';
import { decideJobOutcome, decideOutcome, type LogEvidence } from '../../src/runs/run/outcome';
import { inOrder, type WatchEvent } from '../../src/runs/watch/watch-event';

const minute = (at: number) => new Date(Date.UTC(2026, 0, 1, 10, at)).toISOString();
const row = (status: string, at: number, statusReason: string | null = null): JobStatus => ({
  status,
  statusReason,
  statusDate: minute(at),
});
const exit = (code: number): LogEvidence => ({ kind: 'exit', code });

describe('A job that was begun anew', () => {
  const again = [row('Completed', 41, 'Completed successfully'), row('Executing', 30)];
  const earlier: Record<string, JobStatus[]> = {
    stopped: [
      row('Completed', 10, 'User Terminated'),
      row('Stopping', 9, 'User Terminated'),
      row('Executing', 0),
    ],
    failed: [row('Stopping', 9, 'A run failed'), row('Executing', 0)],
    'brought to an end': [row('Stopping', 9), row('Executing', 0)],
  };
  const outcomeOf = (statuses: JobStatus[], start: number, end: number, log = exit(0)) =>
    decideOutcome({
      run: { dateStarted: minute(start), dateCompleted: minute(end) },
      onlyRun: true,
      statuses,
      log,
      stopRequested: false,
    }).outcome.result;

  for (const [name, rows] of Object.entries(earlier)) {
    it(`is not told by what it was before: ${name}`, () => {
      outcomeOf([...again, ...rows], 30, 40).should.equal('succeeded');
      const results = { total: 1, succeeded: 1, failed: 0, stopped: 0 };
      decideJobOutcome([...again, ...rows], results).result.should.equal('succeeded');
      decideJobOutcome(rows, { ...results, succeeded: 0 }).result.should.not.equal('succeeded');
    });
  }

  it('still tells a run of the attempt that was stopped', () => {
    outcomeOf([...again, ...earlier['stopped']!], 1, 10, exit(137)).should.equal('stopped');
  });

  it('has one attempt where a run starts while the job is being stopped', () => {
    const stopping = [row('Completed', 12), row('Stopping', 9, 'User Terminated'), row('Executing', 0)];
    decideJobOutcome(stopping, { total: 1, succeeded: 0, failed: 0, stopped: 0 }).result.should.equal(
      'stopped',
    );
  });
});

describe('A stop that was asked for', () => {
  const first = { dateStarted: minute(0), dateCompleted: minute(9) };
  const second = { dateStarted: minute(10), dateCompleted: minute(20) };
  const asked = Date.parse(minute(8));
  const ledger = () => requestedStops({ budget: createBudget({ rate: 0 }) });

  it('does not speak of the next attempt, when the start was known', async () => {
    const stops = ledger();
    await stops.note('sweep', [{ id: '1', dateStarted: minute(0) }], asked);
    stops.has('sweep', '1', second).should.be.false();
    stops.has('sweep', '1', first).should.be.true();
  });

  it('does not speak of the next attempt, once the end of the first was told', async () => {
    const stops = ledger();
    await stops.note('sweep', [{ id: '1' }], asked);
    stops.has('sweep', '1', first).should.be.true();
    stops.has('sweep', '1', second).should.be.false();
    // A list that is behind shows the first again.
    stops.has('sweep', '1', first).should.be.true();
  });
});

describe('A stop that came too late', () => {
  const [started, ended] = [minute(0), minute(9)];
  const run = { dateStarted: started, dateCompleted: ended };
  const at = (minutes: number) => Date.parse(minute(minutes));
  const ledger = () => requestedStops({ budget: createBudget({ rate: 0 }) });

  it('did not stop what had ended before', async () => {
    const stops = ledger();
    await stops.note('sweep', [{ id: '1', dateStarted: started }, { id: '2' }], at(10));
    for (const id of ['1', '2']) {
      stops.has('sweep', id, run).should.be.false();
      stops.has('sweep', id, { ...run, dateCompleted: minute(10) }).should.be.true();
    }
  });

  it('takes nothing from the one before it', async () => {
    const stops = ledger();
    for (const second of [{ id: '1' }, { id: '1', dateStarted: started }]) {
      await stops.note('sweep', [{ id: '1', dateStarted: started }], at(8));
      stops.arrived('sweep', ['1'], at(8));
      await stops.note('sweep', [second], at(20));
      stops.has('sweep', '1', run).should.be.true();
    }
    await stops.note('sweep', [{ id: '1', dateStarted: minute(30) }], at(31));
    stops.has('sweep', '1', { dateStarted: minute(30), dateCompleted: minute(32) }).should.be.true();
  });

  it('is not the reason of an end an hour later, if nobody knows whether it arrived', async () => {
    const stops = ledger();
    const later = { dateStarted: started, dateCompleted: minute(75) };
    await stops.note(
      'sweep',
      [
        { id: '1', dateStarted: started },
        { id: '2', dateStarted: started },
      ],
      at(8),
    );
    stops.lost('sweep', ['1']);
    stops.arrived('sweep', ['2'], at(8));
    ['1', '2'].map((id) => stops.has('sweep', id, later)).should.eql([false, true]);
    stops.has('sweep', '1', run).should.be.true();
  });

  it('is certain again when another one arrives, and stays what it was when another one is refused', async () => {
    const stops = ledger();
    const isDoubtful = () => stops.evidence('sweep', '1', null).stopDoubtful;
    await stops.note('sweep', [{ id: '1' }], at(8));
    isDoubtful()!.should.be.false();
    stops.lost('sweep', ['1']);
    isDoubtful()!.should.be.true();
    const before = stops.noted('sweep', '1');
    await stops.note('sweep', [{ id: '1' }], at(9));
    stops.forget('sweep', '1', before);
    isDoubtful()!.should.be.true();
    await stops.note('sweep', [{ id: '1' }], at(10));
    stops.arrived('sweep', ['1'], at(10));
    isDoubtful()!.should.be.false();
    await stops.note('sweep', [{ id: '1' }], at(11));
    stops.lost('sweep', ['1']);
    isDoubtful()!.should.be.false();
  });

  it('is dated by the platform, as soon as that says what time it is', async () => {
    const stops = ledger();
    for (const wrong of [at(-120), at(130)]) {
      await stops.note('sweep', [{ id: '1' }], wrong);
      stops.correct('sweep', ['1'], wrong, at(8));
      stops.has('sweep', '1', run).should.be.true();
      stops.forget('sweep', '1');
    }
  });
});

describe('The log that tells how a run exited', () => {
  const log = (id: string, more: Partial<RescaleFile> = {}) =>
    ({
      id,
      name: 'process_output.log',
      relativePath: 'process_output.log',
      path: 'user/u/output/job_J/run1/process_output.log',
      decryptedSize: 0,
      dateUploaded: null,
      ...more,
    }) as RescaleFile;
  const listing = (rows: RescaleFile[]) => {
    async function* pages() {
      yield await Promise.resolve({ page: 1, count: rows.length, rows, more: false });
    }
    return { listJobFiles: pages, listRunFiles: pages } as unknown as RescaleClient;
  };
  const find = async (rows: RescaleFile[], dateStarted: string | null = null) => {
    const found = await findRunLogs(listing(rows), 'J', null, new Map([['1', { dateStarted }]]), {});
    return [...found.byRun].flatMap(([runId, logs]) => logs.map(({ id }) => runId + id)).join();
  };

  it('is the one uploaded last, wherever it stands', async () => {
    const old = log('o', { dateUploaded: minute(1) });
    const latest = log('n', { dateUploaded: minute(2) });
    (await find([latest, old])).should.equal('1n');
    (await find([old, latest])).should.equal('1n');
  });

  it('is each of those that may have come last, and none that came before the run', async () => {
    (await find([log('a'), log('b')])).should.equal('1a,1b');
    (await find([log('a'), log('a')])).should.equal('1a');
    (await find([log('a', { dateUploaded: minute(1) })], minute(2))).should.equal('');
    (await find([log('a', { dateUploaded: minute(3) })], minute(2))).should.equal('1a');
  });

  it('is known in each form of its path, and not in a folder that is named like a run', async () => {
    const dotted = {
      relativePath: './process_output.log',
      path: 'user/u/output/job_J/run1/./process_output.log',
    };
    (await find([log('a', dotted)])).should.equal('1a');
    const nested = 'user/u/output/job_J/run1/run2/process_output.log';
    (await find([log('a', { path: nested, relativePath: '' })])).should.equal('');
    const ofJob = { relativePath: 'run1/process_output.log' };
    (await find([log('a', ofJob)])).should.equal('1a');
    (await findLogsOfRun(listing([log('a', ofJob)]), 'J', '1', undefined, {})).logs[0]!.id.should.equal('a');
    const ofOther = log('a', {
      relativePath: 'run2/process_output.log',
      path: 'user/u/output/job_J/run2/process_output.log',
    });
    (await findLogsOfRun(listing([ofOther]), 'J', '1', undefined, {})).logs.should.eql([]);
    // A folder of the run's that is called like a run, and one of which nobody knows whether it is.
    const inFolder = 'user/u/output/job_J/run1/run1/process_output.log';
    (await find([log('a', { ...ofJob, path: inFolder })])).should.equal('');
    const unknown = [log('a', { ...ofJob, path: undefined as unknown as string })];
    (await findLogsOfRun(listing(unknown), 'J', '1', undefined, {})).logs.should.eql([]);
    const pathless = [log('a', { path: undefined as unknown as string })];
    const { byRun, someUnplaced } = await findRunLogs(listing(pathless), 'J', null, new Map(), {});
    [byRun.size, someUnplaced].should.eql([0, true]);
    (await findLogsOfRun(listing(pathless), 'J', '1', undefined, {})).logs[0]!.id.should.equal('a');
  });

  it('says nothing while what comes is not the end of what is listed', async () => {
    const whole = 'mesh\n[x]: Exited with code 0\nsolve\n[x]: Exited with code 1\n';
    const part = 'mesh\n[x]: Exited with code 0\n';
    const read = (text: string, range: { start: number; end: number; size: number } | null, size: number) =>
      readLogEvidence(
        {
          openContents: () =>
            Promise.resolve({
              chunks: [Buffer.from(text)],
              discard: () => undefined,
              status: range ? 206 : 200,
              bytes: text.length,
              range,
              etag: null,
              type: null,
            }),
        } as unknown as RescaleClient,
        'J',
        [log('a', { decryptedSize: size })],
        {},
      );
    const rangeOf = (text: string, size = text.length) => ({ start: 0, end: text.length - 1, size });
    const size = whole.length;
    (await read(part, rangeOf(part), size)).kind.should.equal('partial');
    (await read(part, null, size)).kind.should.equal('partial');
    (await read(part, rangeOf(part, size), size)).kind.should.equal('partial');
    (await read(part, rangeOf(part, size), 0)).kind.should.equal('partial');
    (await read(whole, rangeOf(whole), size)).should.eql(exit(1));
    (await read(whole, null, 0)).should.eql(exit(1));
  });
});

describe('The order of what a watch tells', () => {
  const event = (kind: WatchEvent['event'], runId: string | null, occurredAt: string | null) =>
    ({ event: kind, jobId: 'J', runId, occurredAt, detectedAt: '2025-12-31T00:00:00Z' }) as WatchEvent;
  const order = (events: WatchEvent[]) =>
    inOrder(events).map(({ event: kind, runId }) => kind + (runId ?? ''));

  it('has a job after its runs and an end after its start, whatever the precision of the dates', () => {
    order([
      event('job', null, '2026-01-01T10:00:00Z'),
      event('completed', '2', '2026-01-01T10:00:00.667001Z'),
      event('completed', '1', '2026-01-01T10:00:00Z'),
      event('started', '1', '2026-01-01T10:00:00.500000Z'),
    ]).should.eql(['started1', 'completed1', 'completed2', 'job']);
    order([event('job', null, null), event('completed', '1', '2026-01-01T10:00:00Z')]).should.eql([
      'completed1',
      'job',
    ]);
  });
});

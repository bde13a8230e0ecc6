import 'should';
import should from 'should';
import type { RescaleClient } from '../../src/api/client/client';
import type { Run } from '../../src/api/client/types';
import { followFile } from '../../src/runs/follow/follow-file';
import { startOfFollow } from '../../src/runs/follow/follow-state';
import { runReader, type RunReading } from '../../src/runs/reading/run-reader';
import type { Trouble } from '../../src/runs/run/job-reading';
import { runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

describe('following a file of a run whose end date can’t be right', () => {
  let place: RunsOnSimulator;
  const request = { jobId: 'calc', runId: '1', path: 'shared/log', interval: 2_000, deadline: null };

  beforeEach(async () => {
    place = await runsOnSimulator();
    // The second run goes on, so that the job says nothing of the first.
    place.simulator.createJob({ id: 'calc', runs: [{ duration: null }, { duration: null }] });
  });
  afterEach(() => place.close());

  const append = (text: string) =>
    place.simulator.control('calc', { action: 'append', runId: '1', path: 'shared/log', text });

  for (const [kind, doubt] of [
    ['end-in-2099', 'ahead'],
    ['word-as-end', 'none'],
  ] as const) {
    it(`goes on as long as lines come, and reads the rest when the platform lets nobody look any more: ${kind}`, async () => {
      place.simulator.setFaults([{ path: '^/jobs/calc/runs/(1/)?$', oddRows: { kind }, times: 1000 }]);
      append('1\n');
      const readings: RunReading[] = [];
      const troubles: (Trouble | null)[] = [];
      const following = followFile(place.client, request, startOfFollow('start'), {
        ...place.work(),
        reading: (reading) => readings.push(reading),
        trouble: (trouble) => troubles.push(trouble),
      });
      const lines: string[] = [];
      let next = await following.next();
      while (!next.done) {
        lines.push(...next.value.lines);
        // Lines that come for as long as two readings of the run.
        if (next.value.lines.length > 0 && lines.length < 14) append(`${lines.length + 1}\n`);
        else if (lines.length === 14) {
          append('the last, without an end');
          place.simulator.control('calc', { action: 'end-run', runId: '1' });
        }
        next = await following.next();
      }
      lines.should.eql([
        ...Array.from({ length: 14 }, (_, at) => String(at + 1)),
        'the last, without an end',
      ]);
      next.value.should.have.properties({ reason: 'completed' });
      should(next.value.unread ?? null).equal(null);
      readings.length.should.be.above(2);
      for (const reading of readings) reading.doubt!.kind.should.equal(doubt);
      troubles.should.be.empty();
    });
  }

  it('is read as going on while its end is still to come, and as ended with its job', async () => {
    const now = Date.parse('2026-01-10T12:00:00Z');
    const run = { id: '1', dateStarted: '2026-01-10T11:00:00Z' };
    const client = (dateCompleted: string, status: string) =>
      ({
        platformNow: () => now,
        getRun: () => Promise.resolve({ ...run, dateCompleted } as Run),
        listJobStatuses: () => Promise.resolve([{ status, statusReason: null, statusDate: run.dateStarted }]),
      }) as unknown as RescaleClient;
    const statesOf = async (dateCompleted: string, status: string) => {
      const read = runReader(client(dateCompleted, status), request, place.clock);
      const states = [];
      for (let times = 0; times < 5; times += 1) states.push((await read({})).state);
      return states.join(' ');
    };
    for (const date of ['2026-01-10T14:00:00Z', '2099-01-01T00:00:00Z', '2026-01-10T09:00:00Z']) {
      (await statesOf(date, 'Executing')).should.equal('running running running running running');
      (await statesOf(date, 'Completed')).should.equal('running running running running ended');
    }
    for (const date of ['2026-01-10T12:00:30Z', '2026-13-40T25:00:00']) {
      (await statesOf(date, 'Executing')).should.startWith('completed');
    }
  });
});

import 'should';
import { toStored, readStored, type StoredFormat } from '../../src/runs/tasks/stored-format';
import { beginWatch } from '../../src/runs/watch/watched-job';
import { newRoot, rootFormat, watchedJobFormat } from '../../src/runs/watch/watch-state';

/** As version 0.1.0 of the package wrote them. */
const ROOT = {
  ...{ origin: 'https://platform.rescale.com', scope: 'all', added: ['a'], removed: [], paused: true },
  ...{ late: false, newest: 1767225600000, recent: ['b'], anew: false, drafts: [], done: ['c'] },
  ...{ process: 'p1', closedAt: 1767225700000 },
};
const JOB = {
  ...{ jobId: 'dmpTse', baselined: true, baseline: null, since: 1767225600000 },
  runs: { '1': 'succeeded', '2': 'started' },
  awaiting: { '3': { detectedAt: 1767225650000, late: true } },
  ...{ job: 'open', baselineRound: 4 },
  outbox: [{ event: 'completed', eventId: 'e1', jobId: 'dmpTse', runId: '1', summary: 'done' }],
};

/** What is kept by ids has no prototype, which should.js takes for a difference. */
function read<Value>(format: StoredFormat<Value>, stored: unknown): Value | null {
  const reading = readStored(format, stored);
  return reading.unreadable === null ? (JSON.parse(JSON.stringify(reading.value)) as Value) : null;
}

describe('The stored state of a watch', () => {
  it('of version 0.1.0 goes on as it was', () => {
    read(rootFormat, ROOT)!.should.eql({ ...ROOT, doneUntil: {}, since: 0 });
    const job = read(watchedJobFormat, JOB)!;
    const kept = { ...JOB, baselineRound: null };
    job.should.have.properties(kept);
    job.should.have.properties({ baselineRound: null, takenWith: null, ends: {}, again: {}, jobEnd: null });
  });

  it('is read as it was written', () => {
    const root = {
      ...newRoot('https://eu.rescale.com', 'jobs', 'p2', 5),
      ...{ done: ['a', 'constructor'], doneUntil: { constructor: 7 } },
    };
    read(rootFormat, JSON.parse(JSON.stringify(toStored(rootFormat, root))))!.should.eql(root);
    const job = { ...beginWatch('j', 7, { from: 'end', at: 3 }), runs: { '1': 'over' as const } };
    const stored: unknown = JSON.parse(JSON.stringify(toStored(watchedJobFormat, job)));
    read(watchedJobFormat, stored)!.should.eql(JSON.parse(JSON.stringify(job)));
  });

  it('loses no more than the parts that can’t be read', () => {
    const odd = { ...JOB, runs: { '1': 'succeeded', '2': 'nonsense' }, outbox: [7, JOB.outbox[0]], job: 9 };
    const job = read(watchedJobFormat, odd)!;
    job.should.have.properties({ runs: { '1': 'succeeded' }, outbox: JOB.outbox, job: 'unknown' });
    read(rootFormat, { ...ROOT, added: ['a', 5], newest: 'now' })!.should.have.properties({
      added: ['a'],
      newest: null,
    });
  });

  it('is none without what it is about', () => {
    for (const part of ['origin', 'scope']) {
      readStored(rootFormat, { ...ROOT, [part]: 1 }).should.eql({ unreadable: 'damaged' });
    }
    for (const part of ['jobId', 'runs']) {
      readStored(watchedJobFormat, { ...JOB, [part]: 1 }).should.eql({ unreadable: 'damaged' });
    }
  });

  it('of a later version is none that can be gone on from', () => {
    (read(rootFormat, { ...ROOT, version: 9 }) === null).should.be.true();
  });
});

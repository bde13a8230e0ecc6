import 'should';
import { startOfFollow } from '../../src/runs/follow/follow-state';
import { readStored, toStored } from '../../src/runs/tasks/stored-format';
import { followFormat, followProgressFormat } from '../../src/runtime/long-running/follow-format';
import { waitFormat } from '../../src/runtime/long-running/wait-format';

/** As version 0.1.0 of the package wrote them. */
const WAIT = {
  origin: 'https://platform.rescale.com',
  request: {
    jobId: 'dmpTse',
    runId: '3',
    interval: 30000,
    outcome: true,
    files: true,
    deadline: 1785000000000,
  },
  fields: {
    ...{ scope: 'run', jobId: 'dmpTse', runId: '3', interval: 30, deadline: 604800 },
    ...{ outcome: true, files: true, durable: true },
  },
  packed: '/w9vIgVwYXlsb2Fke4AB',
  plain: ['payload.when'],
  release: null,
};
const FOLLOW = {
  origin: 'https://platform.rescale.com',
  fields: {
    ...{ jobId: 'dmpTse', runId: '3', path: 'shared/log.solver', interval: 10 },
    ...{ from: 'start', emit: 'batch', deadline: 0, durable: true },
  },
  until: null,
  packed: '/w9vIgVwYXlsb2Fke4AB',
};
const PROGRESS = {
  state: {
    ...{ version: 1, path: 'shared/log.solver', fromNow: false, delivered: 12, gaps: 0, gapDue: false },
    ...{ position: 12, offset: 340, anchor: [11, 12], sizes: [20, 24], ahead: null, window: 100, peak: 12 },
  },
  unsent: { lines: ['last'], seq: 12, gap: null },
  perhapsSent: true,
  end: null,
};

const valueOf = <Value>(reading: ReturnType<typeof readStored<Value>>): Value => {
  if (reading.unreadable !== null) throw new Error(`is ${reading.unreadable}`);
  return reading.value;
};

describe('Stored state of version 0.1.0', () => {
  it('holds waits that go on', () => {
    const { deadline: instant, ...request } = WAIT.request;
    const deadline = { span: 604_800_000, machine: instant, platform: instant };
    const lifted = { ...WAIT, request, deadline };
    valueOf(readStored(waitFormat, WAIT)).should.eql(lifted);
    valueOf(readStored(waitFormat, toStored(waitFormat, lifted as never))).should.eql(lifted);
    const status = { key: 'completed', values: { runId: '3' } } as const;
    const release = { output: 0, payload: { id: '3' }, rescale: { state: 'completed' }, status };
    valueOf(readStored(waitFormat, { ...WAIT, release })).release!.should.eql(release);
    const forJob = { ...WAIT, request: { ...WAIT.request, runId: null, deadline: null } };
    const waitForJob = valueOf(readStored(waitFormat, forJob));
    waitForJob.request.should.have.property('runId', null);
    waitForJob.should.have.property('deadline', null);
  });

  it('holds follows that go on where they were', () => {
    const fields = { ...FOLLOW.fields, encoding: 'utf-8' };
    const { until, ...follow } = FOLLOW;
    valueOf(readStored(followFormat, FOLLOW)).should.eql({ ...follow, fields, deadline: until });
    const limited = { ...FOLLOW, until: 1785000000000, fields: { ...FOLLOW.fields, deadline: 90 } };
    const deadline = { span: 90_000, machine: 1785000000000, platform: 1785000000000 };
    valueOf(readStored(followFormat, limited)).deadline!.should.eql(deadline);
    const progress = valueOf(readStored(followProgressFormat, PROGRESS));
    progress.should.have.properties({ unsent: PROGRESS.unsent, perhapsSent: true, end: null, mark: '' });
    progress.state.should.have.properties({ version: 2, delivered: 12, position: 12, offset: 340 });
  });

  it('lets a wait with a part that nobody can read find its end again', () => {
    const odd = { ...WAIT, plain: 'all', release: { output: 7 } };
    valueOf(readStored(waitFormat, odd)).should.have.properties({ plain: [], release: null });
  });

  it('is not taken for state when it lacks what it is about', () => {
    for (const part of ['origin', 'request', 'fields', 'packed'] as const) {
      readStored(waitFormat, { ...WAIT, [part]: undefined }).should.eql({ unreadable: 'damaged' });
    }
    for (const part of ['origin', 'fields', 'until', 'packed'] as const) {
      readStored(followFormat, { ...FOLLOW, [part]: undefined }).should.eql({ unreadable: 'damaged' });
    }
    readStored(followProgressFormat, { ...PROGRESS, state: { anchor: 'none' } }).should.eql({
      unreadable: 'damaged',
    });
  });

  it('is written as it is read', () => {
    const fresh = { state: startOfFollow('now'), unsent: null, perhapsSent: false, end: null, mark: 'a' };
    const stored = JSON.parse(JSON.stringify({ ...fresh, version: 2 })) as unknown;
    valueOf(readStored(followProgressFormat, stored)).should.eql(fresh);
  });
});

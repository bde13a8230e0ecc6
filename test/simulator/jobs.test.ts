import should from 'should';
import { bench, closeAll, type Bench } from './calls';

interface Row {
  status: string;
  statusReason: string | null;
  statusDate: string;
}

async function history({ get }: Bench, job: string, kind = 'statuses'): Promise<Row[]> {
  return (await get(`/api/v2/jobs/${job}/${kind}/?page_size=100`)).json.results;
}

const brief = (rows: Row[]) => rows.map(({ status, statusReason }) => [status, statusReason]);

describe('jobs of the simulator', () => {
  afterEach(closeAll);

  it('go from Pending to Completed, newest first, each row with an instant of its own', async () => {
    const at = await bench();
    const job = at.simulator.createJob({ submittedAt: 10, runs: [{ startsAt: 100, duration: 50 }] });
    at.simulator.advance(1000);
    const rows = await history(at, job);
    brief(rows).should.deepEqual([
      ['Completed', 'Completed successfully'],
      ['Executing', null],
      ['Validated', null],
      ['Started', null],
      ['Queued', null],
      ['Waiting for Queue', null],
      ['Pending', null],
    ]);
    const dates = rows.map(({ statusDate }) => statusDate);
    dates.should.deepEqual([...dates].sort().reverse());
    new Set(dates).size.should.equal(dates.length);
    dates[0]!.should.equal('2026-03-06T12:02:42.000000Z');
    (await at.get(`/api/v2/jobs/${job}/`)).json.should.not.have.property('jobStatus');
  });

  it('end Completed when a run failed too, and only a Stopping row tells', async () => {
    const at = await bench();
    const job = at.simulator.createJob({ runs: [{}, { exitCode: 1, duration: 60 }, {}] });
    at.simulator.advance(300);
    brief(await history(at, job))[0]!.should.deepEqual(['Executing', null]);
    at.simulator.advance(700);
    brief((await history(at, job)).slice(0, 2)).should.deepEqual([
      ['Completed', null],
      ['Stopping', 'A run failed'],
    ]);
  });

  it('end as their script says, or say nothing any more', async () => {
    const at = await bench();
    const reason = 'Exceeded max number of restarts';
    const one = at.simulator.createJob({
      runs: [{ exitCode: 1 }],
      finalStatus: { status: 'Completed', reason },
    });
    const other = at.simulator.createJob({ runs: 1, finalStatus: null });
    at.simulator.advance(10_000);
    brief(await history(at, one))
      .slice(0, 2)
      .should.deepEqual([
        ['Completed', reason],
        ['Executing', null],
      ]);
    brief(await history(at, other))[0]!.should.deepEqual(['Executing', null]);
  });

  it('that are cancelled before they run leave their runs without dates', async () => {
    const at = await bench();
    at.simulator.advance(200);
    brief(await history(at, 'cancelled')).should.deepEqual([
      ['Completed', null],
      ['Stopping', 'User Terminated'],
      ['Queued', null],
      ['Waiting for Queue', null],
      ['Pending', null],
    ]);
    at.simulator.advance(10_000);
    for (const run of (await at.get('/api/v2/jobs/cancelled/runs/')).json.results) {
      should(run.dateStarted).equal(null);
      should(run.dateCompleted).equal(null);
    }
  });

  it('stop on request: 202 without a body, what runs ends, what waits never starts', async () => {
    const at = await bench();
    const { simulator } = at;
    const job = simulator.createJob({ runs: [{ duration: 20 }, { duration: null }, { startsAt: 100 }] });
    simulator.advance(50);
    (await at.post(`/api/v2/jobs/${job}/stop/`)).should.containEql({ status: 202, text: '' });
    brief(await history(at, job))[0]!.should.deepEqual(['Stopping', 'User Terminated']);
    simulator.advance(200);
    const runs = (await at.get(`/api/v2/jobs/${job}/runs/`)).json.results;
    runs
      .map((run: { dateCompleted: string | null }) => run.dateCompleted)
      .should.deepEqual(['2026-03-06T12:00:20.000000Z', '2026-03-06T12:01:00.000000Z', null]);
    brief(await history(at, job))[0]!.should.deepEqual(['Completed', null]);
    (await at.post(`/api/v2/jobs/${job}/stop/`)).status.should.equal(202);
    brief(await history(at, job))
      .filter(([status]) => status === 'Stopping')
      .should.have.length(1);
  });

  it('take statuses by hand, more than a page of them; a terminal one is the last word', async () => {
    const at = await bench();
    const { simulator, get } = at;
    const job = simulator.createJob({ runs: [{ startsAt: null }] });
    for (let restart = 0; restart < 6; restart += 1) {
      simulator.advance(10);
      simulator.control(job, { action: 'set-status', status: 'Waiting for Cluster' });
      simulator.advance(10);
      simulator.control(job, { action: 'set-status', status: 'Executing' });
    }
    const page = (await get(`/api/v2/jobs/${job}/statuses/`)).json;
    page.results.should.have.length(10);
    page.count.should.equal(14);
    page.next.should.endWith(`/api/v2/jobs/${job}/statuses/?page=2`);
    const reason = 'Could not allocate compute resources from the compute provider';
    simulator.control(job, { action: 'set-status', status: 'Completed', reason });
    brief(await history(at, job))[0]!.should.deepEqual(['Completed', reason]);
    (await get(`/api/v2/jobs/?search=${job}&state=completed`)).json.count.should.equal(1);
  });

  it('have a cluster that is not told for a while, and that is gone after the job', async () => {
    const at = await bench();
    const job = at.simulator.createJob({ runs: [{ startsAt: 60, duration: 60 }] });
    (await at.get(`/api/v2/jobs/${job}/cluster_statuses/`)).should.containEql({
      status: 404,
      text: '{"detail":"Not found."}',
    });
    at.simulator.advance(50);
    (await history(at, job, 'cluster_statuses'))[0]!.status.should.equal('Started');
    at.simulator.advance(100);
    const [over] = await history(at, job);
    (await history(at, job, 'cluster_statuses'))[0]!.status.should.equal('Stopping');
    at.simulator.advance(60);
    const [gone] = await history(at, job, 'cluster_statuses');
    gone!.status.should.equal('Stopped');
    (gone!.statusDate > over!.statusDate).should.be.true();
  });

  it('list the files of all their runs, by words in their names', async () => {
    const { get, simulator } = await bench();
    const files = [{ path: 'shared/Forces.dat', content: 'x' }];
    const job = simulator.createJob({ runs: [{ files }, { files }, { files, startsAt: null }] });
    simulator.advance(700);
    (await get(`/api/v2/jobs/${job}/files/`)).json.count.should.equal(4);
    const found = (await get(`/api/v2/jobs/${job}/files/?search=forces`)).json.results;
    found
      .map(({ path }: { path: string }) => path)
      .should.deepEqual([
        `user/user_OvdRk/output/job_${job}/run1/Forces.dat`,
        `user/user_OvdRk/output/job_${job}/run2/Forces.dat`,
      ]);
  });

  it('of an optimization hold a tree of runs in one flat list', async () => {
    const { get } = await bench();
    const runs = (await get('/api/v2/jobs/optimization/runs/?page_size=100')).json.results;
    const parents: Record<number, (number | undefined)[]> = { 1: [], 2: [], 3: [] };
    const byId = new Map<string, { type: number }>(runs.map((run: { id: string }) => [run.id, run]));
    for (const run of runs) parents[run.type as number]!.push(byId.get(run.parent as string)?.type);
    parents.should.deepEqual({
      1: [undefined],
      2: [1, 1, 1],
      3: Array.from({ length: 12 }, () => 2),
    });
    runs.filter(({ isOptimal }: { isOptimal: boolean }) => isOptimal).should.have.length(1);
  });

  it('late, failing and again: the other built-in ones', async () => {
    const { get, simulator } = await bench();
    const count = async (job: string) => (await get(`/api/v2/jobs/${job}/runs/`)).json.count;
    (await count('lateRuns')).should.equal(0);
    simulator.advance(310);
    (await count('lateRuns')).should.equal(3);
    simulator.advance(1000);
    const logs = (await get('/api/v2/jobs/oneFailed/files/?search=process_output')).json.results;
    const endings = await Promise.all(
      logs.map(async ({ id }: { id: string }) => (await get(`/api/v2/files/${id}/lines/`)).json.lines.at(-1)),
    );
    endings.map((line) => /code (\d+)\n$/.exec(String(line))![1]).should.deepEqual(['0', '0', '1', '0']);
    simulator.control('oneFailed', { action: 'restart' });
    should((await get('/api/v2/jobs/oneFailed/runs/1/')).json.dateStarted).equal(null);
  });
});

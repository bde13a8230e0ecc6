import should from 'should';
import { bench, closeAll, type Bench } from './calls';

const START = '2026-03-06T12:00:00.000000Z';

async function statuses({ get }: Bench, job: string): Promise<[string, string | null][]> {
  const rows = (await get(`/api/v2/jobs/${job}/statuses/?page_size=100`)).json.results;
  return rows.map((row: { status: string; statusReason: string | null }) => [row.status, row.statusReason]);
}

describe('runs of the simulator', () => {
  afterEach(closeAll);

  it('are pending, running and completed as their script says', async () => {
    const { get, simulator } = await bench();
    const job = simulator.createJob({
      runs: [
        {
          startsAt: 30,
          duration: 90,
          outputsAfter: 20,
          variables: [{ name: 'angle', value: 20, displayValue: '20 deg' }],
          results: [{ name: 'Cl', value: 0.5 }],
        },
      ],
    });
    const run = async () => (await get(`/api/v2/jobs/${job}/runs/1/`)).json;
    (await run()).should.deepEqual({
      dateCompleted: null,
      dateStarted: null,
      displayOrder: 1,
      id: '1',
      isOptimal: false,
      outputFileCount: 0,
      outputFileSize: null,
      parent: null,
      type: 3,
      variables: [{ displayValue: '20 deg', isRelative: false, name: 'angle', value: 20 }],
    });
    simulator.advance(30);
    (await run()).should.containEql({ dateStarted: '2026-03-06T12:00:30.000000Z', dateCompleted: null });
    simulator.advance(90);
    const ended = await run();
    ended.should.containEql({ dateCompleted: '2026-03-06T12:02:00.000000Z', outputFileCount: 1 });
    ended.variables.should.have.length(1);
    simulator.advance(20);
    const done = await run();
    done.outputFileCount.should.equal(1);
    done.outputFileSize.should.equal(ended.outputFileSize);
    done.variables[1].should.deepEqual({ displayValue: '0.5', isRelative: false, name: 'Cl', value: 0.5 });
  });

  it('appear only after the submission when the script says so', async () => {
    const { get, post, simulator } = await bench();
    const job = simulator.createJob({ submittedAt: 60, runsListedAfter: 30, runs: 3 });
    simulator.advance(89);
    (await get(`/api/v2/jobs/${job}/runs/`)).json.should.containEql({ count: 0, results: [] });
    (await get(`/api/v2/jobs/${job}/runs/1/`)).status.should.equal(404);
    should((await get(`/api/v2/jobs/${job}/`)).json.expectedRuns).equal(null);
    simulator.advance(1);
    (await get(`/api/v2/jobs/${job}/runs/`)).json.count.should.equal(3);
    (await get(`/api/v2/jobs/${job}/`)).json.expectedRuns.should.equal(3);

    const draft = simulator.createJob({ submittedAt: null, runs: 1 });
    (await get(`/api/v2/jobs/${draft}/runs/`)).json.count.should.equal(0);
    const submitted = await post(`/api/v2/jobs/${draft}/submit/`);
    submitted.should.containEql({ status: 200, text: '' });
    (await get(`/api/v2/jobs/${draft}/runs/`)).json.count.should.equal(1);
  });

  it('move by hand, event by event', async () => {
    const at = await bench();
    const { get, simulator } = at;
    const job = simulator.createJob({ runs: [{ startsAt: null, duration: null }] });
    (await statuses(at, job)).should.deepEqual([
      ['Queued', null],
      ['Pending', null],
    ]);
    simulator.control(job, { action: 'start-run', runId: '1' });
    (await get(`/api/v2/jobs/${job}/runs/1/`)).json.dateStarted.should.equal(START);
    (await statuses(at, job))[0]!.should.deepEqual(['Executing', null]);
    simulator.advance(5);
    simulator.control(job, { action: 'end-run', runId: '1', exitCode: 3 });
    (await get(`/api/v2/jobs/${job}/runs/1/`)).json.dateCompleted.should.equal('2026-03-06T12:00:05.000000Z');
    simulator.control(job, { action: 'add-run', run: { startsAt: null } });
    (await get(`/api/v2/jobs/${job}/runs/2/`)).json.should.containEql({ id: '2', displayOrder: 2 });
    simulator.control(job, { action: 'remove-run', runId: '1' });
    (await get(`/api/v2/jobs/${job}/runs/1/`)).status.should.equal(404);
    (await get(`/api/v2/jobs/${job}/runs/`)).json.count.should.equal(1);
    simulator.control(job, { action: 'add-run' });
    (await get(`/api/v2/jobs/${job}/runs/3/`)).status.should.equal(200);
    simulator.control(job, { action: 'remove-job' });
    (await get(`/api/v2/jobs/${job}/`)).status.should.equal(404);
  });

  it('refuse moves that make no sense', async () => {
    const { simulator } = await bench();
    const job = simulator.createJob({ runs: [{}] });
    (() => simulator.control('nothing', { action: 'cancel' })).should.throw('There is no job nothing.');
    (() => simulator.control(job, { action: 'end-run', runId: '7' })).should.throw(
      `Job ${job} has no run 7.`,
    );
    (() => simulator.control(job, { action: 'start-run', runId: '1' })).should.throw(
      'Run 1 has started already.',
    );
    simulator.control(job, { action: 'end-run', runId: '1' });
    (() => simulator.control(job, { action: 'append', runId: '1', path: 'a', text: 'b' })).should.throw(
      'Run 1 is not in progress.',
    );
  });

  it('leave a gap between their end and their files, in which tail refuses already', async () => {
    const { get, simulator } = await bench();
    const files = ['a', 'b', 'c', 'd'].map((name) => ({ path: `shared/${name}.txt`, content: name }));
    const job = simulator.createJob({ runs: [{ duration: 100, outputsAfter: 40, files }] });
    const names = async () =>
      (await get(`/api/v2/jobs/${job}/runs/1/files/`)).json.results.map(
        ({ relativePath }: { relativePath: string }) => relativePath,
      );
    simulator.advance(99);
    (await get(`/api/v2/jobs/${job}/runs/1/tail/shared/a.txt`)).text.should.equal('a');
    (await names()).should.be.empty();
    simulator.advance(1);
    for (const path of ['tail/shared/a.txt', 'tail/shared/a.txt?lines=1', 'directory-contents/']) {
      const told = await get(`/api/v2/jobs/${job}/runs/1/${path}`);
      told.status.should.equal(400);
      told.json.should.deepEqual({ detail: 'Run is not active.' });
    }
    const listed: string[][] = [];
    for (let second = 0; second <= 40; second += 1) {
      const now = await names();
      if (now.length !== listed.at(-1)?.length) listed.push(now);
      // The number is told from the end on, long before so many are listed.
      (await get(`/api/v2/jobs/${job}/runs/1/`)).json.should.containEql({ outputFileCount: 5 });
      simulator.advance(1);
    }
    listed.should.deepEqual([
      [],
      ['a.txt'],
      ['process_output.log', 'a.txt', 'b.txt'],
      ['process_output.log', 'a.txt', 'b.txt', 'c.txt'],
      ['process_output.log', 'a.txt', 'b.txt', 'c.txt', 'd.txt'],
    ]);
  });

  it('write process_output.log while they compute and the exit code at its end', async () => {
    const { get, simulator } = await bench();
    const job = simulator.createJob({
      runs: [
        { duration: 120, exitCode: 137 },
        { exitCode: null, duration: 1 },
      ],
    });
    simulator.advance(60);
    const live = (await get(`/api/v2/jobs/${job}/runs/1/tail/process_output.log?lines=10`)).json.lines;
    live.should.have.length(3);
    for (const line of live) line.should.match(/^\[2026-03-06T12:0\d:\d\dZ\]: \S/);
    simulator.advance(200);
    const logs = (await get(`/api/v2/jobs/${job}/files/?search=process_output.log`)).json.results;
    const text = async (row: { id: string }) => (await get(`/api/v2/files/${row.id}/contents/`)).text;
    (await text(logs[0])).should.endWith('[2026-03-06T12:02:00Z]: Exited with code 137\n');
    (await text(logs[1])).should.not.containEql('Exited');
  });

  it('stop some seconds after they were asked to, and their job says who did it', async () => {
    const at = await bench();
    const { get, post, simulator } = at;
    const job = simulator.createJob({ runs: [{ duration: null }] });
    simulator.advance(50);
    (await post(`/api/v2/jobs/${job}/runs/1/stop/`)).should.containEql({ status: 200, text: '{}' });
    simulator.advance(9);
    should((await get(`/api/v2/jobs/${job}/runs/1/`)).json.dateCompleted).equal(null);
    (await statuses(at, job))[0]!.should.deepEqual(['Stopping', 'User Terminated']);
    simulator.advance(1);
    (await get(`/api/v2/jobs/${job}/runs/1/`)).json.dateCompleted.should.equal('2026-03-06T12:01:00.000000Z');
    simulator.advance(2);
    (await statuses(at, job)).slice(0, 2).should.deepEqual([
      ['Completed', null],
      ['Stopping', 'User Terminated'],
    ]);
    (await post(`/api/v2/jobs/${job}/runs/1/stop/`)).should.containEql({ status: 200, text: '{}' });
    simulator.advance(60);
    const [log] = (await get(`/api/v2/jobs/${job}/files/?search=process`)).json.results;
    (await get(`/api/v2/files/${log.id}/contents/`)).text.should.endWith('Exited with code 143\n');
  });

  it('can be stopped before they start, and then never do', async () => {
    const { get, post, simulator } = await bench();
    const job = simulator.createJob({ runs: [{ startsAt: 100 }, {}] });
    await post(`/api/v2/jobs/${job}/runs/1/stop/`);
    simulator.advance(500);
    const run = (await get(`/api/v2/jobs/${job}/runs/1/`)).json;
    should(run.dateStarted).equal(null);
    run.dateCompleted.should.equal('2026-03-06T12:00:10.000000Z');
    run.should.containEql({ outputFileCount: 0 });
  });

  it('that were asked to stop end as stopped by hand too, unless the hand says how', async () => {
    const at = await bench();
    const { get, post, simulator } = at;
    const script = { runs: [{ startsAt: null, duration: null }] };
    const logOf = async (exitCode?: number) => {
      const job = simulator.createJob(script);
      simulator.control(job, { action: 'start-run', runId: '1' });
      await post(`/api/v2/jobs/${job}/runs/1/stop/`);
      simulator.control(job, { action: 'end-run', runId: '1', exitCode });
      (await get(`/api/v2/jobs/${job}/runs/1/`)).json.dateCompleted.should.be.a.String();
      simulator.advance(60);
      const [log] = (await get(`/api/v2/jobs/${job}/files/?search=process`)).json.results;
      const [, code] = /code (\d+)\n$/.exec((await get(`/api/v2/files/${log.id}/contents/`)).text)!;
      return [code, (await statuses(at, job))[1]];
    };
    (await logOf()).should.deepEqual(['143', ['Stopping', 'User Terminated']]);
    (await logOf(1)).should.deepEqual(['1', ['Stopping', 'A run failed']]);
  });

  it('do not compute longer because they were stopped', async () => {
    const { get, post, simulator } = await bench();
    const job = simulator.createJob({ runs: [{ duration: 100 }] });
    simulator.advance(95);
    await post(`/api/v2/jobs/${job}/runs/1/stop/`);
    simulator.advance(100);
    (await get(`/api/v2/jobs/${job}/runs/1/`)).json.dateCompleted.should.equal('2026-03-06T12:01:40.000000Z');
  });

  it('make snapshots that appear later, one at a time, each telling the one before', async () => {
    const { get, post, simulator } = await bench();
    const job = simulator.createJob({ runs: [{ duration: 300 }, { startsAt: 500 }] });
    const snapshot = async (run = 1) => (await post(`/api/v2/jobs/${job}/runs/${run}/snapshot/`)).json;
    const archives = async () =>
      (await get(`/api/v2/jobs/${job}/runs/1/files/`)).json.results.filter(
        ({ typeId }: { typeId: number }) => typeId === 12,
      );
    (await snapshot()).should.deepEqual({
      data: '',
      exitcode: 0,
      lastSnapshotID: null,
      reason: 'Generating snapshot.',
    });
    (await snapshot()).should.containEql({ exitcode: 1, lastSnapshotID: null });
    (await archives()).should.be.empty();
    simulator.advance(45);
    const [first] = await archives();
    first.decryptedSize.should.be.above(0);
    (await get(`/api/v2/files/${first.id}/contents/`)).headers
      .get('content-length')!
      .should.equal(String(first.decryptedSize));
    (await snapshot()).should.containEql({ exitcode: 0, lastSnapshotID: first.id });
    simulator.advance(45);
    (await archives()).should.have.length(2);
    simulator.advance(180);
    await snapshot();
    simulator.advance(60);
    (await snapshot()).should.containEql({ exitcode: 1, reason: 'Run is not active.' });
    (await snapshot(2)).should.containEql({ exitcode: 1 });
    simulator.advance(600);
    (await archives()).should.have.length(2, 'an archive that the end of the run overtook never comes');
    (await get(`/api/v2/jobs/${job}/runs/1/`)).json.should.containEql({ outputFileCount: 3 });
  });

  it('answer as switched where no source tells what the platform does', async () => {
    const { get, post, simulator } = await bench({
      habits: { notActiveStatus: 409, noSnapshotId: '', stopEndedStatus: 400 },
    });
    const job = simulator.createJob({ runs: [{ duration: 10 }, { duration: null }] });
    simulator.advance(20);
    (await get(`/api/v2/jobs/${job}/runs/1/directory-contents/`)).status.should.equal(409);
    (await post(`/api/v2/jobs/${job}/runs/1/stop/`)).should.containEql({ status: 400 });
    (await post(`/api/v2/jobs/${job}/runs/2/snapshot/`)).json.lastSnapshotID.should.equal('');
  });
});

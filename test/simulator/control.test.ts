import { request } from 'node:http';
import should from 'should';
import { startSimulator } from '../../src/simulator/index';
import { bench, closeAll, type Bench } from './calls';

/** fetch sets Host by itself; a rebound name needs a plainer client. */
function statusWith({ simulator }: Bench, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(simulator.origin + path, { headers, agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode!));
    });
    call.once('error', reject);
    call.end();
  });
}

describe('the controls of the simulator', () => {
  afterEach(closeAll);

  it('make and move jobs over HTTP without a token', async () => {
    const { simulator, get } = await bench();
    const call = async (path: string, body?: unknown) => {
      const answer = await fetch(`${simulator.origin}/_sim/${path}`, {
        method: 'POST',
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
    };
    const made = await call('jobs', { id: 'mine', name: 'Mine', runs: [{ startsAt: null, duration: null }] });
    made.should.deepEqual({ status: 201, json: { id: 'mine' } });
    const moved = await call('jobs/mine/control', { action: 'start-run', runId: '1' });
    moved.json.should.deepEqual({ id: 'mine', name: 'Mine', status: 'Executing', runs: { 1: 'running' } });
    (await call('advance', { seconds: 3600 })).json['now']!.should.equal('2026-03-06T13:00:00.000Z');
    simulator.now().should.equal(Date.UTC(2026, 2, 6, 13));
    (await get('/api/v2/jobs/mine/')).json.name.should.equal('Mine');
  });

  it('tell the state: the virtual time, jobs with their runs, connections and the highest rate', async () => {
    const { get, simulator } = await bench();
    simulator.createJob({ id: 'mine', runs: [{}, { startsAt: 100 }, { duration: 5 }] });
    simulator.advance(10);
    await Promise.all(Array.from({ length: 6 }, () => get('/api/v2/jobs/')));
    const state = (await get('/_sim/state')).json;
    state.should.containEql({ now: '2026-03-06T12:00:10.000Z', speed: 0, seed: 1 });
    const job = state.jobs.find(({ id }: { id: string }) => id === 'mine');
    job.runs.should.deepEqual({ 1: 'running', 2: 'pending', 3: 'completed' });
    state.highestRequestRate.should.be.within(1, 6);
    state.peakConnections.should.be.within(1, 6);
    simulator.peakConnections().should.equal(state.peakConnections);
    const jobs = (await get('/_sim/jobs')).json;
    jobs.should.deepEqual(state.jobs);
  });

  it('keep faults and requests', async () => {
    const { get, post } = await bench();
    (await post('/_sim/faults', [{ status: 503, times: 2 }])).status.should.equal(200);
    await get('/api/v2/jobs/');
    (await get('/_sim/faults')).json.should.deepEqual([{ status: 503, times: 2, matched: 1, taken: 1 }]);
    (await get('/_sim/faults', { method: 'DELETE' })).status.should.equal(204);
    (await get('/_sim/faults')).json.should.be.empty();
    const [one] = (await get('/_sim/requests')).json;
    one.should.containEql({ method: 'GET', url: '/api/v2/jobs/', status: 503 });
    (await get('/_sim/requests', { method: 'DELETE' })).status.should.equal(204);
    (await get('/_sim/requests')).json.should.be.empty();
  });

  it('say what is wrong with a script', async () => {
    const { get, post } = await bench();
    const wrong: [path: string, body: unknown, words: string][] = [
      ['jobs', { runs: [{ startAt: 3 }] }, 'Run 1: there is no startAt.'],
      ['jobs', { id: 'mine' }, 'The job has no runs.'],
      ['jobs', { runs: [7] }, 'Run 1 must be an object.'],
      ['jobs', { id: '../x', runs: 1 }, 'The job: id must be letters, digits, _ and -.'],
      ['jobs', { runs: [{ files: [{ content: 'x' }] }] }, 'Run 1, files, 1 has no path.'],
      ['jobs', { runs: -1 }, 'The job: runs must be a whole number or a list.'],
      ['faults', { status: 3 }, 'Faults are a list of rules.'],
      ['advance', { seconds: -1 }, 'The advance: seconds must be a number, 0 or more.'],
      ['jobs/XXXXXX/control', { action: 'fly' }, 'There is no action "fly".'],
      [
        'jobs',
        { runs: [{ variables: [{ name: 'x', value: null }] }] },
        'Run 1, variables, 1: value must be a number or a text.',
      ],
      ['jobs/XXXXXX/control', { action: 'end-run' }, 'Action end-run has no runId.'],
      ['jobs/XXXXXX/control', { action: 'cancel', now: true }, 'Action cancel: there is no now.'],
      ['jobs/XXXXXX/control', 3, 'There is no action undefined.'],
      ['restart', { job: 'x' }, 'The restart: there is no job.'],
    ];
    for (const [path, body, words] of wrong) {
      const told = await post(`/_sim/${path}`, body);
      told.status.should.equal(400, words);
      told.json.should.deepEqual({ detail: words });
    }
    (await post('/_sim/jobs/nothing/control', { action: 'cancel' })).status.should.equal(404);
    (await post('/_sim/nothing')).status.should.equal(404);
    (await post('/_sim/jobs')).json.should.deepEqual({ detail: 'The job has no runs.' });
    (await get('/_sim/jobs', { method: 'POST', body: '{' })).json.should.deepEqual({
      detail: 'The body is not JSON.',
    });
  });

  it('are closed to web pages, whose names may lead to this machine', async () => {
    const at = await bench();
    const { port } = new URL(at.simulator.origin);
    (await statusWith(at, '/_sim/state', { host: `evil.example:${port}` })).should.equal(403);
    (await statusWith(at, '/_sim/state', { origin: 'https://evil.example' })).should.equal(403);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
      (await statusWith(at, '/_sim/state', { host })).should.equal(200);
    }
  });

  it('replace a job of the same id, with new files', async () => {
    const { get, simulator } = await bench();
    const script = { id: 'mine', runs: [{ duration: 1 }] };
    const fileId = async () => (await get('/api/v2/jobs/mine/runs/1/files/')).json.results[0]?.id;
    simulator.createJob(script);
    simulator.advance(60);
    const before = await fileId();
    simulator.createJob(script);
    should(await fileId()).equal(undefined);
    simulator.advance(60);
    (await fileId()).should.not.equal(before);
    (await get(`/api/v2/files/${before}/`)).status.should.equal(404);
  });
});

describe('starting and closing the simulator', () => {
  afterEach(closeAll);

  it('listens on 127.0.0.1 only and rejects when the port is taken', async () => {
    const { simulator } = await bench();
    const { hostname, port } = new URL(simulator.origin);
    hostname.should.equal('127.0.0.1');
    await startSimulator({ port: Number(port) }).should.be.rejectedWith({ code: 'EADDRINUSE' });
  });

  it('closes at once, whatever is still under way', async () => {
    const { simulator, get } = await bench({ faults: [{ delay: 3_600_000, times: 0 }] });
    const asked = get('/api/v2/jobs/');
    while (simulator.requests().length === 0) await new Promise(setImmediate);
    await Promise.all([asked.should.be.rejected(), simulator.close()]);
    await fetch(simulator.origin).should.be.rejected();
  });

  it('lets time pass at its speed', async () => {
    const { simulator } = await bench({ speed: 3600 });
    const before = simulator.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    (simulator.now() - before).should.be.within(170_000, 20_000_000);
  });
});

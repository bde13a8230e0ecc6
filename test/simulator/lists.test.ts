import should from 'should';
import { bench, closeAll } from './calls';

const ids = (told: { json: { results: { id: string }[] } }) => told.json.results.map(({ id }) => id);

describe('lists of the simulator', () => {
  afterEach(closeAll);

  it('have 10 rows a page unless told, and absolute addresses that keep the query', async () => {
    const { get, simulator } = await bench();
    const first = await get('/api/v2/jobs/XXXXXX/runs/?foo=a%20b');
    ids(first).should.deepEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    first.json.next.should.equal(`${simulator.origin}/api/v2/jobs/XXXXXX/runs/?foo=a+b&page=2`);
    const third = await get('/api/v2/jobs/XXXXXX/runs/?page=3&page_size=50');
    ids(third).should.have.length(21);
    should(third.json.next).equal(null);
    third.json.previous.should.equal(`${simulator.origin}/api/v2/jobs/XXXXXX/runs/?page=2&page_size=50`);
    const second = await get('/api/v2/jobs/XXXXXX/runs/?page=2');
    second.json.previous.should.equal(`${simulator.origin}/api/v2/jobs/XXXXXX/runs/`);
    ids(await get('/api/v2/jobs/XXXXXX/runs/?page=last')).should.deepEqual(['121']);
  });

  it('name their own host as they were called', async () => {
    const { get, simulator } = await bench();
    const port = new URL(simulator.origin).port;
    const { hostname } = new URL((await get('/api/v2/jobs/XXXXXX/runs/')).json.next);
    hostname.should.equal('127.0.0.1');
    const told = await fetch(`http://localhost:${port}/api/v2/jobs/XXXXXX/runs/`, {
      headers: { authorization: 'Token simulator' },
    });
    const { next } = (await told.json()) as { next: string };
    next.should.startWith(`http://localhost:${port}/`);
  });

  it('clamp the size of a page at 10,000 and take what is no size for the default', async () => {
    const { get, simulator } = await bench();
    const job = simulator.createJob({ runs: 10_200 });
    ids(await get(`/api/v2/jobs/${job}/runs/?page_size=1848`)).should.have.length(1848);
    ids(await get(`/api/v2/jobs/${job}/runs/?page_size=99999`)).should.have.length(10_000);
    for (const size of ['0', '-1', 'x', '']) {
      ids(await get(`/api/v2/jobs/${job}/runs/?page_size=${size}`)).should.have.length(10);
    }
  });

  it('refuse a page that is not there', async () => {
    const { get } = await bench();
    for (const page of ['14', '0', '-1', 'x']) {
      const told = await get(`/api/v2/jobs/XXXXXX/runs/?page=${page}`);
      told.status.should.equal(404);
      told.json.should.deepEqual({ detail: 'Invalid page.' });
    }
  });

  it('differ in the order of their keys, and all tell next', async () => {
    const { get } = await bench();
    const keys = async (path: string) => Object.keys((await get(`/api/v2/jobs/${path}`)).json);
    (await keys('')).should.deepEqual(['count', 'next', 'previous', 'results']);
    (await keys('XXXXXX/files/')).should.deepEqual(['count', 'previous', 'results', 'next']);
    (await keys('XXXXXX/cluster_statuses/')).should.deepEqual(['count', 'next', 'previous', 'results']);
  });

  it('of jobs filter by state and words and order as asked', async () => {
    const { get, simulator } = await bench();
    const done = simulator.createJob({ name: 'Wing A', runs: [{ duration: 10 }] });
    simulator.advance(60);
    const busy = simulator.createJob({ name: 'Wing B', runs: [{ duration: null }] });
    const draft = simulator.createJob({ name: 'Wing C', submittedAt: null, runs: 1 });
    const asked = async (query: string) => ids(await get(`/api/v2/jobs/?search=wing&${query}`));
    (await asked('')).should.deepEqual([draft, busy, done]);
    (await asked('ordering=dateInserted')).should.deepEqual([done, busy, draft]);
    (await asked('ordering=-name')).should.deepEqual([draft, busy, done]);
    (await asked('state=completed')).should.deepEqual([done]);
    (await asked('state=not_completed')).should.deepEqual([draft, busy]);
    (await asked('job_status=COMPLETED')).should.deepEqual([done]);
    (await asked('t=1')).should.deepEqual([busy]);
    const rows = (await get('/api/v2/jobs/?search=wing')).json.results;
    rows
      .map((row: { jobStatus: { content: string } }) => row.jobStatus.content)
      .should.deepEqual(['', 'Executing', 'Completed']);
    rows[0].clusterStatusDisplay.content.should.equal('');
  });
});

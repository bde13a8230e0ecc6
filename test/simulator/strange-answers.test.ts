import 'should';
import { bench, closeAll } from './calls';

const RUNS = '/api/v2/jobs/XXXXXX/runs/';
const FILES = '/api/v2/jobs/XXXXX/runs/1/files/';

interface Page {
  results: { id: string }[];
  count: number;
  next: string | null;
}

describe('answers of the simulator that are not the API’s', () => {
  afterEach(closeAll);

  it('gateway: each form with each status, without the API’s own detail', async () => {
    const { get, simulator } = await bench();
    const types = {
      text: 'text/plain; charset=utf-8',
      empty: null,
      html: 'text/html; charset=utf-8',
      json: 'application/json',
      xml: 'application/xml',
    };
    for (const [form, type] of Object.entries(types)) {
      for (const status of [401, 403, 404, 502]) {
        simulator.setFaults([{ gateway: form as 'text', status }]);
        const told = await get(RUNS);
        told.status.should.equal(status, form);
        (told.headers.get('content-type') === type).should.be.true(
          `${form}: ${told.headers.get('content-type')}`,
        );
        told.text.should.not.containEql('detail');
        (told.text === '').should.equal(form === 'empty');
      }
    }
    simulator.setFaults([{ gateway: 'text' }]);
    (await get(RUNS)).should.containEql({ status: 502, text: 'Bad Gateway\n' });
  });

  it('gateway: a page with status 200 in place of a file, a part of one or a tail', async () => {
    const { get, simulator } = await bench();
    for (const path of [
      '/api/v2/files/RapTse/contents/',
      '/api/v2/jobs/XXXXX/runs/1/tail/airFoil2D/0/U',
      '/api/v2/jobs/XXXXX/runs/1/tail/airFoil2D/0/U?lines=5',
    ]) {
      simulator.setFaults([{ gateway: 'html', status: 200 }]);
      const told = await get(path, { headers: { range: 'bytes=10-19' } });
      told.status.should.equal(200);
      told.text.should.startWith('<!doctype html>');
      for (const header of ['etag', 'content-range', 'accept-ranges'])
        told.headers.has(header).should.be.false();
    }
  });

  it('a signed address that is refused once', async () => {
    const { get } = await bench({
      redirectContents: true,
      faults: [{ path: '^/storage/', gateway: 'xml', status: 403 }],
    });
    const { headers } = await get('/api/v2/files/RapTse/contents/');
    const [first, second] = [await fetch(headers.get('location')!), await fetch(headers.get('location')!)];
    [first.status, second.status].should.deepEqual([403, 200]);
    (await first.text()).should.containEql('<Code>Forbidden</Code>');
  });

  it('files whose contents are missing for some seconds after they are listed', async () => {
    const { get, simulator } = await bench();
    const job = simulator.createJob({ runs: [{ duration: 10, outputsAfter: 10, contentsAfter: 5 }] });
    simulator.advance(16);
    const [log] = (await get(`/api/v2/jobs/${job}/runs/1/files/`)).json.results;
    const contents = `/api/v2/files/${log.id}/contents/`;
    (await get(contents)).should.containEql({ status: 404, text: '{"detail":"Not found."}' });
    (await get(`/api/v2/files/${log.id}/`)).status.should.equal(200);
    simulator.advance(5);
    (await get(contents)).status.should.equal(200);
  });

  it('dateAhead: a platform whose clock is ahead, or behind', async () => {
    const { get } = await bench({
      now: Date.UTC(2026, 2, 6, 12),
      faults: [{ dateAhead: 7200 }, { dateAhead: -90 }],
    });
    const dates: (string | null)[] = [];
    for (let call = 0; call < 3; call += 1) dates.push((await get(RUNS)).headers.get('date'));
    dates.should.deepEqual(
      ['14:00:00', '11:58:30', '12:00:00'].map((time) => `Fri, 06 Mar 2026 ${time} GMT`),
    );
  });

  it('movedRows: a list that moves while it is read loses rows, though count stays', async () => {
    const { get } = await bench({ faults: [{ path: '/runs/$', skip: 1, times: 0, movedRows: 2 }] });
    const ids: string[] = [];
    const counts = new Set<number>();
    for (let next: string | null = RUNS; next;) {
      const page: Page = (await get(next.replace(/^https?:\/\/[^/]+/, ''))).json;
      ids.push(...page.results.map(({ id }) => id));
      counts.add(page.count);
      next = page.next;
    }
    [...counts].should.deepEqual([121]);
    ids.should.have.length(121);
    new Set(ids).size.should.equal(119);
    ids.should.not.containEql('11').and.not.containEql('12');
    // What was missed stands on a page that was read already.
    (await get(RUNS)).json.results.map(({ id }: { id: string }) => id).should.containEql('11');
  });

  it('oddRows: one odd value in otherwise good rows', async () => {
    const { get, simulator } = await bench();
    const odd = async (path: string, oddRows: object) => {
      simulator.setFaults([{ oddRows: oddRows as { kind: 'null-id' } }]);
      return get(path);
    };
    const row = async (path: string, kind: string, at = 1) =>
      (await odd(path, { kind, at })).json.results[at];
    (await row(FILES, 'no-relative-path')).should.not.have.property('relativePath');
    (await row(FILES, 'proto-variable')).name.should.equal('__proto__');
    ((await row(FILES, 'null-dates')).dateUploaded === null).should.be.true();
    (await row(RUNS, 'null-dates')).should.containEql({ dateStarted: null, dateCompleted: null });
    ((await row(RUNS, 'null-id')).id === null).should.be.true();
    (await row(RUNS, 'not-an-object')).should.equal('row');
    (await row(RUNS, 'zoneless-dates')).dateStarted.should.equal('2015-02-18T03:06:46.477000');
    (await odd(RUNS, { kind: 'proto-variable' })).text.should.containEql('"name":"__proto__"');
    const big = await odd(RUNS, { kind: 'numeric-id', count: 2 });
    big.text.should.containEql('"id":9007199254740992,').and.containEql('"id":9007199254740993,');
    (await odd(`${RUNS}1/`, { kind: 'null-dates' })).json.should.containEql({ dateCompleted: null, id: '1' });
    (
      await odd('/api/v2/jobs/XXXXX/runs/1/directory-contents/', { kind: 'not-an-object' })
    ).json[0].should.equal('row');
  });

  it('scope: a fault for everything that shares a rate', async () => {
    const { get, post } = await bench({
      faults: [
        { scope: 'jobs-usage', status: 429, times: 0 },
        { scope: 'job-submission', status: 503, times: 0 },
      ],
    });
    (await get(RUNS)).status.should.equal(429);
    (await get('/api/jobs/XXXXXX/runs/')).status.should.equal(200);
    (await get('/api/v2/files/RapTse/')).status.should.equal(200);
    (await post('/api/v2/jobs/XXXXXX/submit/')).status.should.equal(503);
  });

  it('throttle: a limit of its own for each scope', async () => {
    const { get } = await bench({
      throttle: { 'jobs-usage': { perSecond: 0.001, burst: 2 }, user: { perSecond: 0.001, burst: 1 } },
    });
    const statuses = async (path: string) => [
      (await get(path)).status,
      (await get(path)).status,
      (await get(path)).status,
    ];
    (await statuses(RUNS)).should.deepEqual([200, 200, 429]);
    (await statuses('/api/v2/files/RapTse/')).should.deepEqual([200, 429, 429]);
  });

  it('next: leads where the client asked, through a proxy that ends TLS too', async () => {
    const { get } = await bench();
    const next = async (headers: Record<string, string>) => (await get(RUNS, { headers })).json.next;
    (await next({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hpc.example.com' })).should.equal(
      'https://hpc.example.com/api/v2/jobs/XXXXXX/runs/?page=2',
    );
    (await next({ 'x-forwarded-proto': 'https, http' })).should.match(/^https:\/\/127\.0\.0\.1:\d+\/api/);
  });
});

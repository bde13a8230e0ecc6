import should from 'should';
import { bench, closeAll } from './calls';

const token = (value: string) => ({ headers: { authorization: value } });

describe('the door of the simulator', () => {
  afterEach(closeAll);

  it('opens with its token only, in the words of the platform', async () => {
    const { get } = await bench({ token: 'secret' });
    (await get('/api/v2/jobs/')).status.should.equal(200);
    const wrong = await get('/api/v2/jobs/', token('Token another'));
    wrong.status.should.equal(401);
    wrong.json.should.deepEqual({ detail: 'Invalid token.' });
    for (const header of ['', 'Bearer secret', 'secret', 'Basic c2VjcmV0']) {
      const none = await get('/api/v2/jobs/', token(header));
      none.status.should.equal(401, header);
      none.json.should.deepEqual({ detail: 'Authentication credentials were not provided.' });
    }
  });

  it('checks a connection at the root and at users/me', async () => {
    const { get } = await bench();
    (await get('/api/v2/')).status.should.equal(200);
    (await get('/api/v2/', token('Token another'))).status.should.equal(401);
    for (const path of ['/api/v3/users/me/', '/api/v2/users/me/']) {
      (await get(path)).json.email.should.equal('demouser@rescale.com');
    }
    for (const prefix of ['/api/', '/api/v2/', '/api/v3/'])
      (await get(`${prefix}jobs/`)).status.should.equal(200);
    (await get('/api/v4/jobs/')).status.should.equal(404);
  });

  it('says what does not exist: JSON inside the API, a page outside', async () => {
    const { get } = await bench();
    const missing = [
      'jobs/nothing/',
      'jobs/nothing/runs/',
      'jobs/XXXXXX/runs/999/',
      'jobs/XXXXXX/runs/0/',
      'jobs/XXXXXX/runs/01/',
      'jobs/XXXXXX/runs/1x/files/',
      'jobs/xxxxxx/',
      'files/nothing/',
      'files/AAAAAA/contents/',
      'nowhere/',
      'jobs/XXXXX/runs/1/tail/%E0%A4%A/',
    ];
    for (const path of missing) {
      const told = await get(`/api/v2/${path}`);
      told.status.should.equal(404, path);
      told.json.should.deepEqual({ detail: 'Not found.' }, path);
    }
    const page = await get('/somewhere/else');
    page.status.should.equal(404);
    page.headers.get('content-type')!.should.startWith('text/html');
    page.text.should.startWith('<!doctype html>');
  });

  it('refuses other methods with 405 and says which it knows', async () => {
    const { post, get } = await bench();
    const told = await post('/api/v2/jobs/XXXXXX/runs/');
    told.status.should.equal(405);
    told.json.should.deepEqual({ detail: 'Method "POST" not allowed.' });
    told.headers.get('allow')!.should.equal('GET, HEAD, OPTIONS');
    (await get('/api/v2/jobs/XXXXX/runs/1/stop/')).status.should.equal(405);
  });

  it('sends to the address with a slash at its end, the query kept, except for the path of a file', async () => {
    const { get } = await bench();
    const moved = await get('/api/v2/jobs/XXXXXX/runs?page_size=2');
    moved.status.should.equal(301);
    moved.headers.get('location')!.should.equal('/api/v2/jobs/XXXXXX/runs/?page_size=2');
    (await get('/api/v2/files/gQLna/contents')).headers
      .get('location')!
      .should.equal('/api/v2/files/gQLna/contents/');
    (await get('/api/v2/jobs/XXXXX/runs/1/tail/airFoil2D/0/U')).status.should.equal(200);
  });

  it('calls its JSON application/json, and nothing else unless a fault says so', async () => {
    const { get, simulator } = await bench();
    const types = new Set<string | null>();
    for (let minute = 0; minute < 30; minute += 1) {
      for (const path of [
        'jobs/',
        'jobs/XXXXXX/runs/',
        'jobs/nothing/',
        'jobs/XXXXX/runs/1/directory-contents/',
      ])
        types.add((await get(`/api/v2/${path}`)).headers.get('content-type'));
      simulator.advance(60);
    }
    [...types].should.deepEqual(['application/json']);
  });

  it('answers HEAD without a body', async () => {
    const { get } = await bench();
    const told = await get('/api/v2/files/RapTse/contents/', { method: 'HEAD' });
    told.status.should.equal(200);
    told.headers.get('content-length')!.should.equal('1298');
    told.text.should.equal('');
  });

  it('turns away who asks too fast, when told to, and lets them in again', async () => {
    const { get } = await bench({ throttle: { perSecond: 4, burst: 3 } });
    const first = await Promise.all(Array.from({ length: 8 }, () => get('/api/v2/jobs/XXXXXX/runs/1/')));
    const away = first.filter(({ status }) => status === 429);
    away.length.should.be.within(1, 5);
    away[0]!.headers.get('retry-after')!.should.equal('1');
    away[0]!.json.detail.should.equal('Request was throttled. Expected available in 1 seconds.');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    (await get('/api/v2/jobs/XXXXXX/runs/1/')).status.should.equal(200);
  });

  it('keeps a record of requests, but of no key that is not its own', async () => {
    const { get, simulator } = await bench();
    await get('/api/v2/jobs/?page_size=3');
    await get('/api/v2/jobs/', token('Token a-real-key'));
    const [first, second] = simulator.requests();
    should(first).containEql({ method: 'GET', url: '/api/v2/jobs/?page_size=3', status: 200 });
    first!.headers['authorization']!.should.equal('Token simulator');
    first!.at.should.be.approximately(Date.now(), 60_000);
    second!.status!.should.equal(401);
    JSON.stringify(second).should.not.containEql('a-real-key');
    simulator.clearRequests();
    simulator.requests().should.be.empty();
  });
});

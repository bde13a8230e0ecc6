import { request } from 'node:http';
import should from 'should';
import type { FaultRule } from '../../src/simulator/index';
import { bench, closeAll, type Bench } from './calls';

const RUNS = '/api/v2/jobs/XXXXXX/runs/';
const U = '/api/v2/files/RapTse/contents/';

/** What arrives on the wire, also when the connection breaks. */
interface Wire {
  status: number | null;
  promised: number | null;
  bytes: Buffer;
  pieces: number;
  /** `ECONNRESET` or the like; null for a good end. */
  error: string | null;
}

function onTheWire({ simulator }: Bench, path: string, method = 'GET'): Promise<Wire> {
  return new Promise((resolve) => {
    const wire: Wire = { status: null, promised: null, bytes: Buffer.alloc(0), pieces: 0, error: null };
    const fail = (error: NodeJS.ErrnoException) => resolve({ ...wire, error: error.code ?? error.message });
    const headers = { authorization: 'Token simulator' };
    const call = request(simulator.origin + path, { method, headers, agent: false }, (answer) => {
      wire.status = answer.statusCode ?? null;
      wire.promised = Number(answer.headers['content-length']);
      answer.on('data', (piece: Buffer) => {
        wire.pieces += 1;
        wire.bytes = Buffer.concat([wire.bytes, piece]);
      });
      answer.once('end', () => resolve(wire));
      answer.once('error', fail);
    });
    call.once('error', fail);
    call.end();
  });
}

async function faulty(...faults: FaultRule[]): Promise<Bench> {
  return bench({ faults });
}

describe('faults of the simulator', () => {
  afterEach(closeAll);

  it('hit the method and path that they name, after some and for so many times', async () => {
    const { get, post, simulator } = await faulty({
      method: 'GET',
      path: '^/jobs/[^/]+/runs/$',
      skip: 1,
      times: 2,
      status: 503,
    });
    const statuses: number[] = [];
    for (let call = 0; call < 5; call += 1) statuses.push((await get(RUNS)).status);
    statuses.should.deepEqual([200, 503, 503, 200, 200]);
    (await get('/api/v2/jobs/XXXXXX/runs/1/')).status.should.equal(200);
    (await post(RUNS)).status.should.equal(405);
    simulator.setFaults([{ path: '/runs/$', times: 0, status: 500 }]);
    for (let call = 0; call < 4; call += 1) (await get('/api/jobs/XXXXXX/runs/')).status.should.equal(500);
    simulator.setFaults([]);
    (await get(RUNS)).status.should.equal(200);
  });

  it('come one rule after the other', async () => {
    const { get } = await faulty({ status: 502 }, { status: 504, times: 2 });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await get(RUNS)).status);
    statuses.should.deepEqual([502, 504, 504, 200]);
  });

  it('status: the usual words of the platform, a gateway’s page from 500 on', async () => {
    const { get } = await faulty(...[401, 403, 404, 429, 500, 502, 503, 504].map((status) => ({ status })));
    for (const detail of [
      'Invalid token.',
      'You do not have permission to perform this action.',
      'Not found.',
      'Request was throttled.',
    ]) {
      (await get(RUNS)).json.should.deepEqual({ detail });
    }
    for (let call = 0; call < 4; call += 1) {
      const told = await get(RUNS);
      told.status.should.be.aboveOrEqual(500);
      told.headers.get('content-type')!.should.startWith('text/html');
      told.text.should.containEql('<h1>');
    }
  });

  it('status: a refused request is not carried out, unless the rule says so', async () => {
    const { get, post, simulator } = await bench();
    const job = simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    simulator.setFaults([{ status: 504 }, { status: 504, effective: true }]);
    for (const run of [1, 2]) (await post(`/api/v2/jobs/${job}/runs/${run}/stop/`)).status.should.equal(504);
    simulator.advance(60);
    const ends = (await get(`/api/v2/jobs/${job}/runs/`)).json.results.map(
      ({ dateCompleted }: { dateCompleted: string | null }) => dateCompleted !== null,
    );
    ends.should.deepEqual([false, true]);
  });

  it('retryAfter: 429 unless told otherwise, in seconds and as a date', async () => {
    const { get } = await faulty(
      { retryAfter: { seconds: 7 } },
      { status: 503, retryAfter: { seconds: 90, form: 'date' } },
    );
    const first = await get(RUNS);
    first.status.should.equal(429);
    first.headers.get('retry-after')!.should.equal('7');
    const second = await get(RUNS);
    second.status.should.equal(503);
    const [until, now] = ['retry-after', 'date'].map((name) => Date.parse(second.headers.get(name)!));
    (until! - now!).should.equal(90_000);
  });

  it('headers, body, contentType and html replace what was told', async () => {
    const { get } = await faulty(
      { headers: { 'X-RateLimit-Remaining': '0' } },
      { body: { detail: 'odd' } },
      { body: 'duplicate key value', status: 400 },
      { contentType: 'image/png' },
      { html: true },
      { html: true, status: 502 },
      { body: null },
    );
    (await get(RUNS)).headers.get('x-ratelimit-remaining')!.should.equal('0');
    (await get(RUNS)).should.containEql({ status: 200, text: '{"detail":"odd"}' });
    (await get(RUNS)).should.containEql({ status: 400, text: 'duplicate key value' });
    const typed = await get(RUNS);
    typed.headers.get('content-type')!.should.equal('image/png');
    typed.json.count.should.equal(121);
    for (const status of [200, 502]) {
      const page = await get(RUNS);
      page.status.should.equal(status);
      page.headers.get('content-type')!.should.startWith('text/html');
      page.text.should.startWith('<!doctype html>');
    }
    (await get(RUNS)).text.should.equal('null');
  });

  it('delay: the answer comes later, the effect does not', async () => {
    const { get, post, simulator } = await bench();
    const job = simulator.createJob({ runs: [{ duration: null }] });
    simulator.setFaults([{ method: 'POST', delay: 300 }]);
    const began = performance.now();
    const asked = post(`/api/v2/jobs/${job}/runs/1/stop/`);
    while (simulator.requests().length === 0) await new Promise(setImmediate);
    simulator.advance(30);
    (await get(`/api/v2/jobs/${job}/runs/1/`)).json.dateCompleted.should.be.a.String();
    (await asked).status.should.equal(200);
    (performance.now() - began).should.be.aboveOrEqual(290);
  });

  it('drip: the body in small pieces, whole in the end', async () => {
    const at = await faulty({ drip: { bytes: 100, every: 5 } });
    const wire = await onTheWire(at, U);
    wire.should.containEql({ status: 200, promised: 1298, error: null });
    wire.bytes.length.should.equal(1298);
    wire.pieces.should.be.above(5);
  });

  it('cut: as many bytes as said, though more were promised', async () => {
    const at = await faulty({ cut: 500 }, { cut: 0 });
    const wire = await onTheWire(at, U);
    wire.should.containEql({ status: 200, promised: 1298, error: 'ECONNRESET' });
    wire.bytes.length.should.equal(500);
    const none = await onTheWire(at, RUNS);
    none.error!.should.equal('ECONNRESET');
    none.bytes.length.should.equal(0);
    (await onTheWire(at, U)).should.containEql({ status: 200, error: null });
  });

  it('reset: before it takes effect, after it took effect, or within the body', async () => {
    const at = await bench();
    const { get, simulator } = at;
    const job = simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    simulator.setFaults([{ reset: 'before' }, { reset: 'unanswered' }, { reset: { at: 700 } }]);
    for (const run of [1, 2]) {
      const wire = await onTheWire(at, `/api/v2/jobs/${job}/runs/${run}/stop/`, 'POST');
      wire.should.containEql({ status: null, error: 'ECONNRESET' });
    }
    const within = await onTheWire(at, U);
    within.should.containEql({ status: 200, promised: 1298, error: 'ECONNRESET' });
    within.bytes.length.should.equal(700);
    simulator.advance(60);
    const ends = (await get(`/api/v2/jobs/${job}/runs/`)).json.results.map(
      ({ dateCompleted }: { dateCompleted: string | null }) => dateCompleted !== null,
    );
    ends.should.deepEqual([false, true]);
    simulator
      .requests()
      .slice(0, 3)
      .map(({ status }) => status)
      .should.deepEqual([null, null, 200]);
  });

  it('next: foreign, null, empty or missing', async () => {
    const { get } = await faulty(
      { next: 'http://169.254.169.254/api/v2/jobs/' },
      { next: null },
      { next: '' },
      { next: { missing: true } },
    );
    (await get(RUNS)).json.next.should.equal('http://169.254.169.254/api/v2/jobs/');
    should((await get(RUNS)).json.next).equal(null);
    (await get(RUNS)).json.next.should.equal('');
    (await get(RUNS)).json.should.not.have.property('next');
    (await get(RUNS)).json.next.should.be.a.String();
  });

  it('redirect: to wherever, with the status that is asked for', async () => {
    const { get } = await faulty(
      { redirect: 'https://storage.example/x?sig=1' },
      { redirect: '/login/', status: 307 },
    );
    const first = await get(U);
    first.status.should.equal(302);
    first.headers.get('location')!.should.equal('https://storage.example/x?sig=1');
    const second = await get(U);
    second.status.should.equal(307);
    second.headers.get('location')!.should.equal('/login/');
  });

  it('duplicateRows, missingRows and emptyPage disturb lists, also bare ones', async () => {
    const { get } = await faulty(
      { duplicateRows: 2 },
      { missingRows: 3 },
      { emptyPage: true },
      { duplicateRows: 1, path: 'directory' },
    );
    const list = async (path: string) => {
      const { json } = await get(path);
      return (json.results ?? json).map((row: { id?: string; path?: string }) => row.id ?? row.path);
    };
    (await list(RUNS)).should.deepEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '1', '2']);
    (await list(RUNS)).should.deepEqual(['4', '5', '6', '7', '8', '9', '10']);
    const emptied = (await get(RUNS)).json;
    emptied.results.should.be.empty();
    emptied.should.containEql({ count: 121 });
    emptied.next.should.be.a.String();
    (await list('/api/v2/jobs/XXXXX/runs/1/directory-contents/')).should.have.length(4);
  });

  it('oversize: padded with blanks, so that JSON stays JSON', async () => {
    const at = await faulty({ oversize: 3_000_000 });
    const wire = await onTheWire(at, RUNS);
    wire.should.containEql({ status: 200, promised: 3_000_000, error: null });
    wire.bytes.length.should.equal(3_000_000);
    (JSON.parse(wire.bytes.toString()) as { count: number }).count.should.equal(121);
  });

  it('corruptAt: one byte of the file, wherever the asked range begins', async () => {
    const at = await faulty({ path: 'contents', corruptAt: 20 }, { path: 'contents', corruptAt: 20 });
    const whole = (await onTheWire(at, U)).bytes;
    const part = await at.get(U, { headers: { range: 'bytes=19-21' } });
    const good = (await onTheWire(at, U)).bytes;
    const differ = [...good.keys()].filter((place) => good[place] !== whole[place]);
    differ.should.deepEqual([20]);
    part.status.should.equal(206);
    part.text.should.not.equal(good.subarray(19, 22).toString());
  });

  it('combine: late, refused, with a date to wait for', async () => {
    const at = await faulty({ delay: 100, status: 503, retryAfter: { seconds: 2 }, html: true });
    const began = performance.now();
    const told = await at.get(RUNS);
    (performance.now() - began).should.be.aboveOrEqual(95);
    told.status.should.equal(503);
    told.headers.get('retry-after')!.should.equal('2');
    told.text.should.startWith('<!doctype html>');
  });

  it('hit the storage address too, and never the controls', async () => {
    const { get, simulator } = await bench({ redirectContents: true });
    const { headers } = await get(U);
    simulator.setFaults([
      { path: '^/storage/', status: 503 },
      { times: 0, status: 500 },
    ]);
    (await fetch(headers.get('location')!)).status.should.equal(503);
    (await get('/_sim/state')).status.should.equal(200);
  });

  it('are refused when they name what is not known, so that no typing error looks like a survived fault', async () => {
    const { simulator } = await bench();
    const set = (rule: unknown) => () => simulator.setFaults([rule] as FaultRule[]);
    set({ statis: 500 }).should.throw('Fault 1: there is no statis.');
    set({ status: '500' }).should.throw('Fault 1: status must be a number, 0 or more.');
    set({ path: '(' }).should.throw('Fault 1: path must be a regular expression.');
    set({ reset: 'after' }).should.throw('Fault 1: reset must be "before", "unanswered" or {at}.');
    set(3).should.throw('Fault 1 must be an object.');
  });
});

import { createHash } from 'node:crypto';
import should from 'should';
import { bench, closeAll, type Bench } from './calls';
import type { FileScript, SimulatorOptions } from '../../src/simulator/index';

/** A job with one ended run of these files. */
async function ended(files: FileScript[], options: SimulatorOptions = {}): Promise<Bench & { job: string }> {
  const at = await bench(options);
  const job = at.simulator.createJob({ runs: [{ duration: 60, files }] });
  at.simulator.advance(200);
  return { ...at, job };
}

async function rowOf({ get, job }: Bench & { job: string }, name: string) {
  const rows = (await get(`/api/v2/jobs/${job}/runs/1/files/?page_size=100`)).json.results;
  return rows.find((row: { name: string }) => row.name === name);
}

/** Every byte that a content gives, counted and digested without being held. */
async function drained({ simulator }: Bench, id: string, range?: string) {
  const headers: Record<string, string> = { authorization: `Token ${simulator.token}` };
  if (range) headers['range'] = range;
  const answer = await fetch(`${simulator.origin}/api/v2/files/${id}/contents/`, { headers });
  const digest = createHash('md5');
  let bytes = 0;
  for await (const piece of answer.body! as unknown as AsyncIterable<Uint8Array>) {
    digest.update(piece);
    bytes += piece.length;
  }
  return { bytes, md5: digest.digest('hex') };
}

describe('files of the simulator', () => {
  afterEach(closeAll);

  it('have checksums that fit their contents, sizes that do, and ids of letters', async () => {
    const at = await ended([
      { path: 'shared/a.txt', content: 'Grüße\n' },
      { path: 'shared/deep/b.bin', bytes: 100_000 },
      { path: 'shared/c.csv', bytes: 1000, checksum: 'none' },
      { path: 'shared/d.bin', bytes: 1_000_000 },
      { path: 'shared/e.bin', bytes: 1_000_000, checksum: 'sha512' },
    ]);
    for (const name of ['a.txt', 'b.bin']) {
      const row = await rowOf(at, name);
      row.id.should.match(/^[A-Za-z]{6}$/);
      const bytes = Buffer.from(
        await (
          await fetch(`${at.simulator.origin}/api/v2/files/${row.id}/contents/`, {
            headers: { authorization: 'Token simulator' },
          })
        ).arrayBuffer(),
      );
      bytes.length.should.equal(row.decryptedSize);
      createHash('md5').update(bytes).digest('hex').should.equal(row.md5);
      createHash('sha512').update(bytes).digest('hex').should.equal(row.fileChecksums[0].fileHash);
      (await at.get(`/api/v2/files/${row.id}/`)).json.should.deepEqual(row);
    }
    should((await rowOf(at, 'c.csv')).md5).equal(null);
    should((await rowOf(at, 'd.bin')).md5).equal(null);
    should((await rowOf(at, 'd.bin')).fileChecksums).equal(null);
    (await rowOf(at, 'e.bin')).fileChecksums[0].hashFunction.should.equal('SHA-512');
    (await rowOf(at, 'b.bin')).relativePath.should.equal('deep/b.bin');
  });

  it('answer ranges as a web server does', async () => {
    const at = await ended([{ path: 'digits.txt', content: '0123456789' }]);
    const { id } = await rowOf(at, 'digits.txt');
    const asked = (range: string, more: Record<string, string> = {}) =>
      at.get(`/api/v2/files/${id}/contents/`, { headers: { range, ...more } });
    const cases: [range: string, status: number, text: string, range: string | null][] = [
      ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
      ['bytes=7-', 206, '789', 'bytes 7-9/10'],
      ['bytes=-3', 206, '789', 'bytes 7-9/10'],
      ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
      ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
      ['bytes=10-', 416, '', 'bytes */10'],
      ['bytes=-0', 416, '', 'bytes */10'],
      ['bytes=5-2', 200, '0123456789', null],
      ['bytes=0-1,4-5', 200, '0123456789', null],
      ['lines=1-2', 200, '0123456789', null],
    ];
    for (const [range, status, text, told] of cases) {
      const answer = await asked(range);
      answer.status.should.equal(status, range);
      answer.text.should.equal(text, range);
      should(answer.headers.get('content-range')).equal(told, range);
    }
    const etag = (await at.get(`/api/v2/files/${id}/contents/`)).headers.get('etag')!;
    (await asked('bytes=0-1', { 'if-range': etag })).status.should.equal(206);
    (await asked('bytes=0-1', { 'if-range': '"another"' })).status.should.equal(200);
  });

  it('are the same bytes at any offset, also beyond four gigabytes', async () => {
    const at = await bench();
    at.simulator.advance(200);
    const rows = (await at.get('/api/v2/jobs/bigFiles/files/')).json.results;
    for (const name of ['history.log', 'fields.h5']) {
      const { id, decryptedSize } = rows.find((row: { name: string }) => row.name === name);
      decryptedSize.should.be.above(2 ** 32);
      const middle = 4_999_900_000;
      const whole = await drained(at, id, `bytes=${middle}-${middle + 99_999}`);
      whole.bytes.should.equal(100_000);
      const parts = createHash('md5');
      for (const [from, to] of [
        [0, 1],
        [1, 65_537],
        [65_537, 100_000],
      ] as const) {
        const part = await fetch(`${at.simulator.origin}/api/v2/files/${id}/contents/`, {
          headers: { authorization: 'Token simulator', range: `bytes=${middle + from}-${middle + to - 1}` },
        });
        parts.update(Buffer.from(await part.arrayBuffer()));
      }
      parts.digest('hex').should.equal(whole.md5);
    }
    const log = rows.find((row: { name: string }) => row.name === 'history.log');
    const end = await at.get(`/api/v2/files/${log.id}/contents/`, { headers: { range: 'bytes=-32' } });
    end.text.should.match(/^line 156250000 [0-9a-f]{16}\n$/);
    (await at.get(`/api/v2/files/${log.id}/lines/`)).status.should.equal(400);
  });

  it('of 64 MiB have the md5 that they tell', async () => {
    const at = await bench();
    at.simulator.advance(200);
    const rows = (await at.get('/api/v2/jobs/bigFiles/files/')).json.results;
    const mesh = rows.find((row: { name: string }) => row.name === 'mesh.bin');
    (await drained(at, mesh.id)).should.deepEqual({ bytes: mesh.decryptedSize, md5: mesh.md5 });
  });

  it('of 20 GB stream in a memory that stays small, and wait for a slow reader', async () => {
    const at = await bench();
    at.simulator.advance(200);
    const rows = (await at.get('/api/v2/jobs/bigFiles/files/?search=fields.h5')).json.results;
    const answer = await fetch(`${at.simulator.origin}/api/v2/files/${rows[0].id}/contents/`, {
      headers: { authorization: 'Token simulator' },
    });
    Number(answer.headers.get('content-length')).should.equal(20_000_000_000);
    const before = process.memoryUsage().rss;
    let most = 0;
    let bytes = 0;
    for await (const piece of answer.body! as unknown as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      most = Math.max(most, process.memoryUsage().rss);
      // Everything else has its turn between two pieces: what was not held back would pile up here.
      await new Promise(setImmediate);
      if (bytes > 250_000_000) break;
    }
    (most - before).should.be.below(64_000_000);
  });

  it('keep their line ends in /lines/, unlike tail', async () => {
    const at = await ended([{ path: 'a.txt', content: 'one\n\ntwo' }]);
    const { id } = await rowOf(at, 'a.txt');
    (await at.get(`/api/v2/files/${id}/lines/`)).json.should.deepEqual({ lines: ['one\n', '\n', 'two'] });
  });

  it('can be had from their signed address without a token, and not with another signature', async () => {
    const at = await ended([{ path: 'a.txt', content: 'signed' }]);
    const { downloadUrl } = await rowOf(at, 'a.txt');
    (await (await fetch(downloadUrl)).text()).should.equal('signed');
    (await fetch(downloadUrl.replace(/sig=.*/, 'sig=forged'))).status.should.equal(403);
  });

  it('are redirected to another port when the simulator is told so', async () => {
    const at = await ended([{ path: 'a.txt', content: 'elsewhere' }], { redirectContents: true });
    const { id } = await rowOf(at, 'a.txt');
    const moved = await at.get(`/api/v2/files/${id}/contents/`);
    moved.status.should.equal(302);
    const address = new URL(moved.headers.get('location')!);
    address.hostname.should.equal('127.0.0.1');
    address.port.should.not.equal(new URL(at.simulator.origin).port);
    (await (await fetch(address)).text()).should.equal('elsewhere');
    at.simulator
      .requests()
      .at(-1)!
      .should.containEql({ url: address.pathname + address.search, status: 200 });
    (await at.get('/api/v2/files/AAAAAA/contents/')).status.should.equal(404);
  });

  it('that are deleted say so and have no contents', async () => {
    const at = await ended([{ path: 'a.txt', content: 'gone', deleted: true }]);
    const row = await rowOf(at, 'a.txt');
    row.isDeleted.should.equal(true);
    (await at.get(`/api/v2/files/${row.id}/contents/`)).status.should.equal(404);
  });

  it('lie under shared/ while the run computes, and without it in the storage', async () => {
    const at = await bench();
    const files = [{ path: 'shared/x y#z%.log', content: 'odd' }];
    const job = at.simulator.createJob({ runs: [{ duration: 60, files }] });
    const [, entry] = (await at.get(`/api/v2/jobs/${job}/runs/1/directory-contents/`)).json;
    entry.should.deepEqual({
      path: 'shared/x y#z%.log',
      resource: `/api/v2/jobs/${job}/runs/1/tail/shared/x y#z%.log`,
    });
    const encoded = entry.path.split('/').map(encodeURIComponent).join('/');
    (await at.get(`/api/v2/jobs/${job}/runs/1/tail/${encoded}`)).text.should.equal('odd');
    (await at.get(`/api/v2/jobs/${job}/runs/1/tail/x%20y%23z%25.log`)).status.should.equal(404);
    at.simulator.advance(100);
    (await rowOf({ ...at, job }, 'x y#z%.log')).relativePath.should.equal('x y#z%.log');
  });

  it('grow by a line each so many seconds, and tail gives the last ones', async () => {
    const { get, simulator } = await bench();
    const job = simulator.createJob({
      runs: [{ duration: null, files: [{ path: 'a.log', lines: { every: 2 } }] }],
    });
    const tail = async (query: string) => get(`/api/v2/jobs/${job}/runs/1/tail/a.log${query}`);
    (await tail('?lines=5')).json.lines.should.be.empty();
    simulator.advance(21);
    const { lines, fileType } = (await tail('?lines=3')).json;
    lines
      .map((line: string) => line.slice(0, 14))
      .should.deepEqual(['line 000000008', 'line 000000009', 'line 000000010']);
    fileType.should.equal(`/enc/uprod_${job}/work/a.log: ASCII text`);
    (await tail('')).text.should.have.length(320);
    (await tail('?lines=99999')).json.lines.should.have.length(10);
    (await tail('?lines=0')).json.lines.should.be.empty();
    for (const bad of ['x', '-1', '']) (await tail(`?lines=${bad}`)).status.should.equal(400);
    simulator.advance(20_000_000);
    (await tail('?lines=1')).json.lines[0].should.startWith('line 010000010 ');
  });

  it('are written by hand byte for byte', async () => {
    const { get, simulator } = await bench();
    const job = simulator.createJob({
      runs: [{ duration: null, files: [{ path: 'a.log', content: 'one\n' }] }],
    });
    const every = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const text = every.toString('base64');
    const step = { runId: '1', path: 'a.log' } as const;
    const raw = async () => {
      const answer = await fetch(`${simulator.origin}/api/v2/jobs/${job}/runs/1/tail/a.log`, {
        headers: { authorization: 'Token simulator' },
      });
      return Buffer.from(await answer.arrayBuffer());
    };
    simulator.control(job, { action: 'append', ...step, text: 'two\n' });
    (await raw()).toString().should.equal('one\ntwo\n');
    simulator.control(job, { action: 'append', ...step, text, encoding: 'base64' });
    (await raw()).equals(Buffer.concat([Buffer.from('one\ntwo\n'), every])).should.be.true();
    simulator.control(job, { action: 'replace', ...step, text, encoding: 'base64' });
    (await raw()).equals(every).should.be.true();
    (await get(`/api/v2/jobs/${job}/runs/1/tail/a.log?lines=1`)).json.fileType.should.endWith(': data');
    simulator.control(job, { action: 'append', runId: '1', path: 'new/b.log', text: 'b' });
    const paths = async () =>
      (await get(`/api/v2/jobs/${job}/runs/1/directory-contents/`)).json.map(
        ({ path }: { path: string }) => path,
      );
    (await paths()).should.deepEqual(['process_output.log', 'a.log', 'new/b.log']);
    simulator.control(job, { action: 'remove-file', ...step });
    (await paths()).should.deepEqual(['process_output.log', 'new/b.log']);
    simulator.control(job, { action: 'append', runId: '1', path: 'process_output.log', text: 'no line end' });
    simulator.control(job, { action: 'end-run', runId: '1', exitCode: 9 });
    simulator.advance(60);
    const rows = (await get(`/api/v2/jobs/${job}/runs/1/files/`)).json.results;
    rows.map(({ name }: { name: string }) => name).should.deepEqual(['b.log', 'process_output.log']);
    const log = (await get(`/api/v2/files/${rows[1].id}/contents/`)).text;
    log.should.endWith('no line end\n[2026-03-06T12:00:00Z]: Exited with code 9\n');
  });
});

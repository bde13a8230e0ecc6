import { readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import should from 'should';
import { RescaleError } from '../../src/api/errors/errors';
import { systemClock } from '../../src/api/time/clock';
import { fetchToFile } from '../../src/runs/download/download-file';
import { tailFile } from '../../src/runs/lines/tail-file';
import { clientOf, failure, json, run, text } from '../api/scripted-server';
import { folder, newForEach, server } from '../api/server-and-folder';

const closed = new RescaleError('RESCALE_CLOSED', 'closed');

/** Contents that break off while something else is awaited. An error that nobody listens for would end this process. */
describe('Contents that break off while nobody reads them', () => {
  newForEach();

  const tail = (signal?: AbortSignal) =>
    failure(
      tailFile(
        clientOf(server),
        {
          jobId: 'a',
          runId: '1',
          path: 'report.html',
          lines: null,
          format: 'text',
          finished: 'file',
          limitBytes: 1e6,
        },
        { clock: systemClock, ...(signal && { signal }) },
      ),
    );

  it('fail the tail of a live file that begins like a page, when the node is closed', async () => {
    const closing = new AbortController();
    server.answer((request, response) => {
      if (request.url!.includes('lines=')) closing.abort(closed);
      else text('<html><body>report of the solver</body></html>\n')(request, response);
    });
    (await tail(closing.signal)).should.have.property('code', 'RESCALE_CLOSED');
  });

  it('fail the tail of a live file that begins like a page, when its connection is reset', async () => {
    let live: { resetAndDestroy(): unknown } | null = null;
    server.answer((request, response) => {
      if (request.url!.includes('lines=')) {
        live?.resetAndDestroy();
        setTimeout(() => response.end('{"fileType":"x","lines":[]}'), 30);
        return undefined;
      }
      if (request.url!.endsWith('/runs/1/'))
        return json(run('1', { dateCompleted: null }))(request, response);
      live = request.socket;
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': 5000 });
      response.write('<html><head><title>502 Bad Gateway</title></head>');
      return undefined;
    });
    (await tail()).should.have.property('code', 'RESCALE_PROTOCOL');
  });

  for (const how of ['reset', 'closed'] as const) {
    it(`fail a download that begins anew on a slow disk, when it is ${how}`, async () => {
      const closing = new AbortController();
      const probe = await open(join(folder, 'probe'), 'w');
      const prototype = Object.getPrototypeOf(probe) as { truncate(length: number): Promise<void> };
      await probe.close();
      const truncate = Reflect.get(prototype, 'truncate');
      let end: () => void = () => {};
      prototype.truncate = async function (length: number) {
        end();
        end = () => {};
        await new Promise((resolve) => setTimeout(resolve, 40));
        return truncate.call(this, length);
      };
      let asked = 0;
      server.answer((request, response) => {
        asked += 1;
        response.writeHead(200, { 'content-length': 2_000_000 });
        response.write(Buffer.alloc(5_000, asked));
        if (asked === 1) setTimeout(() => request.socket.resetAndDestroy(), 20);
        else if (asked === 2)
          end = () => (how === 'closed' ? closing.abort(closed) : request.socket.resetAndDestroy());
        if (asked === 3) response.end(Buffer.alloc(1_995_000, asked));
      });
      try {
        const fetched = fetchToFile(
          clientOf(server),
          { id: 'f', relativePath: 'f', size: 2_000_000, checksum: null },
          join(folder, 'f'),
          { clock: systemClock, signal: closing.signal },
        );
        if (how === 'closed') (await failure(fetched)).should.have.property('code', 'RESCALE_CLOSED');
        else should((await fetched).bytes).equal(2_000_000);
      } finally {
        prototype.truncate = truncate;
      }
      readdirSync(folder).should.deepEqual(how === 'closed' ? ['probe'] : ['f', 'probe']);
    });
  }
});

/** Of some files the platform tells neither size nor checksum, so that only the contents can say whether they are theirs. */
describe('Contents of which nothing is known', () => {
  newForEach();
  const pages = {
    'a web page': '<!DOCTYPE html>\n<html><title>Sign in</title></html>',
    'an error of the API': '{"detail": "Request was throttled."}',
    'an error of the storage': '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
  };
  const fetch = (name: string) =>
    fetchToFile(
      clientOf(server),
      { id: 'f', relativePath: name, size: null, checksum: null },
      join(folder, 'f'),
      { clock: { ...systemClock, sleep: () => Promise.resolve() } },
    );

  for (const [what, page] of Object.entries(pages)) {
    it(`are not ${what}: it is tried again until the file comes`, async () => {
      let asked = 0;
      server.answer((request, response) => text(++asked < 3 ? page : 'Time = 1\n')(request, response));
      (await fetch('log.solver')).bytes.should.equal('Time = 1\n'.length);
      readFileSync(join(folder, 'f'), 'utf8').should.equal('Time = 1\n');
    });

    it(`are never kept when ${what} goes on coming, unless the file is named so`, async () => {
      server.answer(text(page));
      (await failure(fetch('log.solver'))).should.have.properties({
        code: 'RESCALE_CHECKSUM',
        key: 'download-page',
      });
      readdirSync(folder).should.be.empty();
      const name = page.startsWith('{') ? 'a.json' : page.startsWith('<?') ? 'a.xml' : 'a.html';
      (await fetch(name)).bytes.should.equal(page.length);
    });
  }

  it('are no page or error of another form, which begins in many ways', async () => {
    const others = [
      '<!-- a proxy -->\n<!-- says -->\n<!DOCTYPE html><html>Sign in',
      '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML"><html>',
      '<script>location="/login"</script>',
      '<meta http-equiv="refresh" content="0;url=/login">',
      '\ufeff\r\n<TITLE>302 Found</TITLE>',
      '<Error xmlns="x"><Code>AccessDenied</Code></Error>',
      '<soap:Envelope xmlns:soap="x"><soap:Fault>',
      '{"code":401,"detail":"Session expired."}',
      '{"errors":[{"title":"x"}]}',
      '{ "Error": "x" }',
      '{"status":"error","reason":"x"}',
      '{"type":"about:blank","title":"Unauthorized","status":401}',
      '{"fault":{"faultstring":"Rate limit"}}',
    ];
    for (const page of others) {
      server.answer(text(page));
      (await failure(fetch('result.vtk'))).should.have.property('key', 'download-page');
      readdirSync(folder).should.be.empty();
    }
    server.answer(text('<div>Sign in</div>', 200, { 'Content-Type': 'text/html; charset=utf-8' }));
    (await failure(fetch('result.vtk'))).should.have.property('key', 'download-page');
  });

  it('are a result that looks like one only to a hasty eye', async () => {
    const results = [
      '<?xml version="1.0"?>\n<!-- made by a solver -->\n<VTKFile type="UnstructuredGrid">',
      '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
      '<div>a format of its own</div>',
      '<header>1</header><errorNorm>2</errorNorm>',
      '{"status":"ok","iterations":5}',
      '{"title":"Cavity","points":[1,2]}',
      '{"code":7,"path":"a","values":[0.1]}',
      '[{"error":0.1}]',
      'error: none\n',
      '<',
      '',
    ];
    for (const result of results) {
      // Web frameworks call everything so.
      const type = result.startsWith('<div') ? 'application/octet-stream' : 'text/html';
      server.answer(text(result, 200, { 'Content-Type': type }));
      (await fetch('result.vtu')).bytes.should.equal(Buffer.byteLength(result), result);
    }
  });

  it('are packed where the file is, and not where a page in its place is', async () => {
    const stored = gzipSync('field '.repeat(100));
    for (const encoding of ['gzip', 'x-gzip']) {
      server.answer(
        text(stored, 200, { 'Content-Encoding': encoding, 'Content-Type': 'application/octet-stream' }),
      );
      (await fetch('field.gz')).bytes.should.equal(stored.length);
      readFileSync(join(folder, 'f')).should.eql(stored);
      (await fetch('field.dat')).bytes.should.equal(600);
    }
    const page = gzipSync('<html>Sign in</html>');
    server.answer(text(page, 200, { 'Content-Encoding': 'gzip', 'Content-Type': 'text/html' }));
    (await failure(fetch('field.gz'))).should.have.property('key', 'download-page');
  });

  it('are whole also when who packed them on the way died once in the middle', async () => {
    const whole = 'field '.repeat(20_000);
    const packed = gzipSync(whole, { level: 0 });
    let asked = 0;
    server.answer((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(++asked === 1 ? packed.subarray(0, packed.length >> 1) : packed);
    });
    (await fetch('field.dat')).bytes.should.equal(whole.length);
    readFileSync(join(folder, 'f'), 'utf8').should.equal(whole);
    asked = 0;
    const request = { jobId: 'a', runId: '1', path: 'field.dat', lines: null, finished: 'file' } as const;
    const { content } = await tailFile(
      clientOf(server),
      { ...request, format: 'text', limitBytes: 1e6 },
      { clock: systemClock },
    );
    (content as string).should.equal(whole);
    asked.should.equal(2);
  });
});

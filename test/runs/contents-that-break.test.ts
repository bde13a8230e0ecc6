import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import should from 'should';
import { RescaleError } from '../../src/api/errors/errors';
import { systemClock } from '../../src/api/time/clock';
import { fetchToFile } from '../../src/runs/download/download-file';
import { tailFile } from '../../src/runs/lines/tail-file';
import { clientOf, failure, json, run, startServer, text, type ScriptedServer } from '../api/scripted-server';

const closed = new RescaleError('RESCALE_CLOSED', 'closed');

/** Contents that break off while something else is awaited. An error that nobody listens for would end this process. */
describe('Contents that break off while nobody reads them', () => {
  let server: ScriptedServer;
  let folder: string;
  beforeEach(async () => {
    server = await startServer();
    folder = mkdtempSync(join(tmpdir(), 'contents-'));
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

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

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import 'should';
import should from 'should';
import { systemClock } from '../../src/api/time/clock';
import type { RescaleClient } from '../../src/api/client/client';
import type { RescaleFile } from '../../src/api/client/types';
import { checksumOf } from '../../src/runs/files/checksum';
import { downloadFiles } from '../../src/runs/download/download-files';
import { relativePathOf } from '../../src/runs/files/file-row';
import { tailFile } from '../../src/runs/lines/tail-file';
import { clientOf, json, run, startServer, text, type ScriptedServer } from '../api/scripted-server';

const row = (id: string, more: object) => ({ id, name: `${id}.txt`, decryptedSize: 2, ...more });
const rows = [
  row('none', {}),
  row('null', { relativePath: null, path: 'user/u/output/job_J/run1/sub/null.txt', md5: 7 }),
  row('good', { relativePath: 'good.txt', decryptedSize: null, fileChecksums: [null] }),
];

/** Rows as no document promises them: one of them must not spoil the others. */
describe('odd rows of files', () => {
  let server: ScriptedServer;
  let client: RescaleClient;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rescale-'));
    server = await startServer((request, response) => {
      const url = request.url!;
      const wanted = rows.find(({ id }) => url.includes(`files/${id}/`));
      if (url.includes('/contents/')) return text('ok')(request, response);
      if (wanted) return json(wanted)(request, response);
      if (url.includes('/tail/')) return json({ detail: 'Run is not active.' }, 400)(request, response);
      if (url.includes('/files/')) return json({ count: 3, next: null, results: rows })(request, response);
      return json(run('1'))(request, response);
    });
    client = clientOf(server);
  });
  after(async () => {
    client.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are named by the rest of their storage path, their name or their id', () => {
    rows.map(relativePathOf).should.eql(['none.txt', 'sub/null.txt', 'good.txt']);
    relativePathOf({ id: 'abc' }).should.equal('abc');
  });

  it('are downloaded beside the others', async () => {
    const { downloads, failure } = await downloadFiles(
      client,
      { files: rows.map(({ id }) => id), folder, existing: 'skip', concurrency: 2, jobId: 'J', runId: '1' },
      { clock: systemClock },
    );
    should(failure).be.null();
    downloads.every(({ file }) => file !== null).should.be.true();
    (await readdir(path.join(folder, 'J', 'run1'))).sort().should.eql(['good.txt', 'none.txt', 'sub']);
  });

  it('do not keep another file of their run from being read', async () => {
    const request = { jobId: 'J', runId: '1', path: 'good.txt', lines: null } as const;
    const { content } = await tailFile(
      client,
      { ...request, format: 'text', finished: 'file', limitBytes: 1e6 },
      { clock: systemClock },
    );
    content.should.equal('ok');
  });

  it('have the checksum that can be made sense of, or none', () => {
    const md5 = 'D41D8CD98F00B204E9800998ECF8427E';
    for (const odd of [{}, 'x', 5, [null], [{ fileHash: 5 }], [{ fileHash: 'zz' }], null]) {
      const fileChecksums = odd as unknown as RescaleFile['fileChecksums'];
      should(checksumOf({ fileChecksums, md5 })).eql({ algorithm: 'md5', hash: md5.toLowerCase() });
      should(checksumOf({ fileChecksums, md5: 7 as unknown as string })).be.null();
    }
  });
});

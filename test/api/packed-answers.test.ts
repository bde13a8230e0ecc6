import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import 'should';
import { client, newForEach, server, useClient } from './client-setup';
import { failure, run, text, type Answer } from './scripted-server';

const forms = {
  gzip: [gzipSync, 'gzip'],
  'gzip by its old name': [gzipSync, 'X-GZip'],
  deflate: [deflateSync, 'deflate'],
  'deflate without its head': [deflateRawSync, 'deflate'],
  brotli: [brotliCompressSync, 'br'],
} as const;

/** What a proxy sends that packs an answer and dies: the chunks end as they should. */
const inChunks =
  (body: Buffer, encoding: string, pieces: number): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Encoding': encoding });
    const size = Math.max(1, Math.ceil(body.length / pieces));
    for (let at = 0; at < body.length; at += size) response.write(body.subarray(at, at + size));
    response.end();
  };

const lines = Array.from({ length: 20_000 }, (_, index) => `row ${index} ${Math.sin(index)}\n`).join('');

for (const [name, [pack, encoding]] of Object.entries(forms)) {
  describe(`An answer that was packed on the way: ${name}`, () => {
    newForEach();
    const answer = pack(JSON.stringify(run('1')));
    const contents = pack(lines);

    it('arrives as it was, however it is cut into pieces', async () => {
      for (const pieces of [1, 7, answer.length]) {
        server.answer(inChunks(answer, encoding, pieces));
        (await client.getRun('X', '1')).should.deepEqual(run('1'));
      }
      server.answer(inChunks(contents, encoding, 9));
      (await buffer((await client.openTail('X', '1', 'log')).chunks)).toString().should.equal(lines);
    });

    it('is none when it ends before its end, wherever that is, and is asked for once more', async () => {
      for (const end of [0, 1, answer.length >> 1, answer.length - 1]) {
        server.answerInTurn(inChunks(answer.subarray(0, end), encoding, 2), inChunks(answer, encoding, 1));
        const before = server.asked.length;
        (await client.getRun('X', '1')).should.deepEqual(run('1'));
        (server.asked.length - before).should.equal(2, `of ${end} bytes`);
      }
    });

    it('is told as a cut one in the end', async () => {
      useClient({ patience: 500 });
      server.answer(inChunks(answer.subarray(0, -1), encoding, 1));
      const error = await failure(client.getRun('X', '1'));
      error.should.have.properties({ code: 'RESCALE_PROTOCOL', key: 'protocol-cut', kind: 'transient' });
    });

    it('is unsettled when it is that to an action', async () => {
      server.answer(inChunks(pack('{}').subarray(0, -1), encoding, 1));
      (await failure(client.stopRun('X', '1'))).kind.should.equal('unsettled');
      server.asked.should.have.length(1);
    });

    it('breaks off when it holds contents and ends before their end', async () => {
      for (const end of [0, contents.length >> 1, contents.length - 1]) {
        server.answer(inChunks(contents.subarray(0, end), encoding, 3));
        for (const open of [() => client.openTail('X', '1', 'log'), () => client.openContents('f')]) {
          const { chunks } = await open();
          (await failure(buffer(chunks))).code.should.equal('RESCALE_NETWORK', `of ${end} bytes`);
        }
      }
    });
  });
}

describe('An answer that says it was packed', () => {
  newForEach();

  it('and has nothing in it is an empty one', async () => {
    server.answer(text('', 202, { 'Content-Encoding': 'gzip', 'Content-Length': 0 }));
    await client.stopRun('X', '1');
    server.answer(text('', 204, { 'Content-Encoding': 'gzip' }));
    await client.stopRun('X', '1');
  });

  it('and was not is none', async () => {
    server.answer(text(JSON.stringify(run('1')), 200, { 'Content-Encoding': 'gzip' }));
    useClient({ patience: 500 });
    (await failure(client.getRun('X', '1'))).code.should.equal('RESCALE_PROTOCOL');
  });
});

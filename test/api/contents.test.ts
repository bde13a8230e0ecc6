import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import should from 'should';
import type { ByteRange } from '../../src/api/client/client';
import type { RescaleError } from '../../src/api/errors/errors';
import { failure, json, run, silence, text, type Answer } from './scripted-server';
import { client, newForEach, server, useClient } from './client-setup';

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

/** What reading fails with. */
const failureOf = (chunks: AsyncIterable<Buffer>): Promise<RescaleError> => failure(buffer(chunks));

const cutAfterHalf: Answer = (_request, response) => {
  response.writeHead(200, { 'Content-Length': 1000 });
  response.write('half');
  setTimeout(() => response.destroy(), 20);
};

describe('Contents', () => {
  newForEach();

  it('of a live file arrive byte for byte: 5 MB of every value', async () => {
    const bytes = Buffer.concat([everyByte, randomBytes(5_000_000)]);
    server.answer(text(bytes, 200, { 'Content-Type': 'text/plain; charset=utf-8' }));
    const { chunks, status, bytes: promised, type } = await client.openTail('X', '1', 'a/b.bin');
    const got = await buffer(chunks);
    digest(got).should.equal(digest(bytes));
    should({ status, promised, type }).deepEqual({
      status: 200,
      promised: bytes.length,
      type: 'text/plain; charset=utf-8',
    });
  });

  it('are asked for as they are stored, and left so where their length says that they are', async () => {
    const stored = gzipSync('residuals');
    server.answer(text(stored, 200, { 'Content-Encoding': 'gzip' }));
    const { chunks, bytes } = await client.openContents('f', { bytes: stored.length });
    (await buffer(chunks)).should.deepEqual(stored);
    should(bytes).equal(stored.length);
    server.requests[0]!.headers.should.have.property('accept-encoding', 'identity');
  });

  it('are unpacked when something on the way packed them all the same', async () => {
    server.answer(text(gzipSync('residuals'), 200, { 'Content-Encoding': 'gzip' }));
    for (const known of [9, null]) {
      const { chunks, bytes } = await client.openContents('f', { bytes: known });
      (await buffer(chunks)).toString().should.equal('residuals');
      should(bytes).be.null();
    }
    (await buffer((await client.openTail('X', '1', 'log')).chunks)).toString().should.equal('residuals');
  });

  it('are refused when they are a part of what was packed, or packed in an unknown way', async () => {
    const part = { 'Content-Encoding': 'gzip', 'Content-Range': 'bytes 0-3/9' };
    server.answer(text(gzipSync('residuals').subarray(0, 4), 206, part));
    const error = await failure(client.openContents('f', { range: { start: 0, end: 3 } }));
    error.code.should.equal('RESCALE_PROTOCOL');
    error.message.should.match(/packed on the way \(gzip\)/);
    server.answer(text('?', 200, { 'Content-Encoding': 'zstd' }));
    (await failure(client.openContents('f'))).code.should.equal('RESCALE_PROTOCOL');
  });

  it('of nothing are fine', async () => {
    server.answer(text(''));
    const { chunks, bytes } = await client.openContents('f');
    (await buffer(chunks)).should.have.length(0);
    should(bytes).equal(0);
  });

  it('of unknown length are fine', async () => {
    server.answer((_request, response) => {
      response.write('one');
      response.end('two');
    });
    const { chunks, bytes } = await client.openContents('f');
    should(bytes).be.null();
    (await buffer(chunks)).toString().should.equal('onetwo');
  });

  describe('in part', () => {
    const file = Buffer.from('0123456789');
    const ranged = (request: { headers: { range?: string } }) =>
      /bytes=(\d*)-(\d*)/.exec(request.headers.range ?? '');

    beforeEach(() => {
      server.answer((request, response) => {
        const [, from = '', to = ''] = ranged(request) ?? [];
        const start = from === '' ? file.length - Number(to) : Number(from);
        if (start >= file.length) return text('', 416, { 'Content-Range': 'bytes */10' })(request, response);
        const end = from === '' || to === '' ? file.length - 1 : Math.min(Number(to), file.length - 1);
        const headers = { 'Content-Range': `bytes ${start}-${end}/10`, ETag: '"abc"' };
        return text(file.subarray(start, end + 1), 206, headers)(request, response);
      });
    });

    it('come with their place', async () => {
      const middle = await client.openContents('f', { range: { start: 2, end: 4 } });
      (await buffer(middle.chunks)).toString().should.equal('234');
      middle.should.have.properties({ status: 206, bytes: 3, etag: '"abc"' });
      middle.range!.should.deepEqual({ start: 2, end: 4, size: 10 });

      const rest = await client.openContents('f', { range: { start: 7 } });
      (await buffer(rest.chunks)).toString().should.equal('789');
      const last = await client.openContents('f', { range: { last: 4 } });
      (await buffer(last.chunks)).toString().should.equal('6789');
      server.requests
        .map(({ headers }) => headers.range)
        .should.deepEqual(['bytes=2-4', 'bytes=7-', 'bytes=-4']);
    });

    it('past the end are empty, and tell where the end is', async () => {
      const past = await client.openContents('f', { range: { start: 10 } });
      past.should.have.properties({ status: 416, bytes: 0 });
      past.range!.should.deepEqual({ start: 10, end: 9, size: 10 });
      (await buffer(past.chunks)).should.have.length(0);
      server.answer(text('', 416));
      should((await client.openContents('f', { range: { start: 10 } })).range).be.null();
    });

    it('come whole from a platform that ignores ranges', async () => {
      server.answer(text(file));
      const whole = await client.openContents('f', { range: { start: 7 } });
      whole.should.have.properties({ status: 200, bytes: 10, range: null });
      (await buffer(whole.chunks)).should.have.length(10);
    });

    it('are refused when nobody says which part it is', async () => {
      for (const place of ['', 'bytes', 'bytes 5-2/10', 'lines 1-2/3']) {
        server.answer(text('234', 206, { 'Content-Range': place }));
        const opened = client.openContents('f', { range: { start: 2 } });
        (await failure(opened)).should.have.property('code', 'RESCALE_PROTOCOL');
      }
    });

    it('are refused when they are none', async () => {
      const wrong: [ByteRange, string][] = [
        [{ last: 0 }, 'range.last must be a whole number, at least 1, but is 0.'],
        [{ start: -1 }, 'range.start must be a whole number, at least 0, but is -1.'],
        [{ start: 5, end: 4 }, 'range.end must be a whole number, at least 5, but is 4.'],
      ];
      for (const [range, said] of wrong) {
        const error = await failure(client.openContents('f', { range }));
        error.should.have.properties({ code: 'RESCALE_INPUT', message: said });
      }
    });

    it('are refused when the whole was asked for', async () => {
      server.answer(text('234', 206, { 'Content-Range': 'bytes 2-4/10' }));
      (await failure(client.openContents('f'))).code.should.equal('RESCALE_PROTOCOL');
    });
  });

  describe('that go wrong', () => {
    it('before they begin, are tried again', async () => {
      server.answerInTurn(json({}, 503), text('bytes'));
      (await buffer((await client.openContents('f')).chunks)).toString().should.equal('bytes');
    });

    it('are told to the reader when the connection is cut', async () => {
      server.answer(cutAfterHalf);
      const { chunks } = await client.openContents('f');
      (await failureOf(chunks)).should.have.properties({ name: 'RescaleError', code: 'RESCALE_NETWORK' });
    });

    it('are told to the reader when nothing comes any more', async () => {
      useClient({ timeout: 100 });
      server.answer((_request, response) => {
        response.writeHead(200, { 'Content-Length': 1000 });
        response.write('half');
      });
      const { chunks } = await client.openContents('f');
      (await failureOf(chunks)).should.have.property('code', 'RESCALE_TIMEOUT');
    });

    it('are told to the reader when the caller aborts', async () => {
      const controller = new AbortController();
      const gone = new Promise<void>((resolve) => {
        server.answer((_request, response) => {
          response.write('half');
          response.on('close', resolve);
        });
      });
      const { chunks } = await client.openContents('f', { signal: controller.signal });
      setTimeout(() => controller.abort(), 20);
      (await failureOf(chunks)).should.have.property('code', 'RESCALE_CLOSED');
      await gone;
    });

    it('keep their failure for whoever reads later', async () => {
      server.answer((request, response) => {
        response.writeHead(200, { 'Content-Length': 1000 });
        response.write('half');
        setImmediate(() => request.socket.resetAndDestroy());
      });
      const { chunks } = await client.openContents('f');
      await new Promise((resolve) => setTimeout(resolve, 50));
      // An error without a listener would have ended this process by now.
      (await failureOf(chunks)).should.have.property('code', 'RESCALE_NETWORK');
    });

    it('keep an abort for whoever reads later', async () => {
      const controller = new AbortController();
      server.answer((_request, response) => {
        response.write('half');
      });
      const { chunks, discard } = await client.openContents('f', { signal: controller.signal });
      controller.abort();
      await new Promise((resolve) => setTimeout(resolve, 20));
      (await failureOf(chunks)).should.have.property('code', 'RESCALE_CLOSED');
      discard();
    });

    it('hand on what came before they broke off', async () => {
      server.answer(cutAfterHalf);
      const { chunks } = await client.openContents('f');
      const got: string[] = [];
      const error = await failure(
        (async () => {
          for await (const chunk of chunks) got.push(chunk.toString());
        })(),
      );
      error.should.have.property('code', 'RESCALE_NETWORK');
      got.join('').should.equal('half');
    });

    it('never begin: the call itself fails', async () => {
      useClient({ timeout: 50, patience: 120 });
      server.answer(silence);
      (await failure(client.openContents('f'))).code.should.equal('RESCALE_TIMEOUT');
    });
  });

  it('may take longer than the patience, and be read slowly', async () => {
    useClient({ timeout: 150, patience: 200 });
    const piece = Buffer.alloc(512 * 1024, 'x');
    server.answer((_request, response) => {
      for (let index = 0; index < 8; index += 1) response.write(piece);
      response.end();
    });
    const { chunks } = await client.openContents('f');
    let got = 0;
    for await (const bytes of chunks) {
      got += bytes.length;
      // Twice as long as nothing may come; but here it is the reader who waits.
      if (got === bytes.length) await new Promise((resolve) => setTimeout(resolve, 300));
    }
    got.should.equal(8 * piece.length);
  });

  it('that are not read to their end let the connection go', async () => {
    const gone = new Promise<void>((resolve) => {
      server.answer((_request, response) => {
        response.write('half');
        response.on('close', resolve);
      });
    });
    (await client.openContents('f')).discard();
    await gone;
  });

  it('leave connections to everybody else, also those of files that are listed as small and come slowly', async () => {
    server.answer((request, response) => {
      if (request.headers.range) text('bytes', 206, { 'Content-Range': 'bytes 0-4/5' })(request, response);
      else if (request.url!.includes('/contents/')) response.write('for ever');
      else json(run('1'))(request, response);
    });
    const opening = Array.from({ length: 8 }, () => client.openContents('f', { bulk: true, bytes: 100 }));
    const first = await Promise.all(opening.slice(0, 4));
    await client.getRun('X', '1');
    await client.getRun('X', '1', { priority: 'poll' });
    const evidence = await client.openContents('f', { range: { last: 65_536 }, priority: 'poll' });
    (await buffer(evidence.chunks)).toString().should.equal('bytes');
    // Small parts that never come leave a connection as well, whoever waits for them.
    const parts = Array.from({ length: 8 }, () => client.openContents('g', { bytes: 100 }));
    const part = await Promise.race(parts);
    await client.getRun('X', '1', { priority: 'poll' });
    for (const contents of [...first, part]) contents.discard();
    for (const one of [...opening, ...parts]) void one.then((contents) => contents.discard());
    await Promise.all([...opening, ...parts]);
    server.connections.peak.should.be.belowOrEqual(8);
  });

  it('leave connections to everybody else, however many are open', async () => {
    server.answer((request, response) => {
      if (request.headers.range) text('bytes', 206, { 'Content-Range': 'bytes 0-4/5' })(request, response);
      else if (request.url!.includes('/contents/')) response.write('for ever');
      else if (request.url!.includes('/tail/')) text('live')(request, response);
      else json(run('1'))(request, response);
    });
    const opening = Array.from({ length: 12 }, () => client.openContents('f', { bulk: true }));
    const first = await Promise.all(opening.slice(0, 4));
    await client.getRun('X', '1');
    await client.getRun('X', '1', { priority: 'poll' });
    // What somebody waits to read goes beside the downloads: a live file, the end of a log.
    (await buffer((await client.openTail('X', '1', 'log')).chunks)).toString().should.equal('live');
    const evidence = await client.openContents('f', { range: { last: 65_536 }, priority: 'poll' });
    (await buffer(evidence.chunks)).toString().should.equal('bytes');
    server.asked.filter((asked) => asked.endsWith('/files/f/contents/')).should.have.length(5);
    for (const contents of first) contents.discard();
    const more = await Promise.all(opening.slice(4, 8));
    for (const contents of more) contents.discard();
    for (const contents of await Promise.all(opening.slice(8))) contents.discard();
    server.connections.peak.should.be.belowOrEqual(8);
  });
});

function digest(bytes: Buffer): string {
  return createHash('sha512').update(bytes).digest('hex');
}

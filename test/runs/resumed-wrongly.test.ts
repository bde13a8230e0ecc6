import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import 'should';
import type { Clock } from '../../src/api/time/clock';
import { systemClock } from '../../src/api/time/clock';
import { fetchToFile } from '../../src/runs/download/download-file';
import { readLastLines } from '../../src/runs/files/file-bytes';
import type { StoredFile } from '../../src/runs/files/stored-contents';
import { utf8 } from '../../src/runs/files/text-encoding';
import { clientOf, failure, text } from '../api/scripted-server';
import { folder, newForEach, server } from '../api/server-and-folder';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Pauses between two tries take no time here. */
const clock: Clock = { ...systemClock, sleep: () => Promise.resolve() };

const SIZE = 100_000;
const BROKEN_AT = 40_000;
const now = randomBytes(SIZE);
const before = randomBytes(SIZE);

/** The whole, or the part that is asked for. */
const heeding =
  (content: Buffer, etag?: string): Answer =>
  (request, response) => {
    const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const headers = etag === undefined ? {} : { ETag: etag };
    if (start === undefined) return text(content, 200, headers)(request, response);
    const range = `bytes ${start}-${content.length - 1}/${content.length}`;
    return text(content.subarray(Number(start)), 206, { ...headers, 'Content-Range': range })(
      request,
      response,
    );
  };

/** The beginning of a file; then the connection breaks. */
const broken =
  (content: Buffer, etag?: string): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Length': content.length, ...(etag !== undefined && { ETag: etag }) });
    response.write(content.subarray(0, BROKEN_AT), () =>
      setTimeout(() => response.socket?.resetAndDestroy(), 20),
    );
  };

const part =
  (range: string | null, body: Buffer): Answer =>
  (request, response) =>
    text(body, 206, range === null ? {} : { 'Content-Range': range })(request, response);

/** What comes for the rest, after a break; whatever it is, the whole can be had. */
const answers: Record<string, Answer> = {
  'a part of a file of another size': part(
    `bytes ${BROKEN_AT}-${SIZE}/${SIZE + 1}`,
    randomBytes(SIZE + 1 - BROKEN_AT),
  ),
  'a part that begins elsewhere': part(`bytes 10-${SIZE - 1}/${SIZE}`, now.subarray(10)),
  'the whole in place of a part, called a part': part(`bytes ${BROKEN_AT}-${SIZE - 1}/${SIZE}`, now),
  'a part that does not say which one': part(null, now.subarray(BROKEN_AT)),
  'a part with a place that is none': part('bytes nonsense', now.subarray(BROKEN_AT)),
  'a part of another version, not told as such': part(
    `bytes ${BROKEN_AT}-${SIZE - 1}/${SIZE}`,
    before.subarray(BROKEN_AT),
  ),
  'the whole': text(now),
  'no such part, without a word of the size': text('', 416),
  'no such part, of a file that is shorter': text('', 416, { 'Content-Range': 'bytes */12' }),
  'a refusal of parts': text('<Error>InvalidRange</Error>', 400),
  'a fault over parts': text('not implemented', 501),
  'a shorter part than asked for': (request, response) => {
    const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0]);
    const end = Math.min(start + 9_999, SIZE - 1);
    part(`bytes ${start}-${end}/${SIZE}`, now.subarray(start, end + 1))(request, response);
  },
};

describe('A download that goes on after a break', () => {
  newForEach();

  const checksum = { algorithm: 'md5' as const, hash: createHash('md5').update(now).digest('hex') };
  const file: StoredFile = { id: 'f', relativePath: 'a.bin', size: SIZE, checksum };
  const fetched = async (of = file) => {
    const target = join(folder, 'a.bin');
    await fetchToFile(clientOf(server), of, target, { clock });
    readdirSync(folder).should.eql(['a.bin']);
    return readFileSync(target).equals(now);
  };
  const ranges = () => server.requests.map(({ headers }) => headers.range ?? 'whole');

  for (const [what, answer] of Object.entries(answers)) {
    it(`is the whole file and nothing else where ${what} comes`, async () => {
      server.answer((request, response) => {
        const isFirst = server.requests.length === 1;
        if (isFirst) broken(now)(request, response);
        else (request.headers.range === undefined ? heeding(now) : answer)(request, response);
      });
      (await fetched()).should.be.true();
      server.requests.length.should.be.belowOrEqual(12);
    });
  }

  it('is the whole file where only the first answer told its size, and the rest is refused', async () => {
    server.answerInTurn(broken(now), text('', 416), heeding(now));
    (await fetched({ ...file, size: null, checksum: null })).should.be.true();
    ranges().should.eql(['whole', `bytes=${BROKEN_AT}-`, 'whole']);
  });

  it('asks for the rest of the very version that it has a part of', async () => {
    server.answerInTurn(broken(now, '"one"'), heeding(now, '"one"'));
    (await fetched()).should.be.true();
    server.requests[1]!.headers.should.have.properties({ range: `bytes=${BROKEN_AT}-`, 'if-range': '"one"' });
  });

  it('does not ask so by a tag that says less', async () => {
    server.answerInTurn(broken(now, 'W/"one"'), heeding(now, 'W/"one"'));
    (await fetched()).should.be.true();
    server.requests[1]!.headers.should.not.have.property('if-range');
  });

  it('ends, with nothing kept, where each new start comes to nothing as well', async () => {
    server.answer((request, response) => {
      const isWhole = request.headers.range === undefined;
      (isWhole ? broken(now) : heeding(before))(request, response);
    });
    const error = await failure(fetchToFile(clientOf(server), file, join(folder, 'a.bin'), { clock }));
    error.should.have.property('code', 'RESCALE_CHECKSUM');
    readdirSync(folder).should.be.empty();
    ranges()
      .filter((range) => range === 'whole')
      .should.have.length(3);
  });

  describe('of the last lines', () => {
    const lines = Array.from({ length: 400 }, (_, index) => `step ${index} `.padEnd(1000, '-'));
    const log = Buffer.from(lines.join('\n') + '\n');
    const other = Buffer.from(lines.map((line) => line.replace('step', 'STEP')).join('\n') + '\n');
    const stored: StoredFile = { id: 'f', relativePath: 'log', size: log.length, checksum: null };
    const read = async (count: number) =>
      (
        await readLastLines(
          clientOf(server),
          stored,
          { lines: count, limitBytes: 1e7, encoding: utf8 },
          { clock },
        )
      )
        .toString()
        .split('\n');

    const fromTheEnd =
      (content: Buffer, etag: string): Answer =>
      (request, response) => {
        const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
        const start = first === '' ? content.length - Number(last) : Number(first);
        const end = first === '' || last === '' ? content.length - 1 : Number(last);
        const headers = { 'Content-Range': `bytes ${start}-${end}/${content.length}`, ETag: etag };
        text(content.subarray(start, end + 1), 206, headers)(request, response);
      };

    it('joins no parts of two versions', async () => {
      server.answer((request, response) => {
        if (request.url!.endsWith('/lines/') || request.headers.range === undefined)
          text(log)(request, response);
        else if (server.requests.length === 1) fromTheEnd(other, '"old"')(request, response);
        else fromTheEnd(log, '"new"')(request, response);
      });
      (await read(200)).slice(0, -1).should.eql(lines.slice(-200));
    });

    it('takes no refusal of a part for an empty file', async () => {
      server.answer((request, response) =>
        (request.headers.range === undefined && request.url!.endsWith('/contents/')
          ? text(log)
          : text('', 416))(request, response),
      );
      (await read(3)).slice(0, -1).should.eql(lines.slice(-3));
    });
  });
});

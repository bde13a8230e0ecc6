import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import type { TailLines } from '../../src/api/client/types';
import { readTailLines } from '../../src/api/endpoints/rows';
import { liveLog } from '../../src/runs/lines/log-source';
import { tailFile } from '../../src/runs/lines/tail-file';
import { systemClock } from '../../src/api/time/clock';
import { ModelFile, Reader } from '../support/model-log';

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `Time = ${from + index}\n`).join('');
const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');

describe('a tail that gives fewer lines than it is asked for', () => {
  for (const cap of [5, 20, 60]) {
    for (const from of ['start', 'now'] as const) {
      it(`loses and doubles no line, and is asked for no more once that is known (${cap} lines, from ${from})`, async () => {
        const file = new ModelFile();
        file.cap = cap;
        const reader = new Reader(from);
        const before = from === 'now' ? 75 : 0;
        for (let lines = 75; lines < 1500; lines += 60) {
          file.text = numbered(0, lines);
          await reader.look(file);
        }
        Math.max(...file.windows.slice(-10)).should.be.belowOrEqual(cap);
        // What grows slowly is read by windows all the same, as far as these show their place.
        const [windows, wholeReads] = [file.windows.length, file.wholeReads];
        for (let lines = 1455; lines < 1500; lines += 3) {
          file.text = numbered(0, lines);
          await reader.look(file);
        }
        if (cap > 5) file.wholeReads.should.equal(wholeReads);
        file.windows.length.should.equal(windows + 15);
        await reader.end(file);
        reader.lines.should.eql(linesOf(file.text).slice(before));
        reader.gaps.should.equal(0);
      });
    }
  }

  it('is believed where the file can’t be read', async () => {
    const file = new ModelFile();
    file.wholeRefused = true;
    file.cap = 20;
    const reader = new Reader();
    file.text = numbered(0, 50);
    await reader.look(file);
    file.text = numbered(0, 60);
    await reader.look(file);
    reader.lines.should.eql(linesOf(numbered(30, 59)));
    reader.gaps.should.equal(0);
    file.text = numbered(0, 200);
    await reader.look(file);
    reader.lines.slice(29).should.eql(linesOf(numbered(180, 199)));
    reader.gaps.should.equal(1);
  });

  it('does not take a short log for the end of a longer one', async () => {
    for (const text of [numbered(0, 30), '\ufeff' + numbered(0, 30), numbered(0, 30).trimEnd()]) {
      const file = new ModelFile();
      const reader = new Reader();
      file.text = text;
      await reader.look(file);
      file.wholeReads.should.equal(0);
      reader.lines.length.should.equal(29);
    }
  });
});

describe('a tail whose lines are no plain texts', () => {
  const text = numbered(0, 40);
  /** A platform of which `odd` tells how it gives the last lines. */
  const platform = (odd: (lines: string[]) => unknown[]) => {
    const counts = { whole: 0 };
    const client = {
      origin: 'https://platform.rescale.com',
      tailLines: (_job: string, _run: string, _path: string, lines: number) => {
        const answer = readTailLines({ fileType: 'ASCII text', lines: odd(linesOf(text).slice(-lines)) });
        return Promise.resolve(answer as TailLines);
      },
      openTail: () => {
        counts.whole += 1;
        const chunks = (async function* () {
          yield await Promise.resolve(Buffer.from(text));
        })();
        return Promise.resolve({
          status: 200,
          bytes: text.length,
          range: null,
          etag: null,
          chunks,
          discard() {},
        });
      },
    } as unknown as RescaleClient;
    return { client, counts };
  };
  const address = { jobId: 'j', runId: '1' };
  const tail = {
    ...address,
    path: 'log',
    lines: 10,
    format: 'lines',
    finished: 'file',
    limitBytes: 1e6,
  } as const;
  const context = { clock: systemClock };

  it('is not taken at its word where a line is null: the file is read', async () => {
    for (const other of [null, 7, { line: 1 }]) {
      const { client, counts } = platform((lines) => lines.with(2, other as unknown as string));
      const reader = new Reader();
      await reader.look(liveLog(client, address, 'log', {}));
      reader.lines.should.eql(linesOf(text));
      (await tailFile(client, tail, context)).content.should.eql(linesOf(text).slice(-10));
      counts.whole.should.be.aboveOrEqual(2);
    }
  });

  it('is cut where an element keeps its line end or holds several lines', async () => {
    const ways = [
      (lines: string[]) => lines.map((line) => `${line}\n`),
      (lines: string[]) => lines.map((line) => `${line}\r\n`),
      (lines: string[]) => [lines.slice(0, 3).join('\n'), ...lines.slice(3)],
      (lines: string[]) => [lines.map((line) => `${line}\n`).join('')],
    ];
    for (const way of ways) {
      const { client } = platform(way);
      const reader = new Reader();
      await reader.look(liveLog(client, address, 'log', {}));
      reader.lines.should.eql(linesOf(text).slice(0, reader.lines.length));
      reader.lines.length.should.be.aboveOrEqual(39);
      (await tailFile(client, tail, context)).content.should.eql(linesOf(text).slice(-10));
    }
  });
});

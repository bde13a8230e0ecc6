import fc from 'fast-check';
import should from 'should';
import type { Contents, RescaleClient } from '../../src/api/client/client';
import { RescaleError } from '../../src/api/errors/errors';
import { offeredEncodings } from '../../src/runs/files/offered-encodings';
import { fileEncoding } from '../../src/runs/lines/file-encoding';
import { textEncoding, utf8 } from '../../src/runs/files/text-encoding';
import { readLive, readToEnd, startOfNotes } from '../../src/runs/follow/follow-log';
import { startOfFollow, type FollowState } from '../../src/runs/follow/follow-state';
import { joinPieces, readLines } from '../../src/runs/lines/log-lines';
import { liveLog, type LogSource } from '../../src/runs/lines/log-source';
import { encode } from '../support/encode';

/** Each has bytes in it that are a line feed, a backslash or a carriage return where it is cut wrongly. */
const SAMPLES: [label: string, words: string[]][] = [
  ['utf-8', ['Übergang', '圧力 = 3', '\u0a0a']],
  ['utf-16le', ['Übergang', '圧力 = 3', '\u0a0a', '\u010a\u0d0d', '\u0a0d ਅ']],
  ['utf-16be', ['Übergang', '圧力 = 3', '\u0a0a', '\u010a\u0d0d', '\u0a00\u000b']],
  ['windows-1252', ['Übergang', '1 € … 2', '„Ende“']],
  ['shift_jis', ['圧力 = 3', 'ソ能表', 'ｱｲｳ']],
  ['euc-jp', ['圧力 = 3', '収束']],
  ['gb18030', ['压力 = 3', '收敛']],
  ['big5', ['壓力 = 3', '功許蓋']],
  ['euc-kr', ['압력 = 3', '수렴']],
];

function contentsOf(chunks: Buffer[], bytes: number | null = null): Contents {
  async function* arrive() {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  const facts = { status: 200, bytes, range: null, etag: null, type: null };
  return { ...facts, chunks: arrive(), discard: () => undefined };
}

async function textsOf(contents: Contents, label: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { lines, rest } of readLines(contents, 'log', textEncoding(label))) {
    texts.push(...joinPieces([...lines, ...rest]));
  }
  return texts;
}

const cutAt = (bytes: Buffer, places: number[]) => {
  const cuts = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
};

describe('the encoding of a file', () => {
  it('has the names of the Encoding Standard and their usual labels', () => {
    for (const name of offeredEncodings) textEncoding(name).name.should.equal(name);
    textEncoding('latin1').name.should.equal('windows-1252');
    textEncoding('SJIS').name.should.equal('shift_jis');
    textEncoding('GBK').keepsAscii.should.be.true();
    textEncoding('utf-16').name.should.equal('utf-16le');
    textEncoding('UTF8').should.equal(utf8);
    textEncoding('iso-2022-jp').keepsAscii.should.be.false();
  });

  for (const name of ['utf-7', 'ebcdic', 'none of them', 'hz-gb-2312']) {
    it(`is refused with the names that can be chosen: ${name}`, () => {
      const refused = (() => {
        try {
          return textEncoding(name);
        } catch (error) {
          return error;
        }
      })() as RescaleError;
      refused.code.should.equal('RESCALE_INPUT');
      refused.message.should.containEql(name).and.containEql('shift_jis');
    });
  }

  it('is what Windows has between 128 and 159, on every Node.js', () => {
    textEncoding('windows-1252')
      .decode(Buffer.from([0x80, 0x85, 0x93, 0xfc]))
      .should.equal('€…“ü');
  });

  for (const [label, words] of SAMPLES) {
    it(`cuts ${label} where its lines end, wherever its bytes are cut`, async () => {
      const some = fc.array(fc.constantFrom('', 'Time = 1', ...words), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(
          some,
          fc.array(fc.nat(200), { maxLength: 6 }),
          fc.boolean(),
          async (lines, cuts, marked) => {
            const end = cuts.length % 2 ? '\r\n' : '\n';
            const mark = marked && label.startsWith('utf') ? '\ufeff' : '';
            const bytes = encode(mark + lines.map((line) => line + end).join(''), label);
            (await textsOf(contentsOf(cutAt(bytes, cuts)), label)).should.eql(lines);
          },
        ),
        { numRuns: 60 },
      );
    });
  }
});

/** A live file over the two requests that the platform has for it. */
class LiveFile {
  bytes: Buffer = Buffer.alloc(0);
  wholeReads = 0;
  stumbles = false;

  source(label: string): LogSource {
    const client = {
      tailLines: (_job: string, _run: string, _path: string, lines: number) => {
        if (this.stumbles)
          return Promise.reject(new RescaleError('RESCALE_SERVER', 'server-fault', { status: 500 }, 500));
        const all = this.bytes.toString('utf8').replace(/\n$/, '').split('\n');
        return Promise.resolve({ fileType: 'data', lines: this.bytes.length ? all.slice(-lines) : [] });
      },
      openTail: () => {
        this.wholeReads += 1;
        return Promise.resolve(contentsOf([this.bytes], this.bytes.length));
      },
    } as unknown as RescaleClient;
    return liveLog(client, { jobId: 'j', runId: '1' }, 'log', {}, fileEncoding(label));
  }
}

async function look(state: FollowState, source: LogSource, given: string[]): Promise<FollowState> {
  const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() };
  let after = state;
  for await (const { lines, gap, state: next } of readLive(state, source, startOfNotes(), clock)) {
    should(gap).be.false();
    given.push(...lines);
    after = next;
  }
  return JSON.parse(JSON.stringify(after)) as FollowState;
}

describe('following a log of another encoding', () => {
  for (const [label, words] of SAMPLES) {
    it(`gives each line of ${label} once, however it grows, within a character as well`, async () => {
      const pieces = fc.array(fc.constantFrom('Time = #', 'Time = #', '----', ...words), {
        minLength: 1,
        maxLength: 60,
      });
      await fc.assert(
        fc.asyncProperty(fc.array(pieces, { maxLength: 6 }), fc.nat(5), async (batches, less) => {
          const file = new LiveFile();
          const source = file.source(label);
          const given: string[] = [];
          let count = 0;
          let state = startOfFollow('start');
          let text = '';
          for (const batch of batches) {
            for (const line of batch) text += `${line.replace('#', String((count += 1)))}\n`;
            const bytes = encode(text, label);
            file.bytes = bytes.subarray(0, Math.max(file.bytes.length, bytes.length - less));
            state = await look(state, source, given);
          }
          file.bytes = encode(text, label);
          state = await look(state, source, given);
          const final: LogSource = { ...source, final: true, window: () => Promise.resolve(null) };
          for await (const { lines } of readToEnd(state, final)) given.push(...lines);
          given.should.eql(text.split('\n').slice(0, -1));
        }),
        { numRuns: 40 },
      );
    });
  }

  for (const [told, is] of [
    ['utf-8', 'utf-16le'],
    ['utf-8', 'utf-16be'],
    ['utf-16', 'utf-16be'],
    ['shift_jis', 'utf-16le'],
    ['windows-1252', 'utf-8'],
    ['utf-16', 'utf-8'],
  ] as const) {
    it(`reads one that is marked as ${is} by its mark, though ${told} was told`, async () => {
      const file = new LiveFile();
      const source = file.source(told);
      const given: string[] = [];
      const lines = Array.from({ length: 90 }, (_, index) => `Größe ${index} ソ`);
      const upTo = (count: number) =>
        encode(
          '\ufeff' +
            lines
              .slice(0, count)
              .map((line) => `${line}\n`)
              .join(''),
          is,
        );
      let state = startOfFollow('start');
      for (const count of [1, 2, 40, 41, 90]) {
        file.bytes = upTo(count);
        state = await look(state, source, given);
      }
      for await (const { lines: last } of readToEnd(state, { ...source, final: true })) given.push(...last);
      given.should.eql(lines);
    });
  }

  it('does not read the whole of it again and again for zeros in a text that is not marked', async () => {
    const file = new LiveFile();
    const source = file.source('utf-8');
    const given: string[] = [];
    let state = startOfFollow('start');
    const lines: string[] = [];
    for (let step = 0; step < 6; step += 1) {
      lines.push(...Array.from({ length: 20 }, (_, line) => `Time = ${step}.${line} \0`));
      file.bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      state = await look(state, source, given);
    }
    // The last one may not be complete.
    given.should.eql(lines.slice(0, -1));
    file.wholeReads.should.be.belowOrEqual(2);
  });

  it('does not read the whole of it for lines of plain ASCII', async () => {
    const file = new LiveFile();
    const source = file.source('shift_jis');
    const given: string[] = [];
    file.bytes = encode('圧力\n' + 'Time = 0\n'.repeat(30), 'shift_jis');
    let state = await look(startOfFollow('start'), source, given);
    given[0]!.should.equal('圧力');
    const reads = file.wholeReads;
    for (let step = 1; step < 6; step += 1) {
      for (let line = 0; line < 80; line += 1) {
        file.bytes = Buffer.concat([file.bytes, Buffer.from(`Time = ${step}.${line}\n`)]);
      }
      state = await look(state, source, given);
    }
    file.wholeReads.should.be.belowOrEqual(reads + 1);
    given.at(-1)!.should.equal('Time = 5.78');
  });

  it('is read all the same where the platform fails to tell its lines', async () => {
    const file = new LiveFile();
    file.stumbles = true;
    const given: string[] = [];
    file.bytes = encode('압력\n수렴\n', 'euc-kr');
    await look(startOfFollow('start'), file.source('euc-kr'), given);
    given.should.eql(['압력', '수렴']);
  });

  it('passes over what is there, when told, and gives what comes', async () => {
    for (const [label, words] of SAMPLES) {
      const file = new LiveFile();
      const given: string[] = [];
      file.bytes = encode(words.map((word) => `${word}\n`).join('') + 'half', label);
      let state = await look(startOfFollow('now'), file.source(label), given);
      given.should.eql([]);
      const line = Buffer.concat([file.bytes, encode(` done\n${words[0]!} new\nlast\n`, label)]);
      file.bytes = line;
      state = await look(state, file.source(label), given);
      state = await look(state, file.source(label), given);
      given.slice(0, 1).should.eql([`${words[0]!} new`]);
    }
  });
});

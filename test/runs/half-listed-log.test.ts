import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import type { Run } from '../../src/api/client/types';
import { systemClock } from '../../src/api/time/clock';
import { fileEncoding } from '../../src/runs/lines/file-encoding';
import { createRestReader } from '../../src/runs/follow/rest-of-log';
import { ModelFile, Reader } from '../support/model-log';

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `Time = ${from + index}\n`).join('');

/** An output file as it is listed at the moment: size and contents agree. */
class ListedFile {
  text = '';
  reads = 0;
  readonly client = {
    origin: 'https://platform.rescale.com',
    platformNow: () => Date.now(),
    listRunFiles: () => this.list(),
    openContents: () => {
      this.reads += 1;
      const bytes = Buffer.from(this.text);
      return Promise.resolve({
        status: 200,
        bytes: bytes.length,
        range: null,
        etag: null,
        discard() {},
        chunks: (async function* () {
          yield await Promise.resolve(bytes);
        })(),
      });
    },
  } as unknown as RescaleClient;

  private async *list() {
    const row = { id: 'f', relativePath: 'log', decryptedSize: Buffer.byteLength(this.text) };
    yield await Promise.resolve({ page: 1, count: 1, rows: [row], more: false });
  }
}

describe('the rest of a log that is listed before it is stored to its end', () => {
  const run = { id: '1', dateStarted: '2020-01-01T00:00:00Z', dateCompleted: '2020-01-01T01:00:00Z' } as Run;
  const all = numbered(0, 66) + 'Time = 66\nFATAL ERROR: the last words\n';

  /** A log of which 66 lines were delivered while its run computed, and the reader of its rest. */
  async function followed(from: 'start' | 'now') {
    const live = new ModelFile();
    const reader = new Reader(from);
    if (from === 'now') await reader.look(live);
    live.text = numbered(0, 20);
    await reader.look(live);
    live.text = numbered(0, 67);
    await reader.look(live);
    // As after a window that did not show where it lies.
    if (from === 'now') reader.state = { ...reader.state, position: null, offset: null };
    const listed = new ListedFile();
    const time = { now: 0 };
    const clock = { ...systemClock, monotonic: () => time.now };
    const address = { jobId: 'j', runId: '1', path: 'log' };
    const rest = createRestReader(listed.client, address, { clock }, fileEncoding());
    const look = async (at: number) => {
      time.now = at;
      for await (const delivery of rest.read(reader.state, run)) {
        reader.state = delivery.state;
        reader.deliveries.push(delivery);
      }
    };
    return { listed, reader, rest, look };
  }

  const halves = {
    empty: '',
    'cut after a line': numbered(0, 33),
    'cut within a line': numbered(0, 32) + 'Time =',
    'cut within the last line that was delivered': numbered(0, 65) + 'Tim',
  };
  for (const from of ['start', 'now'] as const) {
    for (const [what, half] of Object.entries(halves)) {
      it(`is waited for and delivered once, where it is ${what} at first (${from})`, async () => {
        const { listed, reader, rest, look } = await followed(from);
        listed.text = half;
        for (const at of [0, 5_000, 12_000]) {
          await look(at).should.be.rejectedWith({ code: 'RESCALE_CHECKSUM', key: 'follow-short' });
        }
        // What its row tells is the same, so it is not read at each look.
        listed.reads.should.be.belowOrEqual(4);
        listed.text = all;
        await look(15_000);
        reader.lines.should.eql(all.trimEnd().split('\n'));
        reader.gaps.should.equal(0);
        (rest.unread === null).should.be.true();
      });

      it(`ends with a gap and an error after 300 s, where it stays ${what} (${from})`, async () => {
        const { listed, reader, rest, look } = await followed(from);
        listed.text = half;
        for (const at of [0, 299_000, 301_000])
          await look(at).should.be.rejectedWith({ key: 'follow-short' });
        await look(311_000);
        reader.gaps.should.equal(1);
        rest.unread!.code.should.equal('RESCALE_DEADLINE');
        rest.unread!.message.should.match(/may be missing.*lacks lines that it had while its run computed/);
      });
    }
  }

  it('is another file at once where it has other lines', async () => {
    for (const text of ['begun anew\n', numbered(0, 30) + 'begun anew\nTime = 0\n', numbered(100, 200)]) {
      const { listed, reader, rest, look } = await followed('start');
      listed.text = text;
      await look(0);
      reader.gaps.should.equal(1);
      reader.lines.join('\n').should.endWith(text.trimEnd());
      (rest.unread === null).should.be.true();
    }
  });
});

import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import type { Run } from '../../src/api/client/types';
import { RescaleError } from '../../src/api/errors/errors';
import { systemClock } from '../../src/api/time/clock';
import { fileEncoding } from '../../src/runs/lines/file-encoding';
import { startOfFollow } from '../../src/runs/follow/follow-state';
import { createRestReader } from '../../src/runs/follow/rest-of-log';

describe('the rest of a log whose checksum never matches', () => {
  it('is delivered after 300 s, and it is said that it may not be the file', async () => {
    const text = Buffer.from('one\ntwo\n');
    const row = { id: 'f', relativePath: 'log', decryptedSize: text.length, md5: '0'.repeat(32) };
    const client = {
      origin: 'https://platform.rescale.com',
      platformNow: () => Date.now(),
      async *listRunFiles() {
        yield await Promise.resolve({ page: 1, count: 1, rows: [row], more: false });
      },
      openContents: () =>
        Promise.resolve({
          status: 200,
          bytes: text.length,
          range: null,
          etag: null,
          discard() {},
          async *chunks() {
            yield await Promise.resolve(text);
          },
        }).then((contents) => ({ ...contents, chunks: contents.chunks() })),
    } as unknown as RescaleClient;
    let now = 0;
    const clock = { ...systemClock, monotonic: () => now };
    const run = {
      id: '1',
      dateStarted: '2020-01-01T00:00:00Z',
      dateCompleted: '2020-01-01T01:00:00Z',
    } as Run;
    const rest = createRestReader(client, { jobId: 'j', runId: '1', path: 'log' }, { clock }, fileEncoding());
    const look = async () => {
      const lines: string[] = [];
      for await (const delivery of rest.read(startOfFollow('start'), run)) lines.push(...delivery.lines);
      return lines;
    };
    for (now of [0, 299_000, 301_000]) {
      await look().should.be.rejectedWith({ code: 'RESCALE_CHECKSUM', key: 'checksum' });
    }
    (await look()).should.eql(['one', 'two']);
    rest.unread!.should.be.instanceOf(RescaleError).and.have.property('code', 'RESCALE_DEADLINE');
    rest.unread!.message.should.match(/may be missing.*does not match its md5 checksum/);
  });
});

import 'should';
import type { Page, RescaleClient } from '../../src/api/client/client';
import type { RescaleFile, Run } from '../../src/api/client/types';
import { filesCounted } from '../../src/runs/files/file-row';
import { countListedFiles } from '../../src/runs/files/files-listed';

const output = { typeId: 5 } as RescaleFile;
const archive = { typeId: 12 } as RescaleFile;
const times = (file: RescaleFile, count: number) => Array.from({ length: count }, () => file);

/** A list of these rows, a hundred a page, that says so many. */
function listOf(rows: RescaleFile[], count: number | null): RescaleClient {
  async function* pages(): AsyncGenerator<Page<RescaleFile>> {
    for (let page = 1, from = 0; page === 1 || from < rows.length; page += 1, from += 100) {
      yield await Promise.resolve({
        page,
        count,
        rows: rows.slice(from, from + 100),
        more: from + 100 < rows.length,
      });
    }
  }
  return { listRunFiles: pages } as unknown as RescaleClient;
}

const look = (client: RescaleClient, outputFileCount: unknown) =>
  countListedFiles(client, 'J', { id: '1', outputFileCount } as Run, null, {});

describe('The files of a run', () => {
  it('are not all there while fewer are listed than the run counts, whether the list counts them or not', async () => {
    for (const count of [3, null]) {
      (await look(listOf(times(output, 3), count), 10)).should.eql({ listed: 3, ready: false });
      (await look(listOf(times(output, 10), count && 10), 10)).should.eql({ listed: 10, ready: true });
      (await look(listOf(times(output, 130), count && 130), 200)).should.have.property('ready', false);
    }
    (await look(listOf(times(output, 130), null), 130)).should.eql({ listed: 130, ready: true });
  });

  it('are counted without the archives of snapshots, on whatever page they stand', async () => {
    const rows = [...times(output, 110), ...times(archive, 10)];
    (await look(listOf(rows, 120), 120)).should.eql({ listed: 120, ready: false });
    (await look(listOf(rows, 120), 110)).should.eql({ listed: 120, ready: true });
  });

  it('are as many as a number says', () => {
    for (const [told, counted] of [
      [10, 10],
      ['ten', 0],
      [-1, 0],
      [1.5, 0],
      [null, 0],
    ])
      filesCounted({ outputFileCount: told as number }).should.equal(counted);
  });
});

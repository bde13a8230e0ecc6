import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import type { RescaleFile } from '../../src/api/client/types';
import { findRunLogs } from '../../src/runs/evidence/exit-code';

describe('a log that was the output of another job and is an input of this one', () => {
  const row = (job: string, typeId: number): RescaleFile => ({
    id: `of-${job}`,
    name: 'process_output.log',
    relativePath: 'process_output.log',
    path: `user/user_X/output/job_${job}/run1/process_output.log`,
    typeId,
    decryptedSize: 10,
    dateUploaded: null,
    isUploaded: true,
  });
  const logsOf = async (...rows: RescaleFile[]) => {
    const client = {
      async *listJobFiles() {
        yield await Promise.resolve({ page: 1, count: rows.length, rows, more: false });
      },
    } as unknown as RescaleClient;
    const { byRun } = await findRunLogs(client, 'calc', null, new Map(), {});
    return [...byRun].flatMap(([runId, logs]) => logs.map(({ id }) => [runId, id]));
  };

  it('says nothing of how a run of this one ended', async () => {
    (await logsOf(row('else', 1))).should.eql([]);
    (await logsOf(row('else', 1), row('calc', 5))).should.eql([['1', 'of-calc']]);
  });

  it('is not one that the platform calls an output, whatever its place', async () => {
    (await logsOf(row('else', 5))).should.eql([['1', 'of-else']]);
  });
});

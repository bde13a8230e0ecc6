import 'should';
import type { Run, Variable } from '../../src/api/client/types';
import type { RescaleClient } from '../../src/api/client/client';
import { awaitEnd } from '../../src/runs/wait/wait';
import { copyRun } from '../../src/runs/run/copy-run';
import { createJobPolling } from '../../src/runs/polling/job-polling';
import { clock, newForEach, platform, SECOND, watch } from './watch-setup';
import { runOf } from './fake-platform';

/** Far deeper than any stack reaches. */
function nested(depth = 100_000): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

const withDeep = (run: Run): Run => ({
  ...run,
  variables: [{ name: 'x', displayValue: '1', isRelative: false, value: nested() } as unknown as Variable],
});

describe('A run of which a variable is nested without end', () => {
  newForEach();

  /** The first run of each answer has such a variable. */
  function deepen(client: RescaleClient): void {
    const before = { ...client };
    Object.assign(client, {
      async *listRuns(...asked: Parameters<RescaleClient['listRuns']>) {
        for await (const page of before.listRuns(...asked)) yield { ...page, rows: page.rows.map(withDeep) };
      },
      async readRunsPage(...asked: Parameters<RescaleClient['readRunsPage']>) {
        const page = await before.readRunsPage(...asked);
        return { ...page, rows: page.rows.map(withDeep) };
      },
    });
  }

  it('is copied without what lies too deep, which says so in its place', () => {
    const copy = JSON.stringify(copyRun(withDeep(runOf('1', 1))));
    copy.should.containEql('… (nested too deep)');
    copy.length.should.be.below(2_000);
    copyRun(runOf('1', 1)).should.eql(runOf('1', 1));
  });

  it('is told by a watch of its job, and so is the job', async () => {
    deepen(platform.client);
    const job = platform.addJob('sweep', 2);
    const node = watch(['sweep']);
    await clock.advance(31 * SECOND);
    platform.end(job, '1');
    platform.end(job, '2');
    platform.setStatus(job, 'Completed');
    await clock.advance(62 * SECOND);
    node
      .told()
      .should.eql([
        'started sweep/1',
        'started sweep/2',
        'completed sweep/1',
        'completed sweep/2',
        'job sweep',
      ]);
    node.overview!.stored.should.be.true();
    JSON.stringify(node.events).should.containEql('nested too deep');
  });

  for (const runId of ['1', null]) {
    it(`ends a wait for ${runId === null ? 'its job' : 'it'}`, async () => {
      deepen(platform.client);
      const job = platform.addJob('sweep', 1);
      platform.end(job, '1');
      platform.setStatus(job, 'Completed');
      const polling = createJobPolling({ client: platform.client, clock });
      const { signal } = new AbortController();
      const ended = awaitEnd(
        { jobId: 'sweep', runId, interval: 30 * SECOND, outcome: false, files: false },
        { polling, clock, signal, stop: signal, deadline: null },
      );
      await clock.advance(31 * SECOND);
      JSON.stringify((await ended).payload).should.containEql('nested too deep');
      polling.close();
    });
  }
});

import 'should';
import { unfinishedStatus, endStatus } from '../../src/runtime/status/end-status';
import type { Outcome } from '../../src/runs/run/outcome';

describe('the status of an end', () => {
  const outcome = (result: Outcome['result']): Outcome => ({ result, reason: '', evidence: [] });

  it('is green only where nothing is in doubt', () => {
    const kinds = (['succeeded', 'stopped', 'unknown', 'failed'] as const).map((result) => [
      endStatus({ runId: '1', state: 'completed' }, { outcome: outcome(result) }).kind,
      endStatus({ jobId: 'calc' }, { outcome: outcome(result), filesReady: true }).kind,
    ]);
    kinds.should.eql([
      [undefined, undefined],
      [undefined, undefined],
      ['trouble', 'trouble'],
      ['failed', 'failed'],
    ]);
  });

  it('is yellow where the files were not listed in time, and after a deadline', () => {
    const end = { outcome: outcome('succeeded'), filesReady: false };
    endStatus({ runId: '1', state: 'completed' }, end).should.eql({
      key: 'run-files-missing',
      values: { runId: '1' },
      kind: 'trouble',
    });
    endStatus({ jobId: 'calc' }, end).kind!.should.equal('trouble');
    unfinishedStatus('deadline').kind!.should.equal('trouble');
    unfinishedStatus('stopped').kind!.should.equal('idle');
  });
});

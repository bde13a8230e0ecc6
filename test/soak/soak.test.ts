import 'should';

import { runtimeUnderTest } from '../real/runtimes';
import { soak, type SoakReport } from './soak';

/** A small one; `npm run soak -- --minutes M` goes on for longer. */
describe('redeploys with traffic running', function () {
  this.timeout(120_000);
  let report: SoakReport;

  before(async () => {
    report = await soak({ runtime: runtimeUnderTest, redeploys: 15 });
  });

  it('had traffic', () => {
    report.traffic.should.be.above(100);
  });

  it('leave no timer, socket or listener behind', () => {
    const { before, after } = report;
    const kinds = new Set([...Object.keys(before.resources), ...Object.keys(after.resources)]);
    for (const kind of kinds) {
      const grown = (after.resources[kind] ?? 0) - (before.resources[kind] ?? 0);
      // Two looks never find the very same moment; what leaks is there once for each redeploy.
      grown.should.be.below(report.redeploys / 3, kind);
    }
    (after.listeners.process - before.listeners.process).should.be.belowOrEqual(
      0,
      'listeners of the process',
    );
    (after.listeners.runtime - before.listeners.runtime).should.be.belowOrEqual(
      0,
      'listeners of the runtime',
    );
  });

  it('do not grow the memory', () => {
    const grown = (report.after.heap - report.before.heap) / report.redeploys;
    grown.should.be.below(100_000, 'bytes for each redeploy');
  });

  it('are never held up by a node that does not close', () => {
    report.complaints.should.eql([]);
    report.slowest.should.be.below(5_000);
  });

  it('open no more connections than one platform may', () => {
    report.peakConnections.should.be.belowOrEqual(8);
  });

  it('lose nothing that is held durably, and send nothing twice', () => {
    report.cameOut.should.eql(Array<number>(report.held).fill(1));
  });
});

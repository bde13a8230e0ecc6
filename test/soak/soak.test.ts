import 'should';

import { runtimeUnderTest } from '../real/runtimes';
import { leftBehind, soak, summary, type SoakReport } from './soak';

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

  it('leave no timer, socket, listener or memory behind', () => {
    leftBehind(report).should.eql([], `before: ${summary(report.before)}; after: ${summary(report.after)}`);
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

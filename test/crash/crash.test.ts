import 'should';
import { crash } from './harness';
import { runtimeUnderTest } from '../real/runtimes';
import { seededRandom } from '../support/seeded-random';
import { evidenceOf, judge } from './verdict';

describe('Alerts in a Node-RED that is killed again and again', function () {
  this.timeout(240_000);

  it('are neither lost nor doubled, have stable ids, and are late when they are', async () => {
    const report = await crash({
      runtime: runtimeUnderTest,
      jobs: 5,
      runsPerJob: 30,
      kills: 10,
      random: seededRandom(Number(process.env['CRASH_SEED'] ?? 7)),
    });
    report.ended.length.should.equal(150);
    report.endedWhileDown.size.should.be.above(10);
    const { redelivered, ...wrong } = judge(report);
    if (wrong.lost.length > 0) console.error(evidenceOf(wrong, report));
    wrong.should.eql({ lost: [], doubled: [], invented: [], unstableIds: [], notLate: [] });
    redelivered.should.be.aboveOrEqual(0);
    report.log.should.not.match(/Close timed out|UnhandledPromiseRejection|Uncaught Exception/);
  });
});

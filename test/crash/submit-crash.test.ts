import 'should';
import { runtimeUnderTest } from '../real/runtimes';
import { seededRandom } from '../support/seeded-random';
import { crashSubmissions } from './submit-harness';
import { judgeSubmissions, nothingWrong } from './submit-verdict';

/** `CRASH_KILLS=100 npx mocha test/crash/submit-crash.test.ts` takes about a quarter of an hour. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 2);

describe('Submissions in a Node-RED that is killed again and again', function () {
  this.timeout(240_000 + KILLS * 20_000);

  it('make no job twice, submit none twice, and say of each message what became of it', async () => {
    const report = await crashSubmissions({
      runtime: runtimeUnderTest,
      kills: KILLS,
      submissions: 50,
      random: seededRandom(Number(process.env['CRASH_SEED'] ?? 7)),
    });
    report.marks.length.should.equal(50 * KILLS);
    const { wrong, ends } = judgeSubmissions(report);
    wrong.should.eql(nothingWrong());
    ends.job.should.be.above(0);
    report.log.should.not.match(/Close timed out|UnhandledPromiseRejection|Uncaught Exception/);
  });
});

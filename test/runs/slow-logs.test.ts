import 'should';
import { SECOND, clock, follow, newForEach, platform } from './polling-setup';

const LOG = '[2026-01-01T00:00:00Z]: Exited with code 3\n';

describe('Logs of a job that come slowly, or never', () => {
  newForEach();
  let seen: ReturnType<typeof follow>;

  /** A job of so many runs that have all ended with code 3; the log of a run takes so many ms. */
  async function ended(runs: number, takes: (runId: number) => number): Promise<void> {
    const job = platform.addJob('sweep', runs);
    platform.slow = ({ call, detail }) => (call === 'openContents' ? takes(Number(detail.slice(4))) : 0);
    for (let id = 1; id <= runs; id += 1) {
      platform.end(job, String(id));
      job.logs.set(String(id), LOG);
    }
    seen = follow('sweep');
    await clock.advance(SECOND);
    for (let id = 1; id <= runs; id += 1) seen.subscription.wantOutcome(String(id));
  }
  const failed = () => [...seen.last!.outcomes.values()].filter(({ result }) => result === 'failed').length;

  it('hold back no others: those are told within seconds', async () => {
    await ended(200, (id) => (id <= 8 ? 3_600 * SECOND : 0));
    await clock.advance(15 * SECOND);
    failed().should.equal(192);
  });

  it('hold back no others where they are many among them', async () => {
    await ended(300, (id) => (id % 10 === 0 ? 3_600 * SECOND : 0));
    await clock.advance(45 * SECOND);
    failed().should.equal(270);
  });

  it('are read with patience in the end', async () => {
    await ended(40, (id) => (id <= 8 ? 20 * SECOND : 0));
    await clock.advance(15 * SECOND);
    failed().should.equal(32);
    await clock.advance(90 * SECOND);
    failed().should.equal(40);
  });

  it('are read all the same where all are slow', async () => {
    await ended(60, () => 8 * SECOND);
    await clock.advance(240 * SECOND);
    failed().should.equal(60);
  });
});

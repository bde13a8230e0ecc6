import 'should';
import should from 'should';
import { SECOND, clock, follow, newForEach, platform } from './polling-setup';

describe('How a run ended, while what is read of its log contradicts what is listed or counted', () => {
  newForEach();
  let seen: ReturnType<typeof follow>;

  const outcome = (runId = '1') => seen.last!.outcomes.get(runId);
  /** Runs that exited with code 3, `age` ago. */
  async function ended(age: number, runs = 1) {
    const job = platform.addJob('sweep', runs + 1);
    for (let id = 1; id <= runs; id += 1) platform.end(job, String(id), 3);
    await clock.advance(age * SECOND);
    return job;
  }
  async function want(runs = 1) {
    seen = follow('sweep');
    await clock.advance(SECOND);
    for (let id = 1; id <= runs; id += 1) seen.subscription.wantOutcome(String(id));
    await clock.advance(SECOND);
  }
  const hollow = (...calls: string[]) => (platform.fault = ({ call }) => calls.includes(call));
  const heal = () => (platform.fault = null);

  /** Every answer with contents is `text`, until it is healed. */
  function answers(text: string, status = 200) {
    const open = platform.client.openContents.bind(platform.client);
    let wrong = true;
    platform.client.openContents = async (...args) => {
      const right = await open(...args);
      if (!wrong) return right;
      const chunks = (async function* () {
        yield await Promise.resolve(Buffer.from(text));
      })();
      return { ...right, status, range: null, bytes: text.length, chunks };
    };
    return () => void (wrong = false);
  }

  const HOUR = 3600;
  const wrongAnswers: [string, string, number?][] = [
    ['cut off', '[2026-01-01T00:00:00Z]: Laun'],
    ['empty', ''],
    ['a page', '<html>Sign in</html>'],
    ['no such part', '', 416],
  ];
  for (const [what, text, status] of wrongAnswers) {
    it(`is waited for where its log is ${what} at first, also of a run that ended long ago`, async () => {
      await ended(HOUR);
      const right = answers(text, status);
      await want();
      await clock.advance(20 * SECOND);
      should(outcome()).be.undefined();
      right();
      await clock.advance(30 * SECOND);
      outcome()!.should.match({ result: 'failed', reason: /exited with code 3/ });
    });

    it(`is unknown where its log stays ${what}`, async () => {
      await ended(HOUR);
      answers(text, status);
      await want();
      await clock.advance(160 * SECOND);
      outcome()!.evidence[0]!.should.equal('process_output.log could not be read to its end.');
    });
  }

  it('is waited for where nothing is listed of a run that counts files and ended long ago', async () => {
    await ended(HOUR);
    hollow('listJobFiles', 'listRunFiles');
    await want();
    await clock.advance(20 * SECOND);
    should(outcome()).be.undefined();
    heal();
    await clock.advance(30 * SECOND);
    outcome()!.result.should.equal('failed');
  });

  it('is unknown where they stay empty', async () => {
    await ended(HOUR);
    hollow('listJobFiles', 'listRunFiles');
    await want();
    await clock.advance(160 * SECOND);
    outcome()!.evidence[0]!.should.equal('process_output.log was not found.');
  });

  it('comes from the list of the run itself, at once where it ended long ago', async () => {
    await ended(HOUR, 60);
    hollow('listJobFiles');
    await want(60);
    await clock.advance(SECOND);
    for (let id = 1; id <= 60; id += 1) outcome(String(id))!.result.should.equal('failed');
    platform.count('listRunFiles').should.equal(60);
  });

  for (const [what, counted] of [
    ['soon where it counts files', 2],
    ['late where it counts none', 0],
  ] as const) {
    it(`comes from the list of the run itself, ${what}`, async () => {
      const job = await ended(1, 1);
      job.runs[0]!.outputFileCount = counted;
      hollow('listJobFiles');
      await want();
      await clock.advance((counted > 0 ? 30 : 100) * SECOND);
      outcome()!.result.should.equal('failed');
      platform.count('listRunFiles').should.equal(1);
    });
  }

  it('is looked for there once more before it is given up', async () => {
    const job = await ended(1, 1);
    hollow('listJobFiles');
    const log = job.logs.get('1')!;
    job.logs.clear();
    await want();
    await clock.advance(40 * SECOND);
    platform.count('listRunFiles').should.equal(1);
    job.logs.set('1', log);
    await clock.advance(90 * SECOND);
    outcome()!.result.should.equal('failed');
    platform.count('listRunFiles').should.equal(2);
  });

  it('is unknown at once where an empty log gives no part of itself', async () => {
    const job = await ended(HOUR);
    job.logs.set('1', '');
    answers('', 416);
    await want();
    outcome()!.evidence[0]!.should.equal('process_output.log does not say with which code the run exited.');
  });
});

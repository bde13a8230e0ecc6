import 'should';
import type { Run } from '../../src/api/client/types';
import type { Outcome } from '../../src/runs/run/outcome';
import { nodesOnSimulator } from '../support/nodes-on-simulator';
import type { LoadedFlow } from '../support/flow';

type Kind = 'word-as-end' | 'impossible-end' | 'end-in-2099';

/** What the platform says of a run's end, and what a person is to read of it. */
const SAYS: Record<Kind, string> = {
  'word-as-end': '“yes” stands where its end date should',
  'impossible-end': 'its end date “2026-13-40T25:00:00” can’t be read',
  'end-in-2099': 'its end date 2099-01-01T00:00:00Z has not come yet',
};

describe('An end date of a run that can’t be right', function () {
  this.timeout(60_000);
  const suite = nodesOnSimulator();

  const yellow = (flow: LoadedFlow, runId = '1') =>
    flow.status('node', ({ fill, text }) => fill === 'yellow' && text === `run ${runId}: end date?`);
  const warnings = (flow: LoadedFlow) => {
    const { warn } = flow.node('node') as unknown as { warn: { args: [string][] } };
    return warn.args.map(([text]) => String(text)).filter((text) => text.includes('end date'));
  };
  /** Of the first run of a job of two, wherever it is read. */
  function oddEnd(kind: Kind, ended: boolean): string {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    suite.simulator.advance(5);
    if (ended) suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
    suite.simulator.setFaults([{ path: `^/jobs/${jobId}/runs/(1/)?$`, oddRows: { kind }, times: 1000 }]);
    return jobId;
  }

  for (const kind of Object.keys(SAYS) as Kind[]) {
    for (const outcome of [false, true]) {
      it(`makes get run and list runs yellow: ${kind}${outcome ? ', asked how it ended' : ''}`, async () => {
        const jobId = oddEnd(kind, kind !== 'word-as-end');
        suite.simulator.advance(600);
        for (const type of ['rescale-get-run', 'rescale-list-runs']) {
          const flow = await suite.load({ type, outcome });
          flow.receive('node', { jobId, runId: '1' });
          const { rescale } = await flow.take('out');
          if (outcome && type === 'rescale-get-run') {
            const told = rescale as { summary: string; outcome: Outcome | null; state: string };
            told.state.should.equal(kind === 'word-as-end' ? 'running' : 'completed');
            (told.outcome ?? { evidence: [told.summary] }).evidence.join().should.containEql(SAYS[kind]);
            told.summary.should.not.containEql(' after ');
            told.summary.should.containEql(SAYS[kind]);
          }
          await yellow(flow);
          await flow.unload();
        }
      });
    }
  }

  it('is a doubt of a list of completed runs as well, which leaves it out', async () => {
    const jobId = oddEnd('word-as-end', false);
    const flow = await suite.load({ type: 'rescale-list-runs', state: 'completed' });
    flow.receive('node', { jobId });
    (await flow.take('out')).payload!.should.eql([]);
    await yellow(flow);
    await flow.unload();
  });

  for (const kind of ['impossible-end', 'end-in-2099'] as const) {
    it(`ends a wait and is told by a watch, in yellow and with a sentence: ${kind}`, async () => {
      const jobId = oddEnd(kind, false);
      suite.simulator.setFaults([]);
      const wait = await suite.load({
        type: 'rescale-wait-run',
        interval: 5,
        files: false,
        outcome: false,
      });
      wait.receive('node', { jobId, runId: '1' });
      await wait.status('node', ({ text }) => text === 'waiting 1');
      suite.simulator.setFaults([{ path: `^/jobs/${jobId}/runs/(1/)?$`, oddRows: { kind }, times: 1000 }]);
      const { rescale } = await wait.take('out');
      (rescale as { summary: string }).summary.should.equal(
        `Job ${jobId} run 1 completed, but ${SAYS[kind]}`,
      );
      await yellow(wait);
      await wait.unload();

      suite.simulator.setFaults([]);
      const watch = await suite.load({
        type: 'rescale-watch-runs',
        jobs: jobId,
        interval: 5,
        outcome: false,
      });
      await watch.status('node', ({ text }) => /running/.test(text ?? '') || /2/.test(text ?? ''));
      suite.simulator.setFaults([{ path: `^/jobs/${jobId}/runs/(1/)?$`, oddRows: { kind }, times: 1000 }]);
      watch.receive('node', { action: 'check' });
      const message = await watch.take('out');
      message.should.have.properties({ topic: 'run/completed', runId: '1' });
      const event = message.payload as { summary: string; duration: number | null; run: Run };
      event.summary.should.containEql(SAYS[kind]);
      (event.duration === null).should.be.true();
      await yellow(watch);
      warnings(watch).length.should.equal(1);
      await watch.unload();
    });
  }

  it('stands in the summary of a run and of its job where the log tells how it ended', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }] });
    suite.simulator.advance(5);
    const wait = await suite.load({ type: 'rescale-wait-run', scope: 'job', interval: 5, files: false });
    wait.receive('node', { jobId });
    await wait.status('node', ({ text }) => text === 'waiting 1');
    suite.simulator.setFaults([
      { path: `^/jobs/${jobId}/runs/(1/)?$`, oddRows: { kind: 'end-in-2099' }, times: 1000 },
    ]);
    suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
    suite.simulator.advance(600);
    const released = (await wait.take('out')).rescale as { summary: string; outcome: Outcome };
    released.outcome.should.have.property('result', 'succeeded');
    released.summary.should.endWith(`, but for run 1 ${SAYS['end-in-2099']}`);
    await wait.unload();

    const watch = await suite.load({
      type: 'rescale-watch-runs',
      jobs: jobId,
      interval: 5,
      startFrom: 'all',
    });
    const [run, job] = await watch.takeAll('out', 2);
    run!.should.have.properties({ topic: 'run/completed' });
    job!.should.have.properties({ topic: 'job/completed' });
    const summaries = [run!, job!].map(({ payload }) => (payload as { summary: string }).summary);
    summaries[0]!.should.equal(`Job ${jobId} run 1 succeeded, but ${SAYS['end-in-2099']}`);
    summaries[1]!.should.endWith(`, but for run 1 ${SAYS['end-in-2099']}`);
    await watch.unload();
  });

  it('is counted where several runs have one, and is no doubt any more when it is put right', async () => {
    const jobId = oddEnd('word-as-end', false);
    suite.simulator.setFaults([
      { path: `^/jobs/${jobId}/runs/$`, oddRows: { kind: 'word-as-end', count: 2 }, times: 1000 },
    ]);
    const several = (flow: LoadedFlow) =>
      flow.status('node', ({ fill, text }) => fill === 'yellow' && text === 'end date? runs: 2');
    const list = await suite.load({ type: 'rescale-list-runs' });
    list.receive('node', { jobId });
    await several(list);
    await list.unload();
    const wait = await suite.load({ type: 'rescale-wait-run', scope: 'job', interval: 5 });
    wait.receive('node', { jobId });
    await several(wait);
    await wait.unload();
    const watch = await suite.load({ type: 'rescale-watch-runs', jobs: jobId, interval: 5, outcome: false });
    await several(watch);
    suite.simulator.setFaults([
      { path: `^/jobs/${jobId}/runs/(1/)?$`, oddRows: { kind: 'end-in-2099' }, times: 1000 },
    ]);
    watch.receive('node', { action: 'check' });
    const counted = (text: string) =>
      watch.until(text, () => (watch.statuses('node').at(-1)?.text === text ? true : undefined));
    await watch.take('out');
    await counted('run 1: end date?');
    suite.simulator.setFaults([]);
    watch.receive('node', { action: 'check' });
    await watch.until('no doubt', () => (watch.statuses('node').at(-1)?.fill === 'blue' ? true : undefined));
  });

  it('that is no date ends no wait, which says so in yellow and once in words, and goes on', async () => {
    const jobId = oddEnd('word-as-end', false);
    const flow = await suite.load({ type: 'rescale-wait-run', interval: 5, files: false, outcome: false });
    flow.receive('node', { jobId, runId: '1' });
    flow.receive('node', { jobId });
    await yellow(flow);
    flow.received('out').should.be.empty();
    warnings(flow).length.should.equal(1);
    warnings(flow)[0]!.should.containEql(`Run 1 of job ${jobId} has “yes” where its end date should stand.`);
    suite.simulator.setFaults([]);
    suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
    (await flow.take('out')).should.have.property('runId', '1');
  });

  it('that is no date is shown by a watch, which goes on', async () => {
    const jobId = oddEnd('word-as-end', false);
    const watch = await suite.load({ type: 'rescale-watch-runs', jobs: jobId, interval: 5, outcome: false });
    await yellow(watch);
  });

  for (const kind of ['word-as-end', 'end-in-2099'] as const) {
    it(`ends no follow while the run goes on, which says nothing else of it: ${kind}`, async () => {
      const jobId = oddEnd(kind, false);
      const append = (text: string) =>
        suite.simulator.control(jobId, { action: 'append', runId: '1', path: 'log', text });
      const follow = await suite.load({ type: 'rescale-follow-file', interval: 2 });
      append('one\n');
      follow.receive('node', { jobId, runId: '1', path: 'log' });
      (await follow.take('out')).payload!.should.eql(['one']);
      await yellow(follow);
      warnings(follow).length.should.equal(1);
      append('two\n');
      (await follow.take('out')).payload!.should.eql(['two']);
      // The platform refuses what it refuses of a run that is not in progress, and the job goes on.
      suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
      suite.simulator.advance(600);
      (await follow.take('out2')).payload!.should.eql({ reason: 'completed', lines: 2, gaps: 0 });
      await follow.status('node', ({ fill }) => fill === 'green');
      const shown = follow.statuses('node').filter(({ fill }) => fill === 'yellow' || fill === 'red');
      for (const { text } of shown) text!.should.equal('run 1: end date?');
      warnings(follow).length.should.equal(1);
    });
  }

  it('that has not come yet makes no list of files complete while the run goes on', async () => {
    const jobId = oddEnd('end-in-2099', false);
    const archive = { id: 'a', name: 'snapshot_1.tar.gz', relativePath: 'snapshot_1.tar.gz', typeId: 12 };
    const body = { count: 1, next: null, previous: null, results: [{ ...archive, decryptedSize: 1 }] };
    suite.simulator.setFaults([
      { path: `^/jobs/${jobId}/runs/1/$`, oddRows: { kind: 'end-in-2099' }, times: 1000 },
      { path: 'runs/1/files/$', body, times: 1000 },
    ]);
    const flow = await suite.load({ type: 'rescale-list-files' });
    flow.receive('node', { jobId, runId: '1' });
    (await flow.take('out')).rescale!.should.have.properties({ returned: 1, complete: false });
    await flow.status('node', ({ fill, text }) => fill === 'yellow' && text === '1 file so far');
  });

  it('that has not come yet keeps no stop from being sent', async () => {
    const jobId = oddEnd('end-in-2099', false);
    const flow = await suite.load({ type: 'rescale-stop-run' });
    flow.receive('node', { jobId, runId: '1' });
    (await flow.take('out')).payload!.should.have.property('requested', true);
  });
});

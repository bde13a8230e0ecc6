import 'should';
import type { Message } from '../../src/runtime/definition/definition';
import { foamLog } from '../support/logs/foam-log';
import {
  close,
  diverging,
  endOf,
  flowForEach,
  give,
  load,
  path,
  pieces,
  rowsOf,
  stateFiles,
  toldOf,
  verdictsOf,
  type Payload,
} from './monitor-setup';

describe('rescale-monitor-run', function () {
  this.timeout(120_000);
  flowForEach();

  describe('the end of a log', () => {
    it('is told once, though it comes twice, and again after new lines', async () => {
      const loaded = await load();
      await give(loaded, [...pieces(diverging(60, 40), 400), endOf(), endOf()]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging']);
      toldOf(loaded).at(-1)!.rule.should.equal('log-ended');
      await give(loaded, [...pieces(foamLog({ steps: 20 }), 400), endOf()]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging', 'completed']);
    });

    it('is told where no line came before it', async () => {
      const loaded = await load();
      await give(loaded, [endOf(), endOf()]);
      verdictsOf(loaded).should.eql(['unknown']);
    });
  });

  describe('a log that grows', () => {
    it('gives a row for each closed step, and keeps the message', async () => {
      const loaded = await load();
      await give(loaded, pieces(foamLog({ steps: 30 }), 20, { topic: 'mine', action: 'stop' }));
      rowsOf(loaded)
        .map(({ step }) => step)
        .should.eql(Array.from({ length: 29 }, (_, at) => at + 1));
      const first = loaded.received('out')[0]!;
      first.should.have.properties({ topic: 'mine', jobId: 'foamSweep', runId: '6', path });
      first.should.not.have.property('action');
      Object.keys((first.payload as object[])[0]!).should.eql(['step', 'time', 'Ux', 'Uy', 'p']);
      first.rescale!.should.have.properties({ platform: 'simulator', link: null });
      const { log } = first.rescale as { log: object };
      const { step } = (first.payload as { step: number }[]).at(-1)!;
      log.should.eql({ solver: 'openfoam', step, time: step, progress: null, eta: null });
    });

    it('sends nothing for a piece that closes no step', async () => {
      const loaded = await load();
      await give(loaded, pieces('Build  : v2412\nExec   : simpleFoam\n\n', 3));
      loaded.received('out').should.be.empty();
    });

    it('tells each verdict once, with the lines that show it and a sentence for a mail', async () => {
      const loaded = await load();
      await give(loaded, pieces(diverging(60, 40), 50));
      verdictsOf(loaded).should.eql(['diverging']);
      const [message] = loaded.received('out2');
      message!.should.have.properties({ topic: 'run/diverging', jobId: 'foamSweep', runId: '6' });
      message!.should.not.have.property('action');
      const { at, ...payload } = message!.payload as Payload;
      payload.should.eql({
        verdict: 'diverging',
        rule: 'not-a-number',
        step: 40,
        time: 40,
        evidence: ['The value of p is not a number at step 40'],
        values: { p: null },
        solver: 'openfoam',
        redelivered: false,
      });
      at.should.be.approximately(Date.now(), 60_000);
      message!.rescale!.should.have.property(
        'summary',
        'Job foamSweep run 6 diverges: the value of p is not a number at step 40',
      );
    });

    it('has its last word when the follow ends, and is forgotten then', async () => {
      const loaded = await load();
      await give(loaded, [...pieces(diverging(60, 40), 50), endOf()]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging']);
      const last = loaded.received('out2').at(-1)!;
      last.topic!.should.equal('run/log-ended');
      last.payload!.should.have.properties({
        verdict: 'diverging',
        rule: 'log-ended',
        reason: 'completed',
        step: 60,
      });
      last.rescale!.should.have.property(
        'summary',
        'The log of job foamSweep run 6 has ended: the run diverged',
      );
      // The last step is closed by the end.
      rowsOf(loaded).length.should.equal(60);
      await close();
      stateFiles().should.be.empty();
    });

    it('is one of many that do not mix', async () => {
      const loaded = await load();
      const runs = ['1', '2', '3'].map((runId) =>
        pieces(runId === '2' ? diverging(60, 40) : foamLog({ steps: 60, end: '' }), 17, { runId }),
      );
      for (let at = 0; at < runs[0]!.length; at += 1)
        await give(
          loaded,
          runs.map((messages) => messages[at]!),
        );
      loaded
        .received('out2')
        .map(({ runId, topic }) => [runId, topic])
        .should.eql([['2', 'run/diverging']]);
      const last = await loaded.status('node', ({ text }) => text === '3 runs, run 2 diverges');
      last.should.have.properties({ fill: 'red', shape: 'dot' });
      await give(loaded, [endOf({ runId: '2' })]);
      await loaded.status('node', ({ text, fill }) => text === '2 runs' && fill === 'blue');
    });

    it('sends all kept rows when told, the older ones thinned', async () => {
      const loaded = await load({ emit: 'all', keep: 50 });
      await give(loaded, pieces(foamLog({ steps: 300, end: '' }), 500));
      const last = loaded.received('out').at(-1)!.payload as { step: number }[];
      last.length.should.be.within(25, 50);
      last[0]!.step.should.equal(1);
      last.at(-1)!.step.should.equal(299);
    });

    it('takes a single line of a follow for a whole one, and a text cut anywhere', async () => {
      const loaded = await load();
      const lines = foamLog({ steps: 5, end: '' }).split('\n').slice(0, -1);
      await give(
        loaded,
        lines.map((payload, at) => ({
          payload,
          jobId: 'j',
          rescale: { follow: { seq: at + 1, lines: 1, gap: null } },
        })),
      );
      const text = foamLog({ steps: 5, end: '' });
      const cut = [text.slice(0, 333), text.slice(333, 700), text.slice(700)];
      await give(
        loaded,
        cut.map((payload) => ({ payload: Buffer.from(payload), jobId: 'k', rescale: { follow: {} } })),
      );
      rowsOf(loaded)
        .map(({ step }) => step)
        .should.eql([1, 2, 3, 4, 1, 2, 3, 4]);
    });
  });

  describe('a piece that comes twice', () => {
    it('changes nothing, marked or not', async () => {
      const loaded = await load();
      const [first, second] = pieces(diverging(60, 3), 30) as [Message, Message];
      await give(loaded, [first, first, second, second]);
      const again = structuredClone(first);
      Object.assign((again.rescale as { follow: object }).follow, { redelivered: true });
      await give(loaded, [again]);
      verdictsOf(loaded).should.eql(['diverging']);
      const steps = rowsOf(loaded).map(({ step }) => step);
      steps.should.eql([...new Set(steps)]);
    });

    it('gives what is new in it when a part of it is', async () => {
      const loaded = await load();
      const whole = pieces(foamLog({ steps: 20, end: '' }), 1000)[0]!;
      const [part] = pieces(foamLog({ steps: 20, end: '' }), 40) as [Message];
      Object.assign((whole.rescale as { follow: object }).follow, { redelivered: true });
      await give(loaded, [part, whole]);
      rowsOf(loaded)
        .map(({ step }) => step)
        .should.eql(Array.from({ length: 19 }, (_, at) => at + 1));
    });

    it('is another thing than a follow that begins anew', async () => {
      const loaded = await load();
      await give(loaded, pieces(diverging(60, 40), 50));
      await give(loaded, pieces(diverging(60, 30), 70));
      toldOf(loaded)
        .map(({ step }) => step)
        .should.eql([40, 30]);
    });
  });

  it('judges another file in the same place by itself: its steps, its verdict and its status begin anew', async () => {
    const loaded = await load({ emit: 'all' });
    await give(loaded, pieces(diverging(60, 40), 50));
    verdictsOf(loaded).should.eql(['diverging']);
    const before = pieces(diverging(60, 40), 50).length * 50;
    const after = pieces(foamLog({ steps: 12, end: '' }), 30);
    for (const [place, { rescale }] of after.entries()) {
      const { follow } = rescale as { follow: { seq: number; replaced?: boolean } };
      follow.seq += before;
      if (place === 0) Object.assign(follow, { replaced: true, gap: { missing: null } });
    }
    await loaded.status('node', ({ text }) => text === 'run 6 diverges');
    const shown = loaded.statuses('node').length;
    await give(loaded, after);
    await loaded.status(
      'node',
      (status) => loaded.statuses('node').indexOf(status) >= shown && status.text === '1 run',
    );
    verdictsOf(loaded).should.eql(['diverging']);
    const rows = loaded.received('out').at(-1)!.payload as { step: number }[];
    rows.map(({ step }) => step).should.eql(Array.from({ length: 11 }, (_, at) => at + 1));
  });
});

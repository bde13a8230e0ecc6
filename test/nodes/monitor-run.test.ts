import 'should';
import should from 'should';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../src/runtime/definition/definition';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';
import { foamLog } from '../support/logs/foam-log';

const type = 'rescale-monitor-run';
const path = 'shared/log.simpleFoam';

/** No server is asked: the platform node is there because the flow around has one. */
const platform = platformOf({ origin: 'http://127.0.0.1:1', token: 'none' });

const diverging = (steps: number, at: number) =>
  foamLog({
    steps,
    end: '',
    residual: (field, step) => (step >= at && field === 'p' ? 'nan' : 10 ** (-step / 50)),
  });

interface Payload {
  verdict: string;
  rule: string;
  step: number;
  time: number | null;
  at: number;
  evidence: string[];
  values: Record<string, number | null>;
  solver: string | null;
  reason?: string;
  redelivered: boolean;
}

describe('rescale-monitor-run', function () {
  this.timeout(120_000);
  let userDir: string;
  let flow: LoadedFlow | null = null;

  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'monitor-run-'));
  });
  afterEach(async () => {
    await flow?.unload();
    flow = null;
    await rm(userDir, { recursive: true, force: true });
  });

  const flowOf = (node: Record<string, unknown> = {}) => flowAround({ type, ...node }, platform);
  async function load(node: Record<string, unknown> = {}): Promise<LoadedFlow> {
    const [nodes, options] = flowOf(node);
    flow = await loadFlow(nodes, { ...options, settings: { userDir } });
    return flow;
  }
  /** As after a restart of Node-RED. */
  async function restart(node: Record<string, unknown> = {}): Promise<LoadedFlow> {
    await flow?.unload();
    return load(node);
  }
  const stateFolder = () => join(userDir, 'rescale', 'node');
  const stateFiles = () => (existsSync(stateFolder()) ? readdirSync(stateFolder()) : []);

  /** Lines of a log as follow-file sends them, in pieces of so many. */
  function pieces(text: string, size: number, place: Record<string, unknown> = {}): Message[] {
    const lines = text.replace(/\n$/, '').split('\n');
    const messages: Message[] = [];
    for (let from = 0; from < lines.length; from += size) {
      const payload = lines.slice(from, from + size);
      const follow = { seq: from + 1, lines: payload.length, gap: null };
      messages.push({
        payload,
        jobId: 'foamSweep',
        runId: '6',
        path,
        ...place,
        rescale: { platform: 'simulator', jobId: 'foamSweep', runId: '6', link: null, follow },
      });
    }
    return messages;
  }
  const endOf = (place: Record<string, unknown> = {}, reason = 'completed'): Message => ({
    payload: { reason, lines: 1, gaps: 0 },
    jobId: 'foamSweep',
    runId: '6',
    path,
    ...place,
    rescale: { platform: 'simulator', jobId: 'foamSweep', runId: '6' },
  });
  /** Resolves when each of the messages was done. */
  async function give(loaded: LoadedFlow, messages: Message[]): Promise<void> {
    for (const message of messages) {
      loaded.receive('node', message);
      await loaded.take('completed');
    }
  }
  const rowsOf = (loaded: LoadedFlow) =>
    loaded.received('out').flatMap(({ payload }) => payload as { step: number }[]);
  const toldOf = (loaded: LoadedFlow) => loaded.received('out2').map(({ payload }) => payload as Payload);
  const verdictsOf = (loaded: LoadedFlow) => toldOf(loaded).map(({ verdict }) => verdict);

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
      await loaded.unload();
      flow = null;
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

  describe('over a restart', () => {
    it('goes on as if there had been none', async () => {
      const messages = pieces(diverging(60, 50), 25);
      let loaded = await load();
      const half = Math.floor(messages.length / 2);
      await give(loaded, messages.slice(0, half));
      const before = rowsOf(loaded).length;
      loaded = await restart();
      await give(loaded, [...messages.slice(half), endOf()]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging']);
      rowsOf(loaded)[0]!.step.should.equal(before + 1);
      rowsOf(loaded).at(-1)!.step.should.equal(60);
    });

    it('tells no verdict again that it has told', async () => {
      let loaded = await load();
      await give(loaded, pieces(diverging(60, 10), 1000));
      verdictsOf(loaded).should.eql(['diverging']);
      loaded = await restart();
      await loaded.status('node', ({ text }) => text === 'run 6 diverges');
      await give(loaded, [endOf()]);
      verdictsOf(loaded).should.eql(['diverging']);
      toldOf(loaded)[0]!.rule.should.equal('log-ended');
    });

    it('tells again, and says so, what a kill may have kept from being told', async () => {
      let loaded = await load();
      await give(loaded, pieces(diverging(60, 10), 1000, { topic: 'mine' }));
      await loaded.unload();
      flow = null;
      // As a kill between the noting and the sending leaves it: nothing says that it was sent.
      const [file] = stateFiles();
      const journal = join(stateFolder(), file!);
      writeFileSync(journal, readFileSync(journal, 'utf8').replace(/\n.*"sent".*\n/g, '\n'));
      loaded = await restart();
      const told = await loaded.take('out2');
      told.payload!.should.have.properties({ verdict: 'diverging', step: 10, redelivered: true });
      told.should.have.properties({ jobId: 'foamSweep', runId: '6', path, topic: 'run/diverging' });
      told.rescale!.should.have.property('summary');
      rowsOf(loaded).length.should.equal(59);
      // The follow sends the piece again as well.
      const again = pieces(diverging(60, 10), 1000);
      Object.assign((again[0]!.rescale as { follow: object }).follow, { redelivered: true });
      await give(loaded, again);
      verdictsOf(loaded).should.eql(['diverging']);
    });

    it('tells again what a kill came just after, because the next nodes may not have done with it', async () => {
      let loaded = await load();
      await give(loaded, [...pieces(diverging(60, 10), 1000), endOf()]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging']);
      // A kill leaves the files as they are; an orderly end would not.
      const [file] = stateFiles();
      const journal = readFileSync(join(stateFolder(), file!));
      await loaded.unload();
      flow = null;
      writeFileSync(join(stateFolder(), file!), journal);
      loaded = await load();
      await loaded.until('the end', () => (verdictsOf(loaded).length === 2 ? true : undefined));
      toldOf(loaded)
        .every(({ redelivered }) => redelivered)
        .should.be.true();
      const again = endOf();
      again.rescale = { ...(again.rescale as object), follow: { redelivered: true } };
      await give(loaded, [again]);
      verdictsOf(loaded).length.should.equal(2);
    });

    it('says nothing of an end that was told and comes once more', async () => {
      let loaded = await load();
      await give(loaded, [...pieces(foamLog({ steps: 10 }), 1000), endOf()]);
      loaded = await restart();
      const again = endOf();
      again.rescale = { ...(again.rescale as object), follow: { redelivered: true } };
      await give(loaded, [again]);
      loaded.received('out2').should.be.empty();
    });

    it('keeps little on disk however long the log is', async () => {
      const loaded = await load();
      await give(loaded, pieces(foamLog({ steps: 10_000, end: '' }), 5000));
      const files = stateFiles();
      files.length.should.equal(1);
      readFileSync(join(stateFolder(), files[0]!)).length.should.be.below(1_000_000);
    });

    it('keeps nothing when it is told to', async () => {
      const loaded = await load({ durable: false });
      await give(loaded, pieces(diverging(60, 10), 50));
      stateFiles().should.be.empty();
    });

    it('is forgotten with the node', async () => {
      const loaded = await load();
      await give(loaded, pieces(diverging(60, 10), 1000));
      const [nodes] = flowOf();
      await loaded.deploy(
        nodes.filter(({ id }) => id !== 'node'),
        'full',
      );
      existsSync(stateFolder()).should.be.false();
    });
  });

  describe('silence', () => {
    it('is told once, and again only after new lines', async () => {
      const loaded = await load({ silence: 0.005 });
      const [first, second] = pieces(foamLog({ steps: 20, end: '' }), 100) as [Message, Message];
      await give(loaded, [first]);
      const told = await loaded.take('out2');
      told.should.have.properties({ topic: 'run/silent', jobId: 'foamSweep', runId: '6', path });
      told.payload!.should.have.properties({ verdict: 'silent', rule: 'no-new-line', redelivered: false });
      await loaded.status('node', ({ text, fill }) => text === 'run 6 silent' && fill === 'yellow');
      await give(loaded, [second]);
      (await loaded.take('out2')).should.have.property('topic', 'run/silent');
      await give(loaded, [endOf()]);
      verdictsOf(loaded).should.eql(['silent', 'silent', 'unfinished']);
    });

    it('is none where the log has ended, or nobody asked', async () => {
      const loaded = await load({ silence: 0.002 });
      await give(loaded, [...pieces(foamLog({ steps: 5 }), 1000), endOf()]);
      const mute = await restart({ silence: 0 });
      await give(mute, pieces(foamLog({ steps: 5 }), 1000));
      // Longer than the silence would take: two other messages that wait for the clock.
      await new Promise((resolve) => setTimeout(resolve, 400));
      mute.received('out2').should.be.empty();
    });
  });

  describe('a whole log', () => {
    for (const [what, make] of Object.entries<(text: string) => unknown>({
      'an array of lines': (text) => text.split('\n'),
      'a text': (text) => text,
      'a Buffer': (text) => Buffer.from(text),
    })) {
      it(`is judged as far as it goes when it comes as ${what}`, async () => {
        const loaded = await load();
        await give(loaded, [{ payload: make(diverging(60, 40)), topic: 'mine' }]);
        rowsOf(loaded).length.should.equal(60);
        verdictsOf(loaded).should.eql(['diverging', 'diverging']);
        loaded.received('out2').at(-1)!.payload!.should.have.property('reason', 'whole');
        loaded
          .received('out2')[0]!
          .rescale!.should.have.property(
            'summary',
            'The run diverges: the value of p is not a number at step 40',
          );
        stateFiles().should.be.empty();
      });
    }

    it('is judged anew each time', async () => {
      const loaded = await load();
      await give(loaded, [{ payload: diverging(60, 40) }, { payload: foamLog({ steps: 40 }) }]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging', 'completed']);
    });

    it('tells what was asked for, and nothing else', async () => {
      const loaded = await load({ verdicts: ['converged'], tolerance: '1e-3', series: 'p' });
      await give(loaded, [{ payload: foamLog({ steps: 100 }) }]);
      toldOf(loaded)
        .map(({ verdict, rule }) => [verdict, rule])
        .should.eql([['converged', 'tolerance']]);
      Object.keys(rowsOf(loaded)[0]!).should.eql(['step', 'time', 'p']);
    });

    it('passes the limits of the user', async () => {
      const limits = [
        { series: 'p', below: '0.5', hold: '' },
        { series: 'Ux', above: 7 },
      ];
      const loaded = await load({ verdicts: ['limit'], limits });
      await give(loaded, [{ payload: foamLog({ steps: 100 }) }]);
      toldOf(loaded)
        .map(({ rule, step }) => [rule, step])
        .should.eql([['limit-1', 7]]);
    });
  });

  describe('what can’t be used', () => {
    const errorOf = async (node: Record<string, unknown>, message: Message) => {
      const loaded = await load(node);
      loaded.receive('node', message);
      const caught = await loaded.take('caught');
      return caught.error as { code: string; message: string };
    };

    for (const [what, payload, shown] of [
      ['a number', 5, '5'],
      ['nothing', undefined, 'undefined'],
      ['an object', { lines: 3 }, 'an object'],
      ['an array of numbers', [1, 2], 'an array that holds 1'],
    ] as const) {
      it(`is ${what} as payload: one error that says what is wanted`, async () => {
        const { code, message } = await errorOf({}, { payload, jobId: 'j', runId: '1' });
        code.should.equal('RESCALE_INPUT');
        message.should.equal(
          `msg.payload must be lines of a log (an array of texts), a text or a Buffer, but is ${shown}.`,
        );
      });
    }

    it('is a pattern that is no expression', async () => {
      const patterns = [{ name: 'mass', expression: '(mass', role: 'value' }];
      const { code, message } = await errorOf({ patterns }, { payload: 'text\n' });
      code.should.equal('RESCALE_INPUT');
      message.should.match(/^The patterns can’t be used: The pattern “mass” can’t be used: /);
    });

    it('is a limit without a bound', async () => {
      const { message } = await errorOf({ limits: [{ series: 'p' }] }, { payload: 'text\n' });
      message.should.equal(
        'limits 1 needs the name of a series and a number above or below which it is told.',
      );
    });

    it('blocks nobody: a megabyte in one line, and a pattern that would go back and forth', async () => {
      const patterns = [{ name: 'slow', expression: '(a+)+$', role: 'value' }];
      const loaded = await load({ patterns });
      let longest = 0;
      let last = performance.now();
      const watching = setInterval(() => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
      }, 1);
      try {
        await give(loaded, [{ payload: [`${'a'.repeat(1_000_000)}!`, 'Time = 1'] }]);
      } finally {
        clearInterval(watching);
      }
      loaded.received('caught').should.be.empty();
      // Exponential backtracking would take for ever; how long a turn may take is measured in the benches.
      longest.should.be.below(2000);
      should(loaded.received('out2').length).equal(1);
    });
  });
});

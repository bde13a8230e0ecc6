import 'should';
import type { Message } from '../../src/runtime/definition/definition';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const good = { jobId: 'j1', runId: '2', path: 'process_output.log' };

/** Every node, and which of the three it needs. */
const NODES: Record<string, (keyof typeof good)[]> = {
  'rescale-list-runs': ['jobId'],
  'rescale-get-run': ['jobId', 'runId'],
  'rescale-stop-run': ['jobId', 'runId'],
  'rescale-snapshot-run': ['jobId', 'runId'],
  'rescale-list-files': ['jobId', 'runId'],
  'rescale-list-directory': ['jobId', 'runId'],
  'rescale-tail-file': ['jobId', 'runId', 'path'],
};

/** Those that hold a message, and one that takes files. */
const OTHERS = {
  'rescale-follow-file': ['jobId', 'runId'],
  'rescale-wait-run': ['jobId', 'runId'],
  'rescale-download-files': ['payload', 'jobId'],
};

const BAD: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  'a blank': '  ',
  'an object': { id: 'j1' },
  'an array': ['j1'],
  'a way up': '../j1',
  'a line break': 'j1\r\nHost: elsewhere',
};

/** What is no id and no path, as a dialog or a flow written by hand may hold it. */
const NO_ID: Record<string, unknown> = {
  'an object': { job: 'j1' },
  'an array': [['j1']],
  'a truth': true,
  'no number': NaN,
  'a fraction': 1.5,
  'a long text': 'j'.repeat(257),
  'a way up': '../..',
  'two dots': '..',
  'a slash': 'j1/runs',
  'a slash to the left': 'j1\\runs',
  'an escape': '%2e%2e',
  'a control character': 'j1\u0000',
  'half a character': 'j1\ud800',
};

describe('bad input', () => {
  const suite = nodesOnSimulator();

  beforeEach(() => {
    suite.simulator.createJob({ id: 'j1', runs: [{ duration: 1 }, { duration: 100_000 }] });
    suite.simulator.advance(500);
    suite.simulator.clearRequests();
  });

  for (const [type, needed] of Object.entries(NODES)) {
    it(`of ${type} is caught once each, before any request, and the next message is fine`, async () => {
      const flow = await suite.load({ type });
      const asked: Message[] = needed.flatMap((property) =>
        Object.entries(BAD).map(([what, value]) => ({
          ...good,
          [property]: value,
          what: `${what} as ${property}`,
        })),
      );
      for (const message of asked) flow.receive('node', message);
      const caught = await flow.takeAll('caught', asked.length);
      for (const { error } of caught) {
        error!.should.have.property('code', 'RESCALE_INPUT');
        (error as { message: string }).message.should.match(/^msg\.|^\w+ comes from msg\./);
      }
      // The status names the field, and not just that some input is wrong.
      await flow.status('node', ({ text }) => /^check (jobId|runId|path|msg\.)/.test(text ?? ''));
      new Set(caught.map(({ what }) => what)).size.should.equal(asked.length);
      suite.simulator.requests().should.be.empty();
      flow.received('completed').should.be.empty();

      flow.receive('node', good);
      await flow.take('out');
      await flow.take('completed');
      flow.received('caught').should.have.length(asked.length);
    });
  }

  for (const type of [
    ...Object.keys(NODES),
    'rescale-tabulate-runs',
    'rescale-wait-run',
    'rescale-list-jobs',
  ]) {
    it(`of a msg.rescale that can't be read is told by ${type} in one clear sentence`, async () => {
      const flow = await suite.load({ type });
      const broken = () => {
        throw new Error('broken getter');
      };
      const rescales = {
        platform: Object.defineProperty({ jobId: 'j1' }, 'platform', { enumerable: true, get: broken }),
        'follow.seq': { follow: Object.defineProperty({}, 'seq', { enumerable: true, get: broken }) },
        '*': new Proxy({}, { ownKeys: broken }),
      };
      for (const [where, rescale] of Object.entries(rescales)) {
        flow.receive('node', { ...good, rescale });
        const caught = await flow.take('caught');
        caught.error!.should.have.property('code', 'RESCALE_INPUT');
        const { message } = caught.error as { message: string };
        message.should.startWith(
          `msg.rescale.${where} can’t be read: broken getter. Put a plain value there.`,
        );
        caught.should.containEql(good);
      }
      suite.simulator.requests().should.be.empty();
    });
  }

  for (const type of ['rescale-wait-run', 'rescale-follow-file']) {
    it(`of a look once in 30,000 years is refused by ${type}`, async () => {
      const flow = await suite.load({ type, interval: 1e12 });
      flow.receive('node', good);
      const { error } = await flow.take('caught');
      error!.should.have.property('code', 'RESCALE_INPUT');
      (error as { message: string }).message.should.startWith('interval must be at most ');
    });
  }

  for (const [field, most] of Object.entries({ startFromHours: 87_600, overdue: 87_600, waiting: 87_600 })) {
    it(`of ${field} beyond ten years is refused by rescale-watch-runs`, async () => {
      const flow = await suite.load({
        type: 'rescale-watch-runs',
        jobs: 'j1',
        startFrom: 'hours',
        [field]: 1e9,
      });
      const { error } = await flow.take('caught');
      error!.should.have.property('code', 'RESCALE_INPUT');
      (error as { message: string }).message.should.match(
        new RegExp(`must be at most ${most}, but is 1000000000`),
      );
    });
  }

  it('of a silence beyond ten years is refused by rescale-monitor-run', async () => {
    const flow = await suite.load({ type: 'rescale-monitor-run', silence: 1e9 });
    flow.receive('node', { ...good, payload: ['Time = 1'] });
    const { error } = await flow.take('caught');
    (error as { message: string }).message.should.match(/must be at most 5256000, but is 1000000000/);
  });

  for (const [field, most] of Object.entries({ timeout: 3600, patience: 86_400 })) {
    it(`of a ${field} of years is refused by the platform`, async () => {
      const flow = await suite.load({ type: 'rescale-get-run' }, { [field]: 1e9 });
      flow.receive('node', good);
      const { error } = await flow.take('caught');
      error!.should.have.property('code', 'RESCALE_CONFIG');
      (error as { message: string }).message.should.match(new RegExp(`> 0, ≤ ${most}, but is 1000000000`));
    });
  }

  it('of millions of jobs in one text is refused by rescale-watch-runs', async () => {
    const jobs = 'j1,'.repeat(3_000_000);
    const flow = await suite.load({ type: 'rescale-watch-runs', jobs });
    const { error } = await flow.take('caught');
    error!.should.have.property('code', 'RESCALE_INPUT');
    (error as { message: string }).message.should.match(/names more than 10000 jobs\./);
  });

  it('that was typed as a number and is none is named as it was typed', async () => {
    const flow = await suite.load({ type: 'rescale-tail-file', lines: '20 lines', linesType: 'num' });
    flow.receive('node', good);
    const { error } = await flow.take('caught');
    error!.should.containEql({ code: 'RESCALE_INPUT' });
    (error as { message: string }).message.should.containEql('20 lines').and.not.containEql('NaN');
  });

  const download = { folder: '/nowhere', to: 'buffer' };
  for (const [type, needed] of Object.entries({ ...NODES, ...OTHERS })) {
    const ids = needed.filter((property) => property !== 'path');

    it(`that is no id is refused by ${type} before any request`, async () => {
      const flow = await suite.load({ type, ...download });
      const asked = ids.flatMap((property) =>
        Object.values(NO_ID).map((value) => ({ ...good, payload: 'f1', [property]: value })),
      );
      for (const message of asked) flow.receive('node', message);
      for (const { error } of await flow.takeAll('caught', asked.length))
        error!.should.have.property('code', 'RESCALE_INPUT');
      suite.simulator.requests().should.be.empty();
    });

    it(`that is no id is refused by ${type} when its dialog holds it`, async () => {
      for (const property of ids.map((name) => (name === 'payload' ? 'files' : name))) {
        for (const what of ['an object', 'an array', 'a truth', 'no number', 'two dots']) {
          const stored = { [property]: NO_ID[what], [`${property}Type`]: 'str' };
          const flow = await suite.load({ type, ...download, ...stored });
          flow.receive('node', { ...good, payload: 'f1' });
          const { error } = await flow.take('caught');
          error!.should.have.property('code', 'RESCALE_INPUT');
          await flow.unload();
        }
      }
      suite.simulator.requests().should.be.empty();
    });
  }

  it('of a blank in a dialog is not taken for the name of the usual property', async () => {
    const flow = await suite.load({ type: 'rescale-get-run', jobId: null, jobIdType: 'str' });
    flow.receive('node', good);
    (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_INPUT');
    suite.simulator.requests().should.be.empty();
  });

  it('never changes the address of a request', async () => {
    const flow = await suite.load({ type: 'rescale-get-run' });
    const ids = ['a?b=c', 'a#b', 'a b', 'ä', '-', '~', 'a;b', "a'b", '@', ':8080'];
    for (const jobId of ids) flow.receive('node', { jobId, runId: '1' });
    await flow.takeAll('caught', ids.length);
    for (const { url } of suite.simulator.requests())
      url.should.match(/^\/api\/v2\/jobs\/[^/?#]+\/runs\/1\/$/);
    suite.simulator.requests().should.have.length(ids.length);
  });

  it('may be other than a message: a node can be started by anything', async () => {
    const flow = await suite.load({
      type: 'rescale-get-run',
      jobId: 'j1',
      jobIdType: 'str',
      runId: '2',
      runIdType: 'str',
    });
    for (const message of [{}, { payload: undefined }, { rescale: 5, parts: 'none' }, { error: null }]) {
      flow.receive('node', message);
    }
    (await flow.takeAll('out', 4)).should.have.length(4);
  });
});

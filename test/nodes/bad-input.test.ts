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

const BAD: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  'a blank': '  ',
  'an object': { id: 'j1' },
  'an array': ['j1'],
  'a way up': '../j1',
  'a line break': 'j1\r\nHost: elsewhere',
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

  it('never changes the address of a request', async () => {
    const flow = await suite.load({ type: 'rescale-get-run' });
    const ids = ['%2e%2e', 'a?b=c', 'a#b', 'a b', 'ä', 'a%2Fb', '-', '~', 'a;b', "a'b", '@', ':8080'];
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

import 'should';
import type { NodeAPI } from 'node-red';
import { registerKeyUsage, type KeyUsageAnswer } from '../../src/runtime/editor/key-usage';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

describe('What the key of a platform is doing', () => {
  const suite = nodesOnSimulator();

  it('is told to the editor by the running node, to whoever may read', async () => {
    suite.simulator.createJob({ id: 'used', runs: [{ duration: null }] });
    const flow = await suite.load({ type: 'rescale-get-run' });
    for (let count = 0; count < 3; count += 1) flow.receive('node', { jobId: 'used', runId: '1' });
    await flow.takeAll('out', 3);
    const asked = await ask(flow.RED, { id: 'platform' });
    asked.permission.should.equal('rescale-platform.read');
    asked.answer.should.have.properties({ running: true, platform: suite.simulator.origin });
    const requests = asked.answer.scopes.reduce((sum, { lastMinute }) => sum + lastMinute, 0);
    requests.should.equal(3);
    JSON.stringify(asked.answer).should.not.containEql(suite.simulator.token);
  });

  it('is nothing for what is no running platform', async () => {
    const flow = await suite.load({ type: 'rescale-get-run' });
    for (const id of ['node', 'nowhere', undefined, { id: 'platform' }]) {
      (await ask(flow.RED, { id })).answer.should.have.properties({ running: false, scopes: [] });
    }
  });
});

/** Asks as the editor would, of a Node-RED whose own web server is left out. */
async function ask(RED: NodeAPI, body: object): Promise<{ permission: string; answer: KeyUsageAnswer }> {
  let permission = '';
  type Handler = (request: object, response: object) => void;
  let handle: Handler = () => {};
  const stub = {
    nodes: RED.nodes,
    auth: { needsPermission: (name: string) => (permission = name) },
    httpAdmin: { post: (_path: string, _guard: unknown, handler: Handler) => (handle = handler) },
  } as unknown as NodeAPI;
  registerKeyUsage(stub);
  const answer = await new Promise<KeyUsageAnswer>((json) => handle({ body }, { on() {}, json, end() {} }));
  return { permission, answer };
}

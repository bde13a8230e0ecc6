import 'should';

import { startForeignHost, type ForeignHost } from '../faults/foreign-host';
import { startSimulator, type Simulator } from '../../src/simulator';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';
import { canaryToken } from './canary';

/** The key leaves only for the configured origin, and never over plain http beyond this machine. */
describe('the key', () => {
  const token = canaryToken();
  let simulator: Simulator;
  let foreign: ForeignHost;
  let flow: LoadedFlow | null = null;

  before(async () => {
    foreign = await startForeignHost();
    simulator = await startSimulator({ token, redirectContents: true });
  });
  after(async () => {
    await simulator.close();
    await foreign.close();
  });
  afterEach(async () => {
    await flow?.unload();
    flow = null;
    simulator.setFaults([]);
    simulator.clearRequests();
    foreign.calls.splice(0);
  });

  async function load(
    node: { type: string } & Record<string, unknown>,
    platform: Record<string, unknown> = {},
  ): Promise<LoadedFlow> {
    flow = await loadFlow(...flowAround(node, platformOf(simulator, platform)));
    return flow;
  }
  const codeOf = (message: Record<string, unknown>) => (message['error'] as { code: string }).code;

  const insecure = [
    'http://platform.rescale.com',
    'HTTP://PLATFORM.RESCALE.COM',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1@example.com',
    'http://example.com#@127.0.0.1',
    'http://0.0.0.0:1',
    'http://[::ffff:127.0.0.1]:1',
    'http://192.168.0.1',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'https://user:secret@platform.rescale.com',
    'https://platform.rescale.com/api/v2/',
    'https://platform.rescale.com?key=1',
    '//platform.rescale.com',
    'platform.rescale.com',
  ];
  for (const url of insecure) {
    it(`is not sent to ${url}`, async () => {
      const loaded = await load({ type: 'rescale-get-run' }, { url });
      loaded.receive('node', { jobId: 'XXXXX', runId: '1' });
      codeOf(await loaded.take('caught')).should.equal('RESCALE_CONFIG');
      simulator.requests().should.eql([]);
    });
  }

  it('is not sent as the name of a variable that is not set', async () => {
    const own = platformOf(simulator);
    own.credentials['platform']!['token'] = '${RESCALE_NO_SUCH_VARIABLE}';
    flow = await loadFlow(...flowAround({ type: 'rescale-get-run' }, own));
    flow.receive('node', { jobId: 'XXXXX', runId: '1' });
    const caught = await flow.take('caught');
    codeOf(caught).should.equal('RESCALE_CONFIG');
    (caught['error'] as { message: string }).message.should.containEql('RESCALE_NO_SUCH_VARIABLE');
    simulator.requests().should.eql([]);
  });

  const addresses = [
    'elsewhere/',
    'api/v2/jobs/XXXXX/runs/1/',
    '%2e%2e/api/v2/jobs/',
    '/example.com/api/v2/jobs/',
    '\\example.com/api/v2/',
  ];
  for (const status of [301, 302, 303, 307, 308]) {
    for (const path of addresses) {
      it(`does not follow a ${status} to ${path} of another host`, async () => {
        simulator.setFaults([{ redirect: `${foreign.origin}/${path}`, status }]);
        const loaded = await load({ type: 'rescale-get-run' });
        loaded.receive('node', { jobId: 'XXXXX', runId: '1' });
        await loaded.until('an end', () => loaded.received('caught')[0] ?? loaded.received('completed')[0]);
        foreign.calls.should.eql([]);
      });
    }
  }

  it('does not follow a list to another host', async () => {
    const next = `${foreign.origin}/api/v2/jobs/XXXXXX/runs/?page=2&page_size=50`;
    simulator.setFaults([{ next, times: 0 }]);
    const loaded = await load({ type: 'rescale-list-runs', pageSize: 50 });
    loaded.receive('node', { jobId: 'XXXXXX' });
    const message = await loaded.take('out');
    (message.payload as unknown[]).should.have.length(121);
    foreign.calls.should.eql([]);
  });

  it('stays behind when the contents of a file come from a storage', async () => {
    simulator.advance(3600);
    const loaded = await load({ type: 'rescale-tail-file' });
    loaded.receive('node', { jobId: 'XXXXXX', runId: '1', path: 'process_output.log' });
    await loaded.take('out');
    const signed = simulator.requests().filter(({ url }) => url.startsWith('/storage/'));
    signed.length.should.be.above(0, 'requests to the storage');
    for (const { headers } of signed) headers.should.not.have.property('authorization');
  });
});

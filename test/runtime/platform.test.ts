import 'should';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowAround, loadFlow, platformOf, tlsNode, type FlowNode, type LoadedFlow } from '../support/flow';
import type { PlatformNode } from '../../src/runtime/platform/platform';
import { startSimulator } from '../../src/simulator';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const getRun = { type: 'rescale-get-run' };
const asked = { jobId: 'XXXXXX', runId: '1' };

/** Resolves with the port. */
const listening = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

const platformIn = (flow: LoadedFlow) => (flow.node('platform') as PlatformNode).platform;

describe('rescale-platform', () => {
  const suite = nodesOnSimulator();
  let flow: LoadedFlow | null = null;
  afterEach(async () => {
    await flow?.unload();
    flow = null;
  });

  it('calls the configured address with the key, under the configured version', async () => {
    const v1 = await suite.load(getRun, { apiVersion: 'v1' });
    v1.receive('node', asked);
    await v1.take('out');
    const [call] = suite.simulator.requests();
    call!.url.should.equal('/api/jobs/XXXXXX/runs/1/');
  });

  it('says that no platform is chosen', async () => {
    const loaded = await suite.load({ ...getRun, platform: '' });
    await loaded.status(
      'node',
      ({ fill, shape, text }) => fill === 'red' && shape === 'dot' && /no-platform$/.test(text!),
    );
    loaded.receive('node', asked);
    const { error } = await loaded.take('caught');
    error!.should.have.property('code', 'RESCALE_CONFIG');
  });

  it('says that the key was refused', async () => {
    const [nodes] = flowAround(getRun, platformOf(suite.simulator));
    flow = await loadFlow(nodes, { credentials: { platform: { token: 'wrong' } } });
    flow.receive('node', asked);
    const caught = await flow.take('caught');
    caught.error!.should.have.property('code', 'RESCALE_AUTH');
    JSON.stringify(caught).should.not.containEql('wrong');
  });

  describe('with environment variables', () => {
    const set: Record<string, string> = {};
    afterEach(() => {
      for (const name of Object.keys(set)) delete process.env[name];
    });
    const load = async (fields: Record<string, unknown>, token: string) => {
      for (const [name, value] of Object.entries(set)) process.env[name] = value;
      const [nodes] = flowAround(getRun, platformOf(suite.simulator, fields));
      flow = await loadFlow(nodes, { credentials: { platform: { token } } });
      flow.receive('node', asked);
      return flow;
    };

    it('takes key and address from them, whole and in part', async () => {
      set.RESCALE_TEST_PORT = new URL(suite.simulator.origin).port;
      set.RESCALE_TEST_KEY = suite.simulator.token;
      const loaded = await load({ url: 'http://127.0.0.1:${RESCALE_TEST_PORT}' }, '${RESCALE_TEST_KEY}');
      (await loaded.take('out')).payload!.should.have.property('id', '1');
    });

    it('names the one that is not set, and sends nothing', async () => {
      const loaded = await load({}, '${RESCALE_TEST_UNSET}');
      const { error } = await loaded.take('caught');
      error!.should.have.property('code', 'RESCALE_CONFIG');
      (error as { message: string }).message.should.containEql('RESCALE_TEST_UNSET');
      suite.simulator.requests().should.be.empty();
      await loaded.status('node', ({ fill, shape }) => fill === 'red' && shape === 'dot');
    });
  });

  describe('with others on the same origin and key', () => {
    it('shares a pause after a 429 with all of them', async () => {
      const [nodes, { credentials }] = flowAround(getRun, platformOf(suite.simulator));
      const other = platformOf(suite.simulator, { id: 'otherPlatform' });
      const second: FlowNode = {
        id: 'second',
        type: 'rescale-get-run',
        z: 'tab',
        platform: 'otherPlatform',
        wires: [['out2']],
      };
      flow = await loadFlow([...nodes, other.node, second], {
        credentials: { ...credentials, ...other.credentials },
      });
      flow.receive('second', asked);
      await flow.take('out2');

      suite.simulator.clearRequests();
      suite.simulator.setFaults([{ status: 429, retryAfter: { seconds: 1 } }]);
      flow.receive('node', asked);
      await flow.status('second', ({ fill, shape }) => fill === 'yellow' && shape === 'ring');
      flow.receive('second', asked);
      await flow.take('out2');
      await flow.take('out');
      const [refused, ...later] = suite.simulator.requests();
      later.should.have.length(2);
      for (const { at } of later) (at - refused!.at).should.be.aboveOrEqual(990);
    });

    it('asks no faster than the slowest of them allows, as long as that one is configured', async () => {
      const fresh = await startSimulator({ speed: 0 });
      const [nodes, { credentials }] = flowAround(getRun, platformOf(fresh, { rate: 0 }));
      const slow = platformOf(fresh, { id: 'slow', rate: 5 });
      flow = await loadFlow([...nodes, slow.node], { credentials: { ...credentials, ...slow.credentials } });
      // More than a full bucket, so that the rate shows: the bucket holds at most 150.
      for (let n = 0; n < 153; n += 1) flow.receive('node', asked);
      await flow.takeAll('out', 153);
      const times = fresh.requests().map(({ at }) => at);
      (times.at(-1)! - times[0]!).should.be.aboveOrEqual(350);

      await flow.deploy(nodes, 'nodes', credentials);
      fresh.clearRequests();
      for (let n = 0; n < 20; n += 1) flow.receive('node', asked);
      await flow.takeAll('out', 20);
      const unlimited = fresh.requests().map(({ at }) => at);
      (unlimited.at(-1)! - unlimited[0]!).should.be.below(2000);
      await fresh.close();
    });
  });

  describe('with url simulator', () => {
    const simulator = {
      node: { id: 'platform', type: 'rescale-platform', name: '', url: 'simulator' },
      credentials: {},
    };

    it('starts one on first use, shows it, and keeps it over a redeploy', async () => {
      const [nodes, options] = flowAround(getRun, simulator);
      flow = await loadFlow(nodes, options);
      await flow.status(
        'node',
        ({ fill, shape, text }) => fill === 'grey' && shape === 'ring' && /simulator$/.test(text!),
      );
      flow.receive('node', asked);
      const message = await flow.take('out');
      message.payload!.should.have.property('id', '1');
      message.rescale!.should.have.properties({ platform: 'simulator', link: null });
      await flow.status('node', ({ fill, text }) => fill === 'green' && text!.endsWith('(sim)'));

      const { origin } = await platformIn(flow).connect();
      const [changed] = flowAround({ ...getRun, name: 'changed' }, simulator);
      await flow.deploy(changed, 'full');
      (await platformIn(flow).connect()).origin.should.equal(origin);
    });
  });

  describe('with a tls-config node', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rescale-tls-'));
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    let server: Server;
    let origin: string;

    before(async () => {
      execFileSync(
        'openssl',
        [
          ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
          ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certFile],
        ],
        { stdio: 'ignore' },
      );
      server = createHttpsServer(
        { key: readFileSync(keyFile), cert: readFileSync(certFile) },
        (asked: IncomingMessage, answer: ServerResponse) => {
          const onward = request(
            `${suite.simulator.origin}${asked.url}`,
            { headers: asked.headers },
            (reply) => {
              answer.writeHead(reply.statusCode!, reply.headers);
              reply.pipe(answer);
            },
          );
          asked.pipe(onward);
        },
      );
      origin = `https://localhost:${await listening(server)}`;
    });
    after(() => {
      server.close();
      rmSync(folder, { recursive: true });
    });

    const load = async (tls?: FlowNode) => {
      const platform = platformOf(
        { origin, token: suite.simulator.token },
        { tls: tls ? 'tls' : '', patience: 3 },
      );
      const [nodes, options] = flowAround(getRun, platform);
      flow = await loadFlow([...nodes, ...(tls ? [tls] : [])], options);
      flow.receive('node', asked);
      return flow;
    };
    it('trusts the certificate that the node brings', async () => {
      const loaded = await load({ ...tlsNode, ca: certFile });
      (await loaded.take('out')).payload!.should.have.property('id', '1');
    });

    it('trusts any where the node says so', async () => {
      const loaded = await load({ ...tlsNode, verifyservercert: false });
      await loaded.take('out');
    });

    it('trusts no unknown certificate without it', async () => {
      const loaded = await load();
      const { error } = await loaded.take('caught');
      error!.should.have.property('code', 'RESCALE_NETWORK');
      (error as { message: string }).message.should.containEql('certificate');
    });

    it('says that the node is gone', async () => {
      const platform = platformOf(suite.simulator, { tls: 'gone' });
      const [nodes, options] = flowAround(getRun, platform);
      flow = await loadFlow(nodes, options);
      flow.receive('node', asked);
      (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_CONFIG');
    });

    it('takes a picker that was switched off for none', async () => {
      const loaded = await suite.load(getRun, { tls: '_ADD_', proxy: '_ADD_' });
      loaded.receive('node', asked);
      await loaded.take('out');
    });
  });

  describe('with an http proxy node', () => {
    let server: ReturnType<typeof createHttpServer>;
    let port: number;
    const seen: { authorization: string | undefined; url: string }[] = [];

    before(async () => {
      const note = ({ headers, url }: IncomingMessage) =>
        seen.push({ authorization: headers['proxy-authorization'], url: url! });
      server = createHttpServer((asked, answer) => {
        note(asked);
        const onward = request(asked.url!, { headers: asked.headers }, (reply) => {
          answer.writeHead(reply.statusCode!, reply.headers);
          reply.pipe(answer);
        });
        asked.pipe(onward);
      });
      server.on('connect', (asked: IncomingMessage, socket, head: Buffer) => {
        note(asked);
        const [host, hostPort] = asked.url!.split(':');
        const onward = connect(Number(hostPort), host, () => {
          socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
          onward.write(head);
          onward.pipe(socket);
          socket.pipe(onward);
        });
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
      });
      port = await listening(server);
    });
    beforeEach(() => {
      seen.length = 0;
    });
    after(() => server.close());

    const load = async (proxy: Record<string, unknown>, credentials = {}) => {
      const [nodes, options] = flowAround(getRun, platformOf(suite.simulator, { proxy: 'proxy' }));
      const node = {
        id: 'proxy',
        type: 'http proxy',
        name: '',
        url: `http://127.0.0.1:${port}`,
        noproxy: [],
        ...proxy,
      };
      flow = await loadFlow([...nodes, node], {
        credentials: { ...options.credentials, proxy: credentials },
      });
      flow.receive('node', asked);
      return flow;
    };

    it('goes through it, with its credentials', async () => {
      const loaded = await load({}, { username: 'me', password: 'secret' });
      await loaded.take('out');
      seen.should.have.length(1);
      seen[0]!.authorization!.should.equal(`Basic ${Buffer.from('me:secret').toString('base64')}`);
    });

    it('goes past it to hosts that are excepted', async () => {
      const loaded = await load({ noproxy: ['127.0.0.1'] });
      await loaded.take('out');
      seen.should.be.empty();
    });

    describe('and none chosen, but one named by the environment', () => {
      const named = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
      const before: Record<string, string | undefined> = {};
      beforeEach(() => {
        for (const name of named) {
          before[name] = process.env[name];
          delete process.env[name];
        }
        process.env['HTTPS_PROXY'] = `http://127.0.0.1:${port}`;
      });
      afterEach(() => {
        for (const name of named) {
          if (before[name] === undefined) delete process.env[name];
          else process.env[name] = before[name];
        }
      });
      const call = async (change: Record<string, unknown>) => {
        const [nodes, options] = flowAround(
          getRun,
          platformOf(suite.simulator, { patience: '1', ...change }),
        );
        flow = await loadFlow(nodes, options);
        flow.receive('node', asked);
        return flow;
      };

      it('goes through that one', async () => {
        await (await call({ url: 'https://platform.invalid' })).take('caught');
        seen[0]!.url.should.equal('platform.invalid:443');
      });

      it('goes past it to hosts that the environment excepts', async () => {
        process.env['NO_PROXY'] = 'other.invalid,.invalid';
        await (await call({ url: 'https://platform.invalid' })).take('caught');
        seen.should.be.empty();
      });

      it('goes past it on this machine', async () => {
        process.env['HTTP_PROXY'] = process.env['HTTPS_PROXY'];
        await (await call({})).take('out');
        delete process.env['HTTP_PROXY'];
        seen.should.be.empty();
      });
    });

    it('says that its address can’t be used, and shows no password', async () => {
      const loaded = await load({ url: 'socks://me:secret@127.0.0.1:1' });
      const { error } = await loaded.take('caught');
      error!.should.have.property('code', 'RESCALE_CONFIG');
      JSON.stringify(error).should.not.containEql('secret');
    });
  });
});

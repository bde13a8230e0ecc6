import { execFile } from 'node:child_process';
import * as https from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { createBudget } from '../../src/api/limits/create-budget';
import { createClient } from '../../src/api/endpoints/create-client';
import { isRescaleError } from '../../src/api/errors/errors';
import { startProxy, type ProxyServer } from './proxy-server';
import {
  certificate,
  certificateKey,
  clientOf,
  failure,
  json,
  redirect,
  run,
  startServer,
  text,
  TOKEN,
  type Answer,
  type ScriptedServer,
} from './scripted-server';

const trusted = { tls: { ca: certificate } };

describe('Connections', () => {
  let server: ScriptedServer;
  let client: RescaleClient;

  beforeEach(async () => {
    server = await startServer(json(run('1')));
    client = clientOf(server);
  });

  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('are kept and used again', async () => {
    for (let round = 0; round < 10; round += 1) await client.getRun('X', '1');
    server.connections.total.should.equal(1);
  });

  it('are no more than 8, however many ask', async () => {
    server.answer((request, response) => {
      const answer = request.method === 'POST' ? {} : run('1');
      setTimeout(() => json(answer)(request, response), 5);
    });
    const calls = Array.from({ length: 200 }, (_, index) =>
      client.getRun('X', '1', { priority: index % 3 === 0 ? 'poll' : 'message' }),
    );
    const stops = Array.from({ length: 20 }, () => client.stopRun('X', '1'));
    await Promise.all([...calls, ...stops]);
    server.connections.peak.should.be.within(2, 8);
    server.connections.total.should.be.belowOrEqual(8);
  });

  it('let a stop through while everything else is busy', async () => {
    server.answer((request, response) => {
      if (request.method === 'POST') json({})(request, response);
    });
    const controller = new AbortController();
    const { signal } = controller;
    const busy = [
      ...Array.from({ length: 20 }, () => failure(client.getRun('X', '1', { signal }))),
      ...Array.from({ length: 20 }, () => failure(client.openContents('f', { signal }))),
      ...Array.from({ length: 20 }, () => failure(client.getRun('X', '1', { signal, priority: 'poll' }))),
    ];
    await client.stopRun('X', '1');
    controller.abort();
    await Promise.all(busy);
  });

  it('close when the client closes, the idle ones at once, the others when they are done', async () => {
    await client.getRun('X', '1');
    let finish = () => {};
    const arrived = new Promise<void>((resolve) => {
      server.answer((request, response) => {
        finish = () => json(run('2'))(request, response);
        resolve();
      });
    });
    const call = client.getRun('X', '2');
    await arrived;
    client.close();
    finish();
    (await call).id.should.equal('2');
    while (server.connections.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('keep no process alive when nothing is asked any more', async () => {
    const script = `
      const { createClient } = require('./src/api/endpoints/create-client.ts');
      const { createBudget } = require('./src/api/limits/create-budget.ts');
      const client = createClient({
        origin: '${server.origin}', apiVersion: 'v2', token: 'abc', timeout: 60000, patience: 600000,
        budget: createBudget({ rate: 1.7 }),
      });
      client.getRun('X', '1').then((run) => console.log(run.id));
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--require', 'tsx/cjs', '--eval', script],
      {
        cwd: join(__dirname, '..', '..'),
        timeout: 15_000,
      },
    );
    stdout.trim().should.equal('1');
  });

  describe('over TLS', () => {
    let secure: ScriptedServer;

    beforeEach(async () => {
      secure = await startServer(json(run('1')), true);
    });

    afterEach(async () => {
      await secure.close();
    });

    it('are made with the given options, and kept', async () => {
      client = clientOf(secure, trusted);
      for (let round = 0; round < 5; round += 1) await client.getRun('X', '1');
      secure.connections.total.should.equal(1);
    });

    it('fail at once, for everything, when the certificate is not trusted', async () => {
      client = clientOf(secure);
      const error = await failure(client.getRun('X', '1'));
      error.should.have.properties({ code: 'RESCALE_NETWORK', key: 'network-certificate' });
      (await failure(client.stopRun('X', '1'))).key.should.equal('network-certificate');
      secure.asked.should.be.empty();
    });

    it('that never get through TLS leave a POST certainly unsent, so that it is tried again', async () => {
      // Takes the connection and says nothing: the handshake never ends.
      let connections = 0;
      const mute = createServer((socket) => {
        connections += 1;
        socket.resume().on('error', () => {});
      });
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const { port } = mute.address() as AddressInfo;
      client = clientOf({ origin: `https://127.0.0.1:${port}` }, { timeout: 50, patience: 220 });
      (await failure(client.stopRun('X', '1'))).should.have.properties({
        code: 'RESCALE_TIMEOUT',
        key: 'timeout',
      });
      connections.should.be.above(1);
      await new Promise((resolve) => mute.close(resolve));
    });

    it('show a client certificate to the platform, and not to the storage', async () => {
      const shown: string[] = [];
      const asksForOne = async (name: string, answer: Answer) => {
        const server = https.createServer(
          { cert: certificate, key: certificateKey, requestCert: true, rejectUnauthorized: false },
          (request, response) => {
            const { subject } = (request.socket as TLSSocket).getPeerCertificate();
            shown.push(`${name}: ${subject ? String(subject.CN) : 'none'}`);
            answer(request, response);
          },
        );
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        return { server, origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
      };
      const storage = await asksForOne('storage', text('bytes'));
      const platform = await asksForOne('platform', redirect(`${storage.origin}/object`));
      const tls = { ca: certificate, cert: certificate, key: certificateKey };
      client = clientOf(platform, { tls });
      await buffer((await client.openContents('f')).chunks);
      shown.should.deepEqual(['platform: localhost', 'storage: none']);
      client.close();
      for (const { server } of [storage, platform]) await new Promise((resolve) => server.close(resolve));
    });

    it('are refused with options that OpenSSL does not take', () => {
      (() => clientOf(secure, { tls: { cert: 'nonsense' } })).should.throw({ code: 'RESCALE_CONFIG' });
    });
  });

  describe('through a proxy', () => {
    let secure: ScriptedServer;
    let proxy: ProxyServer;

    beforeEach(async () => {
      secure = await startServer(json(run('1')), true);
      proxy = await startProxy();
    });

    afterEach(async () => {
      await Promise.all([secure.close(), proxy.close()]);
    });

    it('are tunnels for https, kept and used again', async () => {
      client = clientOf(secure, { ...trusted, proxy: { url: proxy.url } });
      for (let round = 0; round < 5; round += 1) await client.getRun('X', '1');
      proxy.asked.should.deepEqual([`CONNECT 127.0.0.1:${secure.port}`]);
      secure.requests[0]!.headers.should.have.property('authorization', `Token ${TOKEN}`);
    });

    it('are no more than 8 tunnels', async () => {
      client = clientOf(secure, { ...trusted, proxy: { url: proxy.url } });
      await Promise.all(Array.from({ length: 60 }, () => client.getRun('X', '1')));
      secure.connections.peak.should.be.within(2, 8);
      proxy.asked.length.should.be.belowOrEqual(8);
    });

    it('show the proxy its credentials, and never the token', async () => {
      const options = { url: proxy.url, username: 'a@b:c', password: 'p%40ss' };
      client = clientOf(secure, { ...trusted, proxy: options });
      await client.getRun('X', '1');
      proxy.credentials.should.deepEqual([`Basic ${Buffer.from('a@b:c:p%40ss').toString('base64')}`]);
      secure.requests[0]!.headers.should.not.have.property('proxy-authorization');
    });

    it('may be made to the proxy over TLS', async () => {
      const secureProxy = await startProxy(true);
      client = clientOf(secure, { ...trusted, proxy: { url: secureProxy.url } });
      await client.getRun('X', '1');
      secureProxy.asked.should.deepEqual([`CONNECT 127.0.0.1:${secure.port}`]);
      client.close();
      await secureProxy.close();
    });

    it('are handed over whole for plain http on loopback', async () => {
      client = clientOf(server, { proxy: { url: proxy.url, username: 'u', password: 'p' } });
      await client.getRun('X', '1');
      await client.stopRun('X', '1').catch(() => {});
      proxy.asked.should.deepEqual([
        `GET ${server.origin}/api/v2/jobs/X/runs/1/`,
        `POST ${server.origin}/api/v2/jobs/X/runs/1/stop/`,
      ]);
      proxy.credentials[0]!.should.equal(`Basic ${Buffer.from('u:p').toString('base64')}`);
    });

    it('carry contents from the storage as well', async () => {
      const storage = await startServer(text('bytes'), true);
      secure.answer(text('', 302, { Location: `${storage.origin}/object` }));
      client = clientOf(secure, { ...trusted, proxy: { url: proxy.url } });
      (await buffer((await client.openContents('f')).chunks)).toString().should.equal('bytes');
      proxy.asked.should.deepEqual([`CONNECT 127.0.0.1:${secure.port}`, `CONNECT 127.0.0.1:${storage.port}`]);
      client.close();
      await storage.close();
    });

    const exceptions: [string[], boolean][] = [
      [['127.0.0.1'], false],
      [['*'], false],
      [['127.0.0.1:9'], true],
      [['27.0.0.1'], true],
      [['example.com', '.rescale.com'], true],
      [[], true],
    ];
    for (const [noProxy, used] of exceptions) {
      it(`are ${used ? '' : 'not '}used when the exceptions are ${JSON.stringify(noProxy)}`, async () => {
        client = clientOf(secure, { ...trusted, proxy: { url: proxy.url, noProxy } });
        await client.getRun('X', '1');
        proxy.asked.should.have.length(used ? 1 : 0);
      });
    }

    it('fail at once when the proxy refuses, and say that it is the proxy', async () => {
      proxy.refuse(407);
      client = clientOf(secure, { ...trusted, proxy: { url: proxy.url } });
      const trace = { attempts: 0, status: null };
      const error = await failure(client.getRun('X', '1', { trace }));
      error.should.have.properties({ code: 'RESCALE_NETWORK', key: 'network-proxy-login' });
      error.message.should.containEql(`the proxy ${new URL(proxy.url).host} wants a user name`);
      trace.should.deepEqual({ attempts: 1, status: null });
      secure.asked.should.be.empty();
    });

    it('are tried again when the proxy can’t reach the platform, also for a POST', async () => {
      proxy.refuse(502);
      client = clientOf(secure, { ...trusted, patience: 300, random: () => 0.05, proxy: { url: proxy.url } });
      const error = await failure(client.stopRun('X', '1'));
      error.should.have.properties({ code: 'RESCALE_NETWORK', key: 'network-proxy-refuses' });
      error.message.should.containEql(`the proxy ${new URL(proxy.url).host} answers HTTP 502`);
      proxy.asked.length.should.be.above(1);
    });

    for (const way of ['http', 'https']) {
      it(`name the proxy, and not who logs in, when it is down: to a platform of ${way}`, async () => {
        const down = { url: 'http://us3r:s3cret@127.0.0.1:1' };
        const origin = `${way}://127.0.0.1:9`;
        client = clientOf({ origin }, { timeout: 500, patience: 300, random: () => 0.05, proxy: down });
        for (const call of [client.getRun('X', '1'), client.stopRun('X', '1')]) {
          const error = await failure(call);
          error.should.have.properties({ code: 'RESCALE_NETWORK', key: 'network-proxy-unreachable' });
          error.message.should.match(/127\.0\.0\.1:1, can’t be reached itself \(it refuses connections\)/);
          JSON.stringify(error).should.not.match(/us3r|s3cret/);
        }
      });
    }

    it('to a proxy that never answers are given up, and closed', async () => {
      proxy.refuse('silence');
      client = clientOf(secure, { ...trusted, timeout: 80, patience: 100, proxy: { url: proxy.url } });
      const error = await failure(client.getRun('X', '1'));
      error.should.have.properties({ code: 'RESCALE_TIMEOUT', key: 'timeout-proxy' });
      while (proxy.open() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  });

  describe('are refused with', () => {
    const options = { apiVersion: 'v2' as const, timeout: 1, patience: 1, budget: createBudget({ rate: 0 }) };
    const refusal = (more: object): string => {
      try {
        createClient({ ...options, origin: 'https://platform.rescale.com', token: TOKEN, ...more });
        return 'none';
      } catch (error) {
        return isRescaleError(error) ? error.code : String(error);
      }
    };

    it('an address that is not a platform’s', () => {
      for (const origin of [
        '',
        'platform.rescale.com',
        'http://platform.rescale.com',
        'http://127.0.0.1.example.com',
        'http://10.0.0.1',
        'ftp://platform.rescale.com',
        'https://user:secret@platform.rescale.com',
        'https://platform.rescale.com/api/v2/',
        'https://platform.rescale.com/?a=b',
        'simulator',
      ]) {
        [origin, refusal({ origin })].should.deepEqual([origin, 'RESCALE_CONFIG']);
      }
      for (const origin of [
        'https://eu.rescale.com',
        'https://EU.rescale.com/',
        'https://rescale.example:8443',
        'http://127.0.0.1:1880',
        'http://localhost:1880/',
        'http://[::1]:1880',
      ]) {
        [origin, refusal({ origin })].should.deepEqual([origin, 'none']);
      }
    });

    it('no token, or one that no header takes', () => {
      for (const token of ['', '   ', 'a\nb', 'a b', 'schlüssel', 'a\u0000'])
        refusal({ token }).should.equal('RESCALE_CONFIG');
      refusal({ token: ` ${TOKEN}\n` }).should.equal('none');
    });

    it('a proxy that is none', () => {
      for (const url of ['proxy', 'socks5://proxy:1080', 'http://']) {
        refusal({ proxy: { url } }).should.equal('RESCALE_CONFIG');
      }
      refusal({ proxy: { url: '' } }).should.equal('none');
    });
  });
});

import 'should';

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

import { readProxy } from '../../src/api/http/proxy';
import { TunnelAgent, type TunnelError, type TunnelledOptions } from '../../src/api/http/tunnel';

const cert = readFileSync(join(__dirname, 'certificate', 'localhost.pem'), 'utf8');
const key = readFileSync(join(__dirname, 'certificate', 'localhost.key'), 'utf8');

describe('the tunnel through a proxy', () => {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  let target: number;

  /** Listens on a free port of loopback, and returns it. */
  async function listen(server: Server): Promise<number> {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A proxy that opens every tunnel and remembers what it was told. */
  function tunnelling(server: http.Server): { server: http.Server; asked: http.IncomingMessage[] } {
    const asked: http.IncomingMessage[] = [];
    server.on('connect', (request: http.IncomingMessage, client: Socket) => {
      asked.push(request);
      const through = connect(target, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(through).pipe(client);
      });
      for (const side of [client, through])
        side.on('error', () => [client, through].map((end) => end.destroy()));
    });
    return { server, asked };
  }

  async function get(agent: TunnelAgent, givenUp?: AbortSignal): Promise<string> {
    const options: TunnelledOptions = { host: 'localhost', port: target, agent, ...(givenUp && { givenUp }) };
    const request = https.get(options);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    let text = '';
    for await (const piece of response) text += String(piece);
    return text;
  }

  beforeEach(async () => {
    target = await listen(https.createServer({ cert, key }, (_request, response) => response.end('reached')));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
  });

  it('reaches the target, tells the proxy who asks, and is kept for the next request', async () => {
    const { server, asked } = tunnelling(http.createServer());
    const proxy = readProxy({ url: `http://us%40er:pass%3Aword@127.0.0.1:${await listen(server)}` })!;
    const agent = new TunnelAgent(proxy, {}, { ca: cert, keepAlive: true });
    (await get(agent)).should.equal('reached');
    (await get(agent)).should.equal('reached');
    agent.destroy();
    asked.map(({ method, url }) => `${method} ${url}`).should.eql([`CONNECT localhost:${target}`]);
    const login = String(asked[0]!.headers['proxy-authorization']).replace('Basic ', '');
    Buffer.from(login, 'base64').toString().should.equal('us@er:pass:word');
  });

  it('speaks https to a proxy that wants it, and trusts it as told', async () => {
    const { server } = tunnelling(https.createServer({ cert, key }));
    const proxy = readProxy({ url: `https://localhost:${await listen(server)}` })!;
    (await get(new TunnelAgent(proxy, { ca: cert }, { ca: cert }))).should.equal('reached');
    await get(new TunnelAgent(proxy, {}, { ca: cert })).should.be.rejectedWith(/self-signed certificate/);
  });

  it('checks the certificate of the target, not only the proxy’s', async () => {
    const { server } = tunnelling(http.createServer());
    const proxy = readProxy({ url: `http://127.0.0.1:${await listen(server)}` })!;
    await get(new TunnelAgent(proxy, { ca: cert }, {})).should.be.rejectedWith(/self-signed certificate/);
  });

  it('says what the proxy said when it refuses', async () => {
    const server = http.createServer();
    server.on('connect', (_request, client: Socket) => {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    const proxy = readProxy({ url: `http://127.0.0.1:${await listen(server)}` })!;
    const error = await get(new TunnelAgent(proxy, {}, { ca: cert })).then(
      () => null,
      (reason: TunnelError) => reason,
    );
    error!.proxyStatus!.should.equal(407);
  });

  it('lets go of a proxy that never answers when the request is given up', async () => {
    const server = http.createServer();
    const asked = once(server, 'connect') as Promise<[http.IncomingMessage, Socket]>;
    const proxy = readProxy({ url: `http://127.0.0.1:${await listen(server)}` })!;
    const givenUp = new AbortController();
    const answer = get(new TunnelAgent(proxy, {}, { ca: cert }), givenUp.signal);
    const [, client] = await asked;
    const closed = once(client.resume(), 'end');
    givenUp.abort();
    await answer.should.be.rejected();
    await closed;
  });
});

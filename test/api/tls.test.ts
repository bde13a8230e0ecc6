import 'should';
import { readFileSync } from 'node:fs';
import * as https from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ClientOptions } from '../../src/api/client/client';
import type { ErrorTextKey } from '../../src/api/errors/texts/error-texts';
import { startProxy, type ProxyServer } from './proxy-server';
import { certificate, certificateKey, clientOf, failure, silence, startServer } from './scripted-server';

const pem = (name: string) => readFileSync(join(__dirname, 'certificate', `${name}.pem`), 'utf8');
const tls = { ca: certificate };

describe('Secure connections that do not come about', () => {
  const servers: Server[] = [];
  let connections = 0;

  async function listen(server: Server): Promise<string> {
    const open = new Set<Socket>();
    connections = 0;
    server.on('connection', (socket: Socket) => {
      connections += 1;
      open.add(socket.on('error', () => {}));
    });
    server.on('close', () => open.forEach((socket) => socket.destroy()));
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(() => {
    for (const server of servers.splice(0)) server.close().emit('close');
  });

  /** Of a GET and of a POST, which must both be told at once: what no waiting heals is not tried again. */
  async function told(origin: string, options: Partial<ClientOptions> = {}) {
    const client = clientOf({ origin }, { tls, patience: 60_000, ...options });
    try {
      const errors = [await failure(client.getRun('X', '1')), await failure(client.stopRun('X', '1'))];
      errors[0]!.key.should.equal(errors[1]!.key);
      errors[0]!.should.have.properties({ code: 'RESCALE_NETWORK', kind: 'transient' });
      return errors[0]!;
    } finally {
      client.close();
    }
  }

  const secure = (options: https.ServerOptions) =>
    https.createServer({ cert: certificate, key: certificateKey, ...options }, (_request, response) => {
      response.end('{}');
    });

  /** Answers every greeting with these bytes. */
  const answering = (bytes: string | Buffer) =>
    createServer((socket) => socket.once('data', () => socket.end(bytes)));
  const alerting = (alert: number) => answering(Buffer.from([0x15, 3, 3, 0, 2, 2, alert]));

  const oldTls = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const cases: [what: string, server: () => Server, key: ErrorTextKey, words: RegExp, ca?: string][] = [
    [
      'to a server that speaks TLS 1.1 only',
      () => secure(oldTls),
      'network-tls-version',
      /TLS 1\.2 or newer/,
    ],
    [
      'to a server that asks for a client’s certificate',
      () => secure({ requestCert: true, ca: certificate }),
      'network-client-certificate',
      /Choose TLS settings in the platform node/,
    ],
    [
      'to a server that asks for one in TLS 1.2',
      () => secure({ requestCert: true, ca: certificate, maxVersion: 'TLSv1.2' }),
      'network-tls-handshake',
      /may ask for a client’s certificate/,
    ],
    [
      'to a server whose certificate has expired',
      () => secure({ cert: pem('expired') }),
      'network-certificate-expired',
      /has expired/,
      pem('expired'),
    ],
    [
      'to a server whose certificate is not valid yet',
      () => secure({ cert: pem('early') }),
      'network-certificate-early',
      /clock of this machine/,
      pem('early'),
    ],
    [
      'to a server with the certificate of another host',
      () => secure({ cert: pem('elsewhere') }),
      'network-certificate-host',
      /another host \(DNS:elsewhere\.example\)/,
      pem('elsewhere'),
    ],
    [
      'to a server that nobody vouches for',
      () => secure({ cert: pem('elsewhere') }),
      'network-certificate',
      /TLS settings/,
    ],
    ['to a port of plain http', () => answering('HTTP/1.1 400 No\r\n\r\n'), 'network-no-tls', /plain http/],
    ...([42, 43, 44, 45, 46, 48, 49] as const).map((alert): (typeof cases)[number] => [
      `to a server that does not take the client’s certificate (alert ${alert})`,
      () => alerting(alert),
      'network-client-certificate-refused',
      /Check the certificate and the key/,
    ]),
    ['to a server that gives an alert of its own', () => alerting(80), 'network-tls', /ALERT_INTERNAL_ERROR/],
  ];

  for (const [what, server, key, words, ca] of cases) {
    it(`${what} say so, and are not tried again`, async () => {
      const error = await told(await listen(server()), { tls: { ca: ca ?? certificate } });
      error.key.should.equal(key);
      error.message.should.match(/^The server .* Server: 127\.0\.0\.1:\d+\.$/);
      error.message.should.match(words);
      connections.should.equal(2);
    });

    it(`${what} say the same through a proxy, which is not to blame`, async () => {
      const proxy = await startProxy();
      try {
        const origin = await listen(server());
        (await told(origin, { tls: { ca: ca ?? certificate }, proxy: { url: proxy.url } })).key.should.equal(
          key,
        );
        connections.should.equal(2);
      } finally {
        await proxy.close();
      }
    });
  }

  it('to a server that asks for a client’s certificate come about with TLS settings that have one', async () => {
    const origin = await listen(secure({ requestCert: true, ca: certificate }));
    const client = clientOf({ origin }, { tls: { ca: certificate, cert: certificate, key: certificateKey } });
    (await failure(client.getRun('X', '1'))).code.should.equal('RESCALE_PROTOCOL');
    client.close();
  });

  describe('to a proxy', () => {
    const withProxy = async (server: Server, ca: string, key: ErrorTextKey, words: RegExp) => {
      const url = await listen(server);
      const error = await told('https://platform.example', { tls: { ca }, proxy: { url } });
      error.key.should.equal(key);
      error.message.should.match(
        /^The server can’t be reached: the proxy on the way, 127\.0\.0\.1:\d+.* Server: platform\.example\.$/,
      );
      error.message.should.match(words);
      connections.should.equal(2);
    };
    const proxies: [what: string, server: () => Server, ca: string, key: ErrorTextKey, words: RegExp][] = [
      [
        'that nobody vouches for',
        () => secure({}),
        pem('elsewhere'),
        'network-proxy-certificate',
        /Choose TLS settings in the platform node/,
      ],
      [
        'whose certificate has expired',
        () => secure({ cert: pem('expired') }),
        pem('expired'),
        'network-proxy-certificate',
        /\(it has expired\)/,
      ],
      [
        'with the certificate of another host',
        () => secure({ cert: pem('elsewhere') }),
        pem('elsewhere'),
        'network-proxy-certificate',
        /another host: DNS:elsewhere\.example/,
      ],
      [
        'of TLS 1.1 only',
        () => secure(oldTls),
        certificate,
        'network-proxy-unreachable',
        /TLS 1\.2 or newer/,
      ],
      [
        'that asks for a client’s certificate',
        () => alerting(116),
        certificate,
        'network-proxy-unreachable',
        /given to the platform alone/,
      ],
      [
        'that speaks plain http',
        () => answering('HTTP/1.1 400 No\r\n\r\n'),
        certificate,
        'network-proxy-unreachable',
        /begin with http/,
      ],
    ];
    for (const [what, server, ca, key, words] of proxies)
      it(`${what} name it and the reason, and are not tried again`, () =>
        withProxy(server(), ca, key, words));

    let proxy: ProxyServer;
    beforeEach(async () => {
      proxy = await startProxy();
    });
    afterEach(() => proxy.close());

    for (const [status, key] of [
      [403, 'network-proxy-refuses'],
      [407, 'network-proxy-login'],
    ] as const) {
      it(`that refuses with ${status} are not tried again`, async () => {
        proxy.refuse(status);
        (await told('https://platform.example', { proxy: { url: proxy.url } })).key.should.equal(key);
        proxy.asked.length.should.equal(2);
      });
    }

    it('name both when an action got no answer through it', async () => {
      const server = await startServer(silence, true);
      const client = clientOf(server, { tls, proxy: { url: proxy.url }, timeout: 300 });
      try {
        const error = await failure(client.stopRun('X', '1'));
        error.should.have.properties({ kind: 'unsettled', key: 'timeout-unsettled-through-proxy' });
        error.message.should.match(
          new RegExp(`proxy ${new URL(proxy.url).host} .* Server: 127.0.0.1:${server.port}\\.$`),
        );
        proxy.asked.length.should.equal(1);
      } finally {
        client.close();
        await server.close();
      }
    });
  });
});

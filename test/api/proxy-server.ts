import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { certificate, certificateKey } from './scripted-server';

/** A proxy that tunnels and forwards, and remembers for whom. */
export interface ProxyServer {
  url: string;
  /** `CONNECT host:port` or `GET http://…`, in order. */
  asked: string[];
  /** `Proxy-Authorization` of each of them. */
  credentials: (string | undefined)[];
  /** Refuses every tunnel with this status; never answers with `silence`. */
  refuse(how: number | 'silence'): void;
  /** Connections that are open now. */
  open(): number;
  close(): Promise<void>;
}

export async function startProxy(secure = false): Promise<ProxyServer> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  let refusal: number | 'silence' | null = null;
  const note = (request: http.IncomingMessage) => {
    asked.push(`${request.method} ${request.url}`);
    credentials.push(request.headers['proxy-authorization']);
  };
  const forward: http.RequestListener = (request, response) => {
    note(request);
    const headers = { ...request.headers };
    delete headers['proxy-authorization'];
    const onward = http.request(request.url!, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  };
  const server = secure
    ? https.createServer({ cert: certificate, key: certificateKey }, forward)
    : http.createServer(forward);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.on('connect', (request: http.IncomingMessage, client: Socket) => {
    note(request);
    client.on('error', () => {});
    client.on('end', () => client.end());
    if (refusal === 'silence') return void client.resume();
    if (refusal !== null) {
      client.end(`HTTP/1.1 ${refusal} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = request.url!.split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`,
    asked,
    credentials,
    refuse(how) {
      refusal = how;
    },
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

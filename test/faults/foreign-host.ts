import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A host that nothing of ours may be sent to. */
export interface ForeignHost {
  origin: string;
  /** What was sent to it nevertheless. */
  readonly calls: { url: string; authorization: string | undefined }[];
  close(): Promise<void>;
}

export async function startForeignHost(): Promise<ForeignHost> {
  const calls: ForeignHost['calls'] = [];
  const server = createServer((request, response) => {
    calls.push({ url: request.url ?? '', authorization: request.headers.authorization });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // Another host than the simulators', not only another port of theirs.
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * The other side of the benches, in a process of its own: answers what the nodes ask, from prepared bytes, so that it is
 * never what is measured. Lists are as long as their job's id says (`runs1000`), files as large as theirs (`bytes400000000`).
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the bench asks and tells. */
export type Order =
  { do: 'reset' | 'figures' } | { do: 'delay'; milliseconds: number } | { do: 'checksum'; bytes: number };

/** Since the last reset. */
export interface ServerFigures {
  requests: number;
  /** The most connections at the same time. */
  peakSockets: number;
  /** By path without query. */
  paths: Record<string, number>;
  /** Of the file that was asked for. */
  checksum?: string;
}

const figures: ServerFigures = { requests: 0, peakSockets: 0, paths: {} };
let open = 0;
let delay = 0;

const run = (id: number) => ({
  dateCompleted: '2015-02-18T03:09:14.667000Z',
  dateStarted: '2015-02-18T03:08:49.117000Z',
  displayOrder: id,
  id: String(id),
  isOptimal: false,
  outputFileCount: 66,
  outputFileSize: 8018226,
  parent: null,
  type: 3,
  variables: ['x_velocity', 'y_velocity', 'Cd', 'Cl'].map((name, index) => ({
    displayValue: String(20 + index / 4),
    isRelative: false,
    name,
    value: 20 + index / 4,
  })),
});

const oneRun = Buffer.from(JSON.stringify(run(1)));
const pages = new Map<string, Buffer>();

function page(origin: string, job: string, count: number, number: number, size: number): Buffer {
  const name = `${job} ${number} ${size}`;
  const known = pages.get(name);
  if (known) return known;
  const first = (number - 1) * size + 1;
  const last = Math.min(count, number * size);
  const results = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => run(first + index));
  const address = (other: number) => `${origin}/api/v2/jobs/${job}/runs/?page=${other}&page_size=${size}`;
  const body = Buffer.from(
    JSON.stringify({
      count,
      next: last < count ? address(number + 1) : null,
      previous: number > 1 ? address(number - 1) : null,
      results,
    }),
  );
  pages.set(name, body);
  return body;
}

/** Every file repeats this piece. */
const piece = Buffer.alloc(1 << 16, 'Courant Number mean: 0.2221 max: 0.8522\n');
const checksums = new Map<number, string>();

function checksum(bytes: number): string {
  const known = checksums.get(bytes);
  if (known !== undefined) return known;
  const hash = createHash('sha512');
  for (let left = bytes; left > 0; left -= piece.length) hash.update(piece.subarray(0, left));
  const digest = hash.digest('hex');
  checksums.set(bytes, digest);
  return digest;
}

function fileRow(id: string, bytes: number) {
  return {
    id,
    name: 'log.simpleFoam',
    relativePath: 'log.simpleFoam',
    path: 'user/user_OvdRk/output/job_bench/run1/log.simpleFoam',
    typeId: 5,
    decryptedSize: bytes,
    dateUploaded: '2015-02-18T03:09:34.000000Z',
    isUploaded: true,
    fileChecksums: [{ fileHash: checksum(bytes), hashFunction: 'sha512' }],
  };
}

function sendFile(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const part = piece.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

function json(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  figures.requests += 1;
  figures.paths[url.pathname] = (figures.paths[url.pathname] ?? 0) + 1;
  const [, kind, id = '', part, row] = url.pathname.replace('/api/v2', '').split('/');
  const amount = Number(/\d+$/.exec(id)?.[0] ?? 0);
  if (kind === 'jobs' && part === 'runs' && row) json(response, oneRun);
  else if (kind === 'jobs' && part === 'runs') {
    const number = Number(url.searchParams.get('page') ?? 1);
    const size = Number(url.searchParams.get('page_size') ?? 10);
    json(response, page(url.origin, id, amount, number, size));
  } else if (kind === 'files' && part === 'contents') sendFile(response, amount);
  else if (kind === 'files') json(response, Buffer.from(JSON.stringify(fileRow(id, amount))));
  else {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end('{"detail":"Not found."}');
  }
}

const server = createServer((request, response) => {
  request.resume();
  if (delay === 0) answer(request, response);
  else setTimeout(() => answer(request, response), delay);
});
server.keepAliveTimeout = 120_000;
server.on('connection', (socket) => {
  open += 1;
  figures.peakSockets = Math.max(figures.peakSockets, open);
  socket.once('close', () => {
    open -= 1;
  });
});
// A burst of thousands of connections is to be counted, not refused.
server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, () => {
  process.send!({ port: (server.address() as AddressInfo).port });
});

process.on('message', (order: Order) => {
  if (order.do === 'delay') delay = order.milliseconds;
  if (order.do === 'reset') Object.assign(figures, { requests: 0, peakSockets: open, paths: {} });
  process.send!(order.do === 'checksum' ? { ...figures, checksum: checksum(order.bytes) } : figures);
});
process.on('disconnect', () => process.exit(0));

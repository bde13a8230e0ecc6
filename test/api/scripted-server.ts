import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { ClientOptions, RescaleClient } from '../../src/api/client/client';
import { createBudget } from '../../src/api/limits/create-budget';
import { createClient } from '../../src/api/endpoints/create-client';
import type { RescaleError } from '../../src/api/errors/errors';

export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server that answers as a test says, and remembers what it was asked. */
export interface ScriptedServer {
  origin: string;
  port: number;
  /** `GET /path?query` of each request, in order of arrival. */
  asked: string[];
  requests: http.IncomingMessage[];
  /** The most connections that were open at once, and all that were ever opened. */
  connections: { peak: number; total: number; open: number };
  /** Answers all further requests. */
  answer(answer: Answer): void;
  /** Answers one request each, in order; the last one goes on answering. */
  answerInTurn(...answers: Answer[]): void;
  close(): Promise<void>;
}

export const certificate = readFileSync(join(__dirname, 'certificate', 'localhost.pem'), 'utf8');
export const certificateKey = readFileSync(join(__dirname, 'certificate', 'localhost.key'), 'utf8');

export async function startServer(
  answer: Answer = json({}),
  secure = false,
  port = 0,
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const connections = { peak: 0, total: 0, open: 0 };
  const asked: string[] = [];
  const requests: http.IncomingMessage[] = [];
  let current = answer;
  const listener: Answer = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    requests.push(request);
    current(request, response);
  };
  const server = secure
    ? https.createServer({ cert: certificate, key: certificateKey }, listener)
    : http.createServer(listener);
  server.keepAliveTimeout = 30_000;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    connections.total += 1;
    connections.open += 1;
    connections.peak = Math.max(connections.peak, connections.open);
    socket.once('close', () => {
      sockets.delete(socket);
      connections.open -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const listening = (server.address() as AddressInfo).port;
  return {
    origin: `${secure ? 'https' : 'http'}://127.0.0.1:${listening}`,
    port: listening,
    asked,
    requests,
    connections,
    answer(next) {
      current = next;
    },
    answerInTurn(...answers) {
      current = (request, response) => {
        const next = answers.length > 1 ? answers.shift()! : answers[0]!;
        next(request, response);
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: http.OutgoingHttpHeaders = {}): Answer {
  return text(JSON.stringify(value), status, { 'Content-Type': 'application/json', ...headers });
}

export function text(body: string | Buffer, status = 200, headers: http.OutgoingHttpHeaders = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers });
    response.end(body);
  };
}

export function redirect(location: string, status = 302): Answer {
  return text('', status, { Location: location });
}

/** Resets the connection without an answer. */
export const reset: Answer = (request) => {
  request.socket.resetAndDestroy();
};

/** Never answers. */
export const silence: Answer = () => {};

export const TOKEN = 'f00dfacef00dfacef00dfacef00dfacef00dface';

/** A client with short times and no rate limit, unless told. */
export function clientOf(server: { origin: string }, options: Partial<ClientOptions> = {}): RescaleClient {
  return createClient({
    origin: server.origin,
    apiVersion: 'v2',
    token: TOKEN,
    timeout: 2_000,
    patience: 10_000,
    budget: createBudget({ rate: 0 }),
    // No jitter: the first repetition comes at once, the others soon.
    random: () => 0,
    ...options,
  });
}

/** What a call fails with. */
export async function failure(call: Promise<unknown>): Promise<RescaleError> {
  const error: unknown = await call.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  return error as RescaleError;
}

export const run = (id: string, more: object = {}) => ({
  dateCompleted: '2015-02-18T03:09:14.667000Z',
  dateStarted: '2015-02-18T03:08:49.117000Z',
  displayOrder: Number(id),
  id,
  isOptimal: false,
  outputFileCount: 66,
  outputFileSize: 8018226,
  parent: null,
  type: 3,
  variables: [{ displayValue: '20', isRelative: false, name: 'x_velocity', value: 20 }],
  ...more,
});

/** A body in pieces of so many bytes, one every so many milliseconds. */
export function drip(body: string, bytes: number, every: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Length': Buffer.byteLength(body) });
    let at = 0;
    const timer = setInterval(() => {
      response.write(body.slice(at, at + bytes));
      at += bytes;
      if (at < body.length) return;
      clearInterval(timer);
      response.end();
    }, every);
    response.on('close', () => clearInterval(timer));
  };
}

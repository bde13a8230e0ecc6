import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal, refused, type Answer } from '../answers/answers';
import { resolve, splitPrefix } from '../api/dispatch';
import { storageAnswer } from '../api/file-routes';
import { controlAnswer, type Controlled } from '../control/control';
import type { FaultRule } from '../scripts/fault-rule';
import { disturbed, prevents } from '../traffic/disturbed';
import { rateScopeOf } from '../traffic/rate-scopes';
import type { Throttle } from '../traffic/throttle';
import { jsonBody } from './json-body';
import { send } from './send';
import type { UploadFolder } from './upload-folder';

interface Listening {
  port: number;
  close(): Promise<void>;
}

export interface Served extends Controlled {
  token: string;
  redirectContents: boolean;
  throttle: Throttle | null;
  uploads: UploadFolder;
  /** Where signed addresses lead to; told once the ports are known. */
  storage: string;
}

/** Keep-alive longer than any client's, so that a client never meets a connection that is just being closed. */
const KEEP_ALIVE = 120_000;

/** Serves on 127.0.0.1 only. Rejects with the error of `listen`, for example `EADDRINUSE`. */
export async function listen(served: Served, port: number): Promise<Listening> {
  const closing = new AbortController();
  const server = createServer((request, response) => {
    handle(served, request, response, closing.signal).catch((error: unknown) => {
      // A pause that was aborted: the connection is gone or the simulator is closing, and nobody is left to tell.
      const aborted = error instanceof Error && error.name === 'AbortError';
      if (aborted || response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`Simulator: ${String(error)}`);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE;
  server.requestTimeout = 0;
  await bind(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function handle(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([closing, gone.signal]);
  const [pathname, query] = addressOf(request.url ?? '');
  if (pathname.startsWith('/_sim/')) {
    await send(response, await controlAnswer(served, request, pathname), {}, signal);
    return;
  }
  // Its dates are compared with its clock, which is not this machine's.
  response.setHeader('date', new Date(served.platform.clock.now()).toUTCString());
  const record = served.log.add(request);
  const method = request.method ?? 'GET';
  const split = splitPrefix(pathname);
  const scope = split && rateScopeOf(method, split.prefix, split.rest);
  const rule = served.faults.take({ method, path: split ? `/${split.rest}` : pathname, scope }) ?? {};
  if (rule.reset === 'before') {
    request.socket.resetAndDestroy();
    return;
  }
  const told = prevents(rule)
    ? null
    : ((scope && served.throttle?.(scope)) ??
      (await ask(served, request, method, pathname, new URLSearchParams(query), rule)));
  // Whatever was not read of the body is let through, so that the client comes to read the answer.
  request.resume();
  const { clock } = served.platform;
  const final = withType(disturbed(told, rule, clock.dateOf(clock.now())));
  // Known before the last byte is out, so that whoever has the answer finds it in the log.
  if (rule.reset !== 'unanswered') record.status = final.status;
  await send(response, final, rule, signal);
}

async function ask(
  served: Served,
  request: IncomingMessage,
  method: string,
  pathname: string,
  query: URLSearchParams,
  { movedRows }: FaultRule,
): Promise<Answer> {
  const { platform, token, storage, redirectContents, uploads } = served;
  const headers = headersOf(request);
  const stored = /^\/storage\/([A-Za-z]+)\/?$/.exec(pathname);
  const now = platform.clock.now();
  const asked = {
    platform,
    token,
    storage,
    redirectContents,
    headers,
    method,
    pathname,
    query,
    movedRows,
    now,
  };
  try {
    if (stored) return storageAnswer(asked, stored[1]!);
    const resolved = resolve({ ...asked, origin: askedOrigin(headers) });
    if ('status' in resolved) return resolved;
    const upload = resolved.takes === 'file' ? await uploads.receive(request) : null;
    const body = resolved.takes === 'json' && hasBody(method) ? await jsonBody(request) : undefined;
    // A body takes its time; what it asks for happens when it is there.
    return resolved.answer(platform.clock.now(), body, upload);
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

const hasBody = (method: string) => method !== 'GET' && method !== 'HEAD';

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) plain[name] = String(value);
  return plain;
}

/** As the client sees it, also behind a proxy that ends TLS: that is where `next` leads. */
function askedOrigin(headers: Record<string, string>): string {
  const first = (name: string) => headers[name]?.split(',')[0]?.trim() || undefined;
  const scheme = first('x-forwarded-proto') === 'https' ? 'https' : 'http';
  return `${scheme}://${first('x-forwarded-host') ?? headers['host'] ?? '127.0.0.1'}`;
}

function addressOf(url: string): [pathname: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** JSON that nothing says otherwise of (docs/platform.md, "Answers": other types are faults). */
function withType(final: Answer): Answer {
  if (final.headers['content-type'] !== undefined || final.body.kind === 'none') return final;
  return { ...final, headers: { ...final.headers, 'content-type': 'application/json' } };
}

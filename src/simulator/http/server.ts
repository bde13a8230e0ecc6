import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpError, errorAnswer, type Answer } from '../answers/answers';
import { matchRoute, splitPrefix } from '../api/dispatch';
import { storageAnswer } from '../api/file-routes';
import { controlAnswer, type ControlTarget } from '../control/control';
import type { FaultRule } from '../scripts/fault-rule';
import { applyFault, preventsRequest } from '../traffic/apply-fault';
import { rateScopeOf } from '../traffic/rate-scopes';
import type { Throttle } from '../traffic/throttle';
import { jsonBody } from './json-body';
import { writeAnswer } from './write-answer';
import type { UploadFolder } from './upload-folder';

interface ListeningServer {
  port: number;
  close(): Promise<void>;
}

export interface ServerContext extends ControlTarget {
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
export async function listen(context: ServerContext, port: number): Promise<ListeningServer> {
  const closing = new AbortController();
  const server = createServer((request, response) => {
    handle(context, request, response, closing.signal).catch((error: unknown) => {
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
  context: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  const signal = AbortSignal.any([closing, disconnected.signal]);
  const [pathname, query] = addressOf(request.url ?? '');
  if (pathname.startsWith('/_sim/')) {
    await writeAnswer(response, await controlAnswer(context, request, pathname), {}, signal);
    return;
  }
  // Its dates are compared with its clock, which is not this machine's.
  response.setHeader('date', new Date(context.platform.clock.now()).toUTCString());
  const record = context.log.add(request);
  const method = request.method ?? 'GET';
  const split = splitPrefix(pathname);
  const scope = split && rateScopeOf(method, split.prefix, split.rest);
  const rule = context.faults.take({ method, path: split ? `/${split.rest}` : pathname, scope }) ?? {};
  if (rule.reset === 'before') {
    request.socket.resetAndDestroy();
    return;
  }
  const platformAnswer = preventsRequest(rule)
    ? null
    : ((scope && context.throttle?.(scope)) ??
      (await answerRequest(context, request, method, pathname, new URLSearchParams(query), rule)));
  // Drains what is left of the body: a client that is still sending does not read the answer.
  request.resume();
  const { clock } = context.platform;
  const final = withContentType(applyFault(platformAnswer, rule, clock.dateOf(clock.now())));
  // Known before the last byte is out, so that whoever has the answer finds it in the log.
  if (rule.reset !== 'unanswered') record.status = final.status;
  await writeAnswer(response, final, rule, signal);
}

async function answerRequest(
  context: ServerContext,
  request: IncomingMessage,
  method: string,
  pathname: string,
  query: URLSearchParams,
  { movedRows }: FaultRule,
): Promise<Answer> {
  const { platform, token, storage, redirectContents, uploads } = context;
  const headers = headersOf(request);
  const stored = /^\/storage\/([A-Za-z]+)\/?$/.exec(pathname);
  const now = platform.clock.now();
  const apiRequest = {
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
    if (stored) return storageAnswer(apiRequest, stored[1]!);
    const matched = matchRoute({ ...apiRequest, origin: requestOrigin(headers) });
    if ('status' in matched) return matched;
    const upload = matched.bodyType === 'file' ? await uploads.receive(request) : null;
    const body = matched.bodyType === 'json' && hasBody(method) ? await jsonBody(request) : undefined;
    // The request takes effect when its body has arrived.
    return matched.answer(platform.clock.now(), body, upload);
  } catch (error) {
    if (error instanceof HttpError) return errorAnswer(error);
    throw error;
  }
}

const hasBody = (method: string) => method !== 'GET' && method !== 'HEAD';

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = String(value);
  return flat;
}

/** As the client sees it, also behind a proxy that ends TLS: that is where `next` leads. */
function requestOrigin(headers: Record<string, string>): string {
  const first = (name: string) => headers[name]?.split(',')[0]?.trim() || undefined;
  const scheme = first('x-forwarded-proto') === 'https' ? 'https' : 'http';
  return `${scheme}://${first('x-forwarded-host') ?? headers['host'] ?? '127.0.0.1'}`;
}

function addressOf(url: string): [pathname: string, query: string] {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? [url, ''] : [url.slice(0, queryStart), url.slice(queryStart + 1)];
}

/** JSON unless the answer says otherwise (docs/platform.md, "Answers": other types are faults). */
function withContentType(final: Answer): Answer {
  if (final.headers['content-type'] !== undefined || final.body.kind === 'none') return final;
  return { ...final, headers: { ...final.headers, 'content-type': 'application/json' } };
}

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestRecord } from '../scripts/options';

/** Older records go first; a simulator may live inside Node-RED for weeks. */
const MOST_RECORDS = 50_000;
const MOST_HEADER_SETS = 1000;

/** Every request to the API, and how busy it was. */
export interface RequestLog {
  add(request: IncomingMessage): RequestRecord;
  records(): RequestRecord[];
  clear(): void;
  /** The most connections that carried API requests at the same time, and the most requests in one second. */
  peaks(): { connections: number; requestsPerSecond: number };
}

/** @param token the simulator's own; any other is not kept */
export function createRequestLog(token: string): RequestLog {
  let records: RequestRecord[] = [];
  const headerSets = new Map<string, Record<string, string>>();
  const open = new Set<Socket>();
  let recent: number[] = [];
  let connections = 0;
  let requestsPerSecond = 0;

  /** Clients repeat the same headers; one object serves all their records. */
  function shared(headers: Record<string, string>): Record<string, string> {
    const key = JSON.stringify(headers);
    const known = headerSets.get(key);
    if (known) return known;
    if (headerSets.size >= MOST_HEADER_SETS) headerSets.clear();
    headerSets.set(key, headers);
    return headers;
  }

  return {
    add(request) {
      const at = Date.now();
      const { socket } = request;
      if (!open.has(socket)) {
        open.add(socket);
        connections = Math.max(connections, open.size);
        socket.once('close', () => open.delete(socket));
      }
      recent.push(at);
      if (recent[0]! <= at - 1000) recent = recent.filter((instant) => instant > at - 1000);
      requestsPerSecond = Math.max(requestsPerSecond, recent.length);
      const record: RequestRecord = {
        at,
        method: request.method ?? '',
        url: request.url ?? '',
        headers: shared(loggedHeaders(request, token)),
        status: null,
      };
      records.push(record);
      if (records.length > MOST_RECORDS * 1.1) records = records.slice(-MOST_RECORDS);
      return record;
    },
    records: () => records.map((record) => ({ ...record })),
    clear() {
      records = [];
      recent = [];
      connections = open.size;
      requestsPerSecond = 0;
    },
    peaks: () => ({ connections, requestsPerSecond }),
  };
}

function loggedHeaders({ headers }: IncomingMessage, token: string): Record<string, string> {
  const logged: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    logged[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  const { authorization } = logged;
  // Somebody may point a real key at the simulator by mistake; it is not kept for others to read.
  if (authorization !== undefined && authorization !== `Token ${token}`) {
    logged['authorization'] = authorization.replace(/^(\S*).*$/s, '$1 (another)');
  }
  return logged;
}

import * as http from 'node:http';
import * as https from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { MOST_CONNECTIONS } from '../limits/limits';
import type { Proxy } from './proxy';
import { TunnelAgent, type ProxyTrust } from './tunnel';

/** How a request gets to its host. */
export interface Route {
  agent: http.Agent;
  /** The proxy on the way, whichever way that is. */
  proxy: Proxy | null;
  /** The proxy that a plain http request is handed to whole; null when direct or through a tunnel. */
  forwardTo: Proxy | null;
}

/** The connections of one client: kept alive, pooled by host. */
interface Connections {
  /** `home` for the platform itself; what is elsewhere gets no client certificate. */
  route(url: string, home: boolean): Route;
  /** Closes pooled connections that have been idle for longer than this many milliseconds. */
  discardIdle(longerThan: number): void;
  close(): void;
}

/** When a socket that lies in a pool was last needed, by `performance.now()`. Told at the end of each body. */
export const idleSince = new WeakMap<object, number>();

/** Idle connections are closed before load balancers do it (60 s), for a request must not meet a closing one. */
const IDLE_TIMEOUT = 50_000;

export function createConnections(proxy: Proxy | null, tls: ConnectionOptions | null): Connections {
  const pool: http.AgentOptions = {
    keepAlive: true,
    // As axios sets it at each request; another value here would cost two system calls each time.
    keepAliveMsecs: 60_000,
    maxSockets: MOST_CONNECTIONS,
    timeout: IDLE_TIMEOUT,
    // The one used last is the least likely to be closed by the other side.
    scheduling: 'lifo',
  };
  const agents = new Map<string, http.Agent>();
  const agentFor = (purpose: string, create: () => http.Agent): http.Agent => {
    const known = agents.get(purpose);
    if (known) return known;
    const agent = create();
    agents.set(purpose, agent);
    return agent;
  };

  const plain = () => agentFor('plain', () => new http.Agent(pool));
  const secure = (home: boolean) =>
    agentFor(home ? 'secure' : 'secure elsewhere', () => new https.Agent({ ...pool, ...tlsFor(home) }));
  const tunnel = (through: Proxy, home: boolean) =>
    agentFor(
      home ? 'tunnel' : 'tunnel elsewhere',
      () => new TunnelAgent(through, trustOnly(tls), { ...pool, ...tlsFor(home) }),
    );
  const tlsFor = (home: boolean) => (home ? tls : trustOnly(tls));

  function forEachIdle(act: (socket: { destroy(): void }) => void): void {
    for (const agent of agents.values()) {
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of [...(sockets ?? [])]) act(socket);
      }
    }
  }

  const route = (url: string, home: boolean): Route => {
    const isSecure = url.startsWith('https:');
    if (!proxy?.covers(new URL(url)))
      return { agent: isSecure ? secure(home) : plain(), proxy: null, forwardTo: null };
    if (isSecure) return { agent: tunnel(proxy, home), proxy, forwardTo: null };
    return { agent: proxy.url.protocol === 'https:' ? secure(false) : plain(), proxy, forwardTo: proxy };
  };

  return {
    route,

    discardIdle(longerThan) {
      const now = performance.now();
      forEachIdle((socket) => {
        if (now - (idleSince.get(socket) ?? 0) > longerThan) socket.destroy();
      });
    },

    close() {
      // Not agent.destroy(): that would also cut calls under way.
      for (const agent of agents.values()) agent.maxFreeSockets = 0;
      forEachIdle((socket) => socket.destroy());
    },
  };
}

/** A client certificate is meant for the platform; proxy and storage get only what says whom to trust. */
function trustOnly(tls: ConnectionOptions | null): ProxyTrust {
  if (!tls) return {};
  const { ca, rejectUnauthorized } = tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

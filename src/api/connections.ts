import * as http from 'node:http';
import * as https from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { MOST_CONNECTIONS } from './limits';
import type { Proxy } from './proxy';
import { TunnelAgent, type ProxyTrust } from './tunnel';

/** How a request gets to its host. */
export interface Route {
  agent: http.Agent;
  /** The proxy that a plain http request is handed to whole; null when direct or through a tunnel. */
  forwardTo: URL | null;
}

/** The connections of one client: kept alive, pooled by host. */
export interface Connections {
  route(target: URL): Route;
  /** Closes pooled connections that have been idle for longer than this many milliseconds. */
  discardIdle(longerThan: number): void;
  close(): void;
}

/** Idle connections are closed before load balancers do it (60 s), for a request must not meet a closing one. */
const IDLE_TIMEOUT = 50_000;

export function createConnections(proxy: Proxy | null, tls: ConnectionOptions | null): Connections {
  const pool: http.AgentOptions = {
    keepAlive: true,
    maxSockets: MOST_CONNECTIONS,
    timeout: IDLE_TIMEOUT,
    // The one used last is the least likely to be closed by the other side.
    scheduling: 'lifo',
  };
  const idleSince = new WeakMap<object, number>();
  const agents: http.Agent[] = [];
  const watch = <Agent extends http.Agent>(agent: Agent): Agent => {
    agent.on('free', (socket: object) => idleSince.set(socket, performance.now()));
    agents.push(agent);
    return agent;
  };

  const plain = watch(new http.Agent(pool));
  const secure = watch(new https.Agent({ ...pool, ...tls }));
  let tunnel: http.Agent | null = null;

  function forEachIdle(act: (socket: { destroy(): void }) => void): void {
    for (const agent of agents) {
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of [...(sockets ?? [])]) act(socket);
      }
    }
  }

  return {
    route(target) {
      if (!proxy?.covers(target)) {
        return { agent: target.protocol === 'https:' ? secure : plain, forwardTo: null };
      }
      if (target.protocol === 'https:') {
        tunnel ??= watch(new TunnelAgent(proxy.url, trustOnly(tls), { ...pool, ...tls }));
        return { agent: tunnel, forwardTo: null };
      }
      return { agent: proxy.url.protocol === 'https:' ? secure : plain, forwardTo: proxy.url };
    },

    discardIdle(longerThan) {
      const now = performance.now();
      forEachIdle((socket) => {
        if (now - (idleSince.get(socket) ?? 0) > longerThan) socket.destroy();
      });
    },

    close() {
      // Not agent.destroy(): that would also cut calls under way.
      for (const agent of agents) agent.maxFreeSockets = 0;
      forEachIdle((socket) => socket.destroy());
    },
  };
}

/** A client certificate is meant for the platform; the proxy gets only what says whom to trust. */
function trustOnly(tls: ConnectionOptions | null): ProxyTrust {
  if (!tls) return {};
  const { ca, rejectUnauthorized } = tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

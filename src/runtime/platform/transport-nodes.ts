import type { Node, NodeAPI } from 'node-red';
import type * as ProxyFromEnv from 'proxy-from-env';
import { isLoopback } from '../../api/http/addresses';
import type { ClientOptions } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';

/** What Node-RED's own `tls-config` node offers. */
type TlsNode = Node & { addTLSOptions(options: Record<string, unknown>): Record<string, unknown> };

/** What Node-RED's own `http proxy` node offers. */
type ProxyNode = Node<{ username?: string; password?: string }> & {
  url?: string;
  noproxy?: string | string[];
};

/** The TLS options of the `tls-config` node with this id; undefined when none is chosen. Throws RESCALE_CONFIG. */
export function readTls(RED: NodeAPI, id: unknown): ClientOptions['tls'] {
  const node = findNode(RED, id, 'tls-config') as TlsNode | null;
  return node?.addTLSOptions({});
}

/**
 * The proxy of the `http proxy` node with this id; with none chosen, the one that the environment names for `origin`,
 * as Node-RED's own http request node does. Throws RESCALE_CONFIG.
 */
export function readProxy(RED: NodeAPI, id: unknown, origin: string): ClientOptions['proxy'] {
  const node = findNode(RED, id, 'http proxy') as ProxyNode | null;
  if (!node) return environmentProxy(origin);
  // Users write `proxy.example.com:3128`; the core node takes that for http as well.
  const written = (node.url ?? '').trim();
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`;
  const { username, password } = node.credentials ?? {};
  return {
    url,
    ...(username && { username, password: password ?? '' }),
    noProxy: (Array.isArray(node.noproxy) ? node.noproxy : (node.noproxy ?? '').split(','))
      .map((host) => host.trim())
      .filter((host) => host !== ''),
  };
}

/** Nothing that stays on this machine goes through a proxy, and plain http never leaves it. */
function environmentProxy(origin: string): ClientOptions['proxy'] {
  if (!origin.startsWith('https:') || isLoopback(new URL(origin).hostname)) return undefined;
  const { getProxyForUrl } = module.require('proxy-from-env') as typeof ProxyFromEnv;
  const url = getProxyForUrl(origin);
  if (url === '') return undefined;
  const exceptions = process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? '';
  return { url, noProxy: exceptions.split(/[\s,]+/).filter((host) => host !== '') };
}

/** Typings know nothing of these nodes, so each caller says what it expects. */
function findNode(RED: NodeAPI, id: unknown, type: string): unknown {
  // The editor stores `_ADD_` for a picker that was switched off.
  if (typeof id !== 'string' || id === '' || id === '_ADD_') return null;
  const node: Node | null = RED.nodes.getNode(id);
  if (node?.type !== type) throw new RescaleError('RESCALE_CONFIG', 'config-missing-node', { field: type });
  return node;
}

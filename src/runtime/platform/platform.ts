import type { Node, NodeAPI } from 'node-red';
import type { ClientOptions, RescaleClient } from '../../api/client/client';
import type { ScopeUsage } from '../../api/limits/budget';
import type * as Creation from '../../api/endpoints/create-client';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { guarded, inBackground, listen, noteFault } from '../../api/errors/guard';
import { systemClock } from '../../api/time/clock';
import { translate, toFlowError } from '../status/message-catalog';
import { requestLogOf } from './request-log';
import type { Connection, NodeEvents, Share } from '../definition/definition';
import { awaitAtMost } from '../../runs/tasks/poll-until';
import type { NodeConfig } from '../fields/fields';
import { migrate } from '../fields/migrations';
import { readPlatformSettings, type PlatformSettings } from './platform-settings';
import { storeStops, type StorageHost } from './stored-stops';
import { joinSharedKey, type Membership } from './shared-keys';
import { leaseSimulator, restarter, type SimulatorLease, type StartSimulator } from './simulator-lease';
import { readProxy, readTls } from './transport-nodes';

/** A configured platform, whether it can be used or not. */
export interface Platform {
  /** The configured origin, or `simulator`; null when the address can't be used. */
  readonly name: string | null;
  /** Which simulator; null on a real platform. */
  readonly instance: string | null;
  readonly readOnly: boolean;
  /** What is wrong with its configuration, RESCALE_CONFIG. */
  readonly problem: RescaleError | null;
  /** The same connection until the platform closes. Starts the simulator on first use. */
  connect(): Promise<Connection>;
  /**
   * Calls back when it closes, before its connection does, and is waited for; not who has stopped listening because the same deploy
   * closes it as well. Returns the way to stop listening.
   */
  onClosing(callback: () => Promise<void>): () => void;
  /** What its key is asking for, by scope; empty for a simulator that nobody has used yet. */
  usage(): ScopeUsage[];
}

/** The config node as other nodes see it. */
export type PlatformNode = Node<{ token: string }> & { platform: Platform };

/** A request waits no longer (ms) for stored stops to be read from a slow disk. */
const LONGEST_LOAD = 3_000;

/** Loaded on first use, because axios would cost every start of Node-RED. */
export const createClient = (options: ClientOptions): RescaleClient =>
  (module.require('../../api/endpoints/create-client') as typeof Creation).createClient(options);

/** Makes the config node type from the way to start a simulator. */
export function definePlatform(startSimulator: StartSimulator): (RED: NodeAPI) => void {
  return (RED) => {
    RED.nodes.registerType(
      'rescale-platform',
      function (this: PlatformNode, config: NodeConfig) {
        RED.nodes.createNode(this, config);
        setUpPlatform(RED, this, migrate('rescale-platform', config), startSimulator);
      },
      { credentials: { token: { type: 'password' } } },
    );
  };
}

/** The platform that a node's `platform` property names. Throws RESCALE_CONFIG. */
export function findPlatform(RED: NodeAPI, id: unknown): Platform {
  const node: Node | null = typeof id === 'string' && id !== '' ? RED.nodes.getNode(id) : null;
  if (node?.type === 'rescale-platform') return (node as PlatformNode).platform;
  throw new RescaleError('RESCALE_CONFIG', 'config-no-platform');
}

function setUpPlatform(
  RED: NodeAPI,
  node: PlatformNode,
  config: NodeConfig,
  startSimulator: StartSimulator,
): void {
  const { settings, problem } = settingsOf(RED, node, config);
  let client: RescaleClient | null = null;
  let membership: Membership | null = null;
  let lease: SimulatorLease | null = null;
  let connecting: Promise<Connection> | null = null;
  let open: (Connection & { isOpen: boolean }) | null = null;
  let closed = false;

  /** Made on the first request; the same one until the platform closes. */
  const openClient = (known: PlatformSettings, origin: string, token: string): RescaleClient =>
    (client ??= createClient({
      origin,
      platform: known.name,
      apiVersion: known.apiVersion,
      token,
      timeout: known.timeout,
      patience: known.patience,
      budget: membership!.budget,
      warn: (text) => node.warn(translate(RED, text)),
      ...requestLogOf(RED, node),
      tls: readTls(RED, config.tls),
      proxy: known.simulated ? undefined : readProxy(RED, config.proxy, origin),
    }));
  const services = createSharedServices();
  const closing = new AbortController();
  const users = new Set<() => Promise<void>>();
  let stopsLoaded: Promise<void> = Promise.resolve();
  // The rate of a platform node counts even before the node is used.
  if (settings && !settings.simulated) {
    membership = joinSharedKey(settings.origin, settings.token, settings.rate);
    // Jobs of the simulator in this process end with it.
    stopsLoaded = storeStops(storageHost(RED, node, closing.signal), settings.origin, membership.budget);
  }

  // Simulators of one speed are one, with the same jobs.
  const instance = settings?.simulated ? `speed ${settings.speed}` : null;

  const connect = async (): Promise<Connection> => {
    if (!settings) throw problem;
    let { origin, token } = settings;
    if (settings.simulated) {
      lease ??= await leaseSimulator(startSimulator, settings.speed);
      if (closed) lease.release();
      ({ origin, token } = lease.simulator);
    }
    if (closed) throw new RescaleError('RESCALE_CLOSED', 'closed');
    membership ??= joinSharedKey(origin, token, settings.rate);
    await awaitAtMost(stopsLoaded, LONGEST_LOAD, systemClock);
    if (closed) throw new RescaleError('RESCALE_CLOSED', 'closed');
    const { name, simulated, readOnly } = settings;
    const client = openClient(settings, origin, token);
    const restart = lease && restarter(lease.simulator);
    open = {
      name,
      origin,
      simulated,
      instance,
      restart,
      readOnly,
      isOpen: true,
      client,
      shared: services.shared,
    };
    return open;
  };

  node.platform = {
    name: settings?.name ?? null,
    instance,
    usage: () => membership?.budget.usage() ?? [],
    readOnly: settings?.readOnly ?? false,
    problem,
    connect() {
      connecting ??= connect().catch((error: unknown) => {
        connecting = null;
        throw error;
      });
      return connecting;
    },
    onClosing(callback) {
      const entry = () => callback();
      users.add(entry);
      return () => users.delete(entry);
    },
  };

  listen(node as NodeEvents, 'close', async (done: () => void) => {
    closed = true;
    if (open) open.isOpen = false;
    // Node-RED closes all that a deploy closes in one turn; whoever still listens after it stays in the flows.
    await Promise.resolve();
    const told = [...users].map((tell) => tell().catch(noteFault));
    closing.abort();
    services.close();
    membership?.leave();
    client?.close();
    lease?.release();
    await Promise.all(told);
    done();
  });
}

function settingsOf(
  RED: NodeAPI,
  node: PlatformNode,
  config: NodeConfig,
): { settings: PlatformSettings; problem: null } | { settings: null; problem: RescaleError } {
  try {
    const fields = { ...config, token: node.credentials?.token };
    const settings = readPlatformSettings(fields, (variable) => RED.util.getSetting(node, variable));
    return { settings, problem: null };
  } catch (error) {
    return { settings: null, problem: isRescaleError(error) ? error : toFlowError(RED, error) };
  }
}

/** One service of each kind, such as the polling, for all nodes on this platform. */
function createSharedServices(): { shared: Share; close(): void } {
  const services = new Map<string, { close(): void }>();
  return {
    shared: <Service extends { close(): void }>(kind: string, create: () => Service) => {
      const service = services.get(kind) ?? create();
      services.set(kind, service);
      return service as Service;
    },
    close() {
      for (const service of services.values()) guarded(() => service.close())();
      services.clear();
    },
  };
}

/** What durable state needs of the config node. */
function storageHost(RED: NodeAPI, node: Node, signal: AbortSignal): StorageHost {
  return {
    settings: RED.settings,
    clock: systemClock,
    signal,
    handedOver: signal,
    warn: (text) => node.warn(translate(RED, text)),
    background: (task) => inBackground(task(signal).catch(() => undefined)),
  };
}

/**
 * A flow in a Node-RED inside the test process.
 *
 *     const flow = await loadFlow(flowAround({ type: 'rescale-get-run', jobId: 'XXXXXX', … }, platformOf(simulator)));
 *     flow.receive('node', { payload: 'x' });
 *     const message = await flow.take('out');          // the next message that nobody took yet
 *     await flow.status('node', ({ fill }) => fill === 'green');
 *     await flow.unload();
 *
 * Nodes of type `collector` keep what reaches them. Core nodes named in CORE_NODES may be used.
 */
import { EventEmitter } from 'node:events';
import helper from 'node-red-node-test-helper';
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { NodeModule } from '../../src/runtime/node/define-node';
import type { Message } from '../../src/runtime/definition/definition';
import type { RunningSimulator } from '../../src/runtime/platform/simulator-lease';

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** By node id. */
export type Credentials = Record<string, Record<string, string>>;

export interface FlowOptions {
  credentials?: Credentials;
  /** Node-RED settings, such as `userDir`. */
  settings?: Record<string, unknown>;
  /** Node types that a test brings itself. */
  own?: Record<string, NodeModule>;
  /** How long something that is awaited may take, in milliseconds; 10 s unless told. */
  patience?: number;
}

export interface LoadedFlow {
  /** Gives a copy of a message to a node, as a wire would. */
  receive(id: string, message: Message): void;
  /** The next message at a collector that was not taken yet. */
  take(id: string): Promise<Message>;
  /** The next so many messages. */
  takeAll(id: string, count: number): Promise<Message[]>;
  /** Everything that reached a collector so far, taken or not. */
  received(id: string): Message[];
  /** Every status of a node so far. */
  statuses(id: string): NodeStatus[];
  /** The first status, past ones included, that is as wanted. */
  status(id: string, wanted: (status: NodeStatus) => boolean): Promise<NodeStatus>;
  /** Looks whenever something happened, until there is something to see. */
  until<Found>(what: string, look: () => Found | undefined): Promise<Found>;
  /** Resolves when all nodes run again. */
  deploy(flow: FlowNode[], type?: 'full' | 'flows' | 'nodes', credentials?: Credentials): Promise<void>;
  readonly RED: NodeAPI;
  /** The node itself, for tests of what works on nodes. */
  node(id: string): Node;
  /** Closes all nodes and ends Node-RED. */
  unload(): Promise<void>;
}

const CORE_NODES: Record<string, string> = {
  join: 'sequence/17-split',
  split: 'sequence/17-split',
  'tls-config': 'network/05-tls',
  'http proxy': 'network/06-httpproxy',
};

/** How long something that is awaited may take, in milliseconds; generous, because only a failure reaches it. */
const PATIENCE = 30_000;

export async function loadFlow(flow: FlowNode[], options: FlowOptions = {}): Promise<LoadedFlow> {
  const { patience = PATIENCE } = options;
  const happened = new EventEmitter().setMaxListeners(0);
  const received = new Map<string, Message[]>();
  const taken = new Map<string, number>();
  const statuses = new Map<string, NodeStatus[]>();
  let RED: NodeAPI | null = null;
  let unloaded = false;

  const keep = <Item>(book: Map<string, Item[]>, id: string, item: Item) => {
    const items = book.get(id);
    if (items) items.push(item);
    else book.set(id, [item]);
    happened.emit('change');
  };
  const onStatus = ({ id, status }: { id: string; status: NodeStatus }) => keep(statuses, id, status);

  const collectorModule = (api: NodeAPI) => {
    RED = api;
    api.events.on('node-status', onStatus);
    api.nodes.registerType(
      'collector',
      function (this: Node, config: FlowNode & { name: string; z: string }) {
        api.nodes.createNode(this, config);
        this.on('input', (message: Message, _send, done) => {
          keep(received, config.id, message);
          done();
        });
      },
    );
  };

  const caughtSoFar = () => {
    const errors = (received.get('caught') ?? []).map(({ error }) => JSON.stringify(error));
    return errors.length > 0 ? `; caught: ${errors.join(', ')}` : '';
  };

  /** Polls nothing: looks again whenever something happened. */
  const until = async <Found>(what: string, look: () => Found | undefined): Promise<Found> => {
    const signal = AbortSignal.timeout(patience);
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve, reject) => {
        const late = () => reject(new Error(`${what} did not happen within ${patience} ms${caughtSoFar()}`));
        if (signal.aborted) return late();
        signal.addEventListener('abort', late, { once: true });
        happened.once('change', () => {
          signal.removeEventListener('abort', late);
          resolve();
        });
      });
    }
  };

  const { credentials = {}, settings = {}, own = {} } = options;
  await helper.startServer();
  helper.settings({ logging: { console: { level: 'off' } }, ...settings });
  await helper.load([collectorModule, ...modulesFor(flow, own)], placed(flow), credentials);

  const loaded: LoadedFlow = {
    receive(id, message) {
      helper.getNode(id)!.receive({ ...message });
    },
    take: (id) =>
      until(`a message at ${id}`, () => {
        const next = taken.get(id) ?? 0;
        const message = received.get(id)?.[next];
        if (message) taken.set(id, next + 1);
        return message;
      }),
    async takeAll(id, count) {
      const messages: Message[] = [];
      while (messages.length < count) messages.push(await loaded.take(id));
      return messages;
    },
    received: (id) => received.get(id) ?? [],
    statuses: (id) => statuses.get(id) ?? [],
    status: (id, wanted) => until(`the status of ${id}`, () => statuses.get(id)?.find(wanted)),
    until,
    async deploy(next, type = 'full', nextCredentials = credentials) {
      await helper.setFlows(placed(next), type, nextCredentials);
    },
    node: (id) => helper.getNode(id)!,
    get RED() {
      return RED!;
    },
    async unload() {
      if (unloaded) return;
      unloaded = true;
      await helper.unload();
      RED!.events.removeListener('node-status', onStatus);
      helper.settings({});
      await helper.stopServer();
    },
  };
  return loaded;
}

/** Node-RED takes a node without a place on the canvas for a config node. */
function placed(flow: FlowNode[]): FlowNode[] {
  return flow.map((node) => ('z' in node ? { x: 0, y: 0, wires: [], ...node } : node));
}

/** Node-RED's own nodes, ours and the test's. */
function modulesFor(flow: FlowNode[], own: Record<string, NodeModule>): NodeModule[] {
  const types = new Set(flow.map((node) => node.type));
  const core = new Set([...types].flatMap((type) => CORE_NODES[type] ?? []));
  return [
    ...Object.values(own),
    ...[...core].map((file) => module.require(`@node-red/nodes/core/${file}`) as NodeModule),
    ...[...types]
      .filter((type) => type.startsWith('rescale-') && !(type in own))
      .map((type) => module.require(`../../nodes/${type.slice('rescale-'.length)}/node`) as NodeModule),
  ];
}

/** A platform node, with its credentials, that talks to a simulator or to another server of the test. */
interface PlatformUnderTest {
  node: FlowNode;
  credentials: Credentials;
}

export function platformOf(
  server: Pick<RunningSimulator, 'origin' | 'token'>,
  fields: Record<string, unknown> = {},
): PlatformUnderTest {
  const node = { type: 'rescale-platform', name: '', url: server.origin, rate: 0, ...fields };
  const id = typeof fields.id === 'string' ? fields.id : 'platform';
  return { node: { ...node, id }, credentials: { [id]: { token: server.token } } };
}

/** Node-RED's own node for certificates, with none set. */
export const tlsNode: FlowNode = {
  id: 'tls',
  type: 'tls-config',
  name: '',
  cert: '',
  key: '',
  ca: '',
  verifyservercert: true,
};

/**
 * One node `node` with everything around it that a test looks at: collectors `out` and `out2` at its outputs,
 * `caught` behind a Catch node and `completed` behind a Complete node.
 */
export function flowAround(
  node: { type: string } & Record<string, unknown>,
  platform: PlatformUnderTest,
): [FlowNode[], { credentials: Credentials }] {
  const place = { z: 'tab' };
  const flow: FlowNode[] = [
    { id: 'tab', type: 'tab', label: 'test' },
    platform.node,
    { ...place, name: '', platform: platform.node.id, wires: [['out'], ['out2']], ...node, id: 'node' },
    { ...place, id: 'out', type: 'collector' },
    { ...place, id: 'out2', type: 'collector' },
    { ...place, id: 'catcher', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { ...place, id: 'caught', type: 'collector' },
    { ...place, id: 'completer', type: 'complete', scope: ['node'], uncaught: false, wires: [['completed']] },
    { ...place, id: 'completed', type: 'collector' },
  ];
  return [flow, { credentials: platform.credentials }];
}

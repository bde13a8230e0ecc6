import { EventEmitter, on } from 'node:events';

import { WebSocket } from 'ws';

/** One line of the debug sidebar. */
interface DebugMessage {
  /** The id of the debug node. */
  id: string;
  name?: string;
  topic?: string;
  /** The property shown, `payload` or undefined for the complete message. */
  property?: string;
  /** Node-RED's name for the kind of value: `Object`, `array[3]`, `string[5]`, `number`, `error`, … */
  format: string;
  /** The value, decoded as far as the sidebar itself decodes it. */
  value: unknown;
}

interface NodeStatus {
  fill?: string;
  shape?: string;
  text?: string;
}

/** What Node-RED tells its editors over the `/comms` websocket, as it comes. */
export interface Comms {
  /** All debug messages so far, oldest first. */
  readonly debug: readonly DebugMessage[];
  /** All statuses so far of a node, oldest first. */
  statuses(nodeId: string): readonly NodeStatus[];
  /** The first debug message, past or to come, that fits; rejects after `seconds`. */
  debugMessage(fits: (message: DebugMessage) => boolean, seconds?: number): Promise<DebugMessage>;
  /** The first status of the node, past or to come, that fits; rejects after `seconds`. */
  status(nodeId: string, fits: (status: NodeStatus) => boolean, seconds?: number): Promise<NodeStatus>;
  /** Forgets what was heard so far. */
  forget(): void;
  close(): void;
}

interface Packet {
  topic?: string;
  data?: unknown;
  auth?: string;
}

/**
 * Listens at the address of the editor. Messages sent before the promise has resolved are not heard, so flows are deployed
 * after it. `token` is an access token where the editor is protected.
 */
export async function listen(editor: string, token?: string): Promise<Comms> {
  const debug: DebugMessage[] = [];
  const statuses = new Map<string, NodeStatus[]>();
  const news = new EventEmitter();
  const socket = new WebSocket(`${editor.replace(/^http/, 'ws').replace(/\/$/, '')}/comms`);

  const take = ({ topic, data }: Packet): void => {
    if (topic === 'debug') {
      debug.push(decoded(data as Record<string, unknown>));
    } else if (topic?.startsWith('status/')) {
      const nodeId = topic.slice('status/'.length);
      statuses.set(nodeId, [...(statuses.get(nodeId) ?? []), data as NodeStatus]);
    }
    news.emit('news');
  };

  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      if (token !== undefined) socket.send(JSON.stringify({ auth: token }));
      else resolve();
    });
    socket.on('message', (text: Buffer) => {
      const content = JSON.parse(text.toString()) as Packet | Packet[];
      for (const packet of Array.isArray(content) ? content : [content]) {
        if (packet.auth === 'ok') resolve();
        else if (packet.auth === 'fail') reject(new Error('the editor refused the access token'));
        else take(packet);
      }
    });
  });
  socket.on('error', () => {
    // A killed Node-RED breaks the connection; who waits for a message learns it from the time limit.
  });

  async function first<T>(
    what: string,
    list: () => readonly T[],
    fits: (item: T) => boolean,
    seconds: number,
  ): Promise<T> {
    const limit = AbortSignal.timeout(seconds * 1000);
    const arrivals = on(news, 'news', { signal: limit });
    for (;;) {
      const found = list().find(fits);
      if (found) {
        await arrivals.return?.();
        return found;
      }
      try {
        await arrivals.next();
      } catch {
        throw new Error(
          `no such ${what} within ${seconds} s; heard: ${JSON.stringify(list()).slice(0, 4000)}`,
        );
      }
    }
  }

  return {
    debug,
    statuses: (nodeId) => statuses.get(nodeId) ?? [],
    debugMessage: (fits, seconds = 20) => first('debug message', () => debug, fits, seconds),
    status: (nodeId, fits, seconds = 20) => first('status', () => statuses.get(nodeId) ?? [], fits, seconds),
    forget: () => {
      debug.length = 0;
      statuses.clear();
    },
    close: () => socket.terminate(),
  };
}

function decoded(data: Record<string, unknown>): DebugMessage {
  const format = String(data['format']);
  return { ...(data as unknown as DebugMessage), format, value: decodedValue(format, data['msg']) };
}

function decodedValue(format: string, sent: unknown): unknown {
  if (format === 'null') return null;
  if (format === 'undefined') return undefined;
  if (format === 'number') return Number(sent);
  if (format === 'boolean') return String(sent) === 'true';
  if (format.startsWith('string')) return sent;
  if (format.startsWith('buffer')) return Buffer.from(String(sent), 'hex');
  return typeof sent === 'string' ? (JSON.parse(sent) as unknown) : sent;
}

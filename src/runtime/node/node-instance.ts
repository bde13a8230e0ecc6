import { setMaxListeners } from 'node:events';
import type { Node, NodeAPI } from 'node-red';
import { systemClock, type Clock } from '../../api/time/clock';
import { RescaleError } from '../../api/errors/errors';
import { guarded } from '../../api/errors/guard';
import { fieldLabel, renderStatus, statusCatalogKey, toFlowError } from '../status/catalog';
import type { Connection, Message } from '../definition/definition';
import type { Field, FieldSource, Fields, FieldValues, NodeConfig } from '../fields/fields';
import { onFlowsStarted } from './flow-start';
import { leaveInterrupted } from './interrupted';
import { findPlatform, type Platform } from '../platform/platform';
import { createStatusBoard, type StatusBoard } from './status-board';
import { failureText, type StatusKey } from '../status/status-texts';

/** A message in progress, as its node ends it. */
export interface OpenInput {
  /** Settles when its work has really ended, after the exits were taken. Never rejects. */
  readonly ended: Promise<void>;
  /**
   * The node closes: RESCALE_CLOSED for the message, or silence when it is kept durably. Resolves when that is told: at once,
   * unless it is being written just then.
   */
  close(): Promise<void>;
  /** It takes too long to be written for the first time: given up unless its writing has begun. */
  giveUpStoring(): void;
}

/** What one node in a flow has, whatever its type: its place in Node-RED and everything that ends with it. */
export interface NodeInstance {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly config: NodeConfig;
  readonly board: StatusBoard;
  readonly clock: Clock;
  /** Aborted with RESCALE_CLOSED when the node closes. */
  readonly signal: AbortSignal;
  /** Aborted when it has closed, just before Node-RED is told so. */
  readonly handedOver: AbortSignal;
  /** Resolves when the flows have started, or when the node closes before that. */
  readonly started: Promise<void>;
  /** The platform the node points at. Throws RESCALE_CONFIG when there is none. */
  platform(): Platform;
  /** At once when it is connected already. Fails with RESCALE_CONFIG, or with what kept the simulator from starting. */
  connect(): Promise<Connection> | Connection;
  /** The messages in progress. */
  readonly inputs: Set<OpenInput>;
  /** The connection made last, for messages that no connection was asked for. */
  readonly connection: Connection | null;
  /** True in a node without a platform. */
  readonly local: boolean;
  /** Gives an error to Catch outside any input. */
  report(error: unknown, message?: Message): void;
  showFailure(error: RescaleError): void;
  /** So many messages a deploy may have lost on their way to the next nodes. */
  lost: number;
  /** The node closes, and the next one of its id may take its place. */
  replaced: boolean;
  /** Leaves a message that its close has interrupted to the next node; false when it is to be told now. */
  leave(message: Message): boolean;
  /** Aborts the signal and lets go of everything. */
  close(): void;
  handOver(): void;
}

export function createNodeInstance(
  RED: NodeAPI,
  node: Node,
  config: NodeConfig,
  busy: StatusKey | undefined,
  local: boolean,
): NodeInstance {
  const closing = new AbortController();
  const handingOver = new AbortController();
  // Every message in progress listens, and there may be thousands.
  setMaxListeners(0, closing.signal);
  const connections = new Map<Connection, () => void>();
  let connection: Connection | null = null;
  let stopWaiting = () => {};
  const started = new Promise<void>((resolve) => {
    const forget = onFlowsStarted(RED, resolve);
    stopWaiting = () => {
      forget();
      resolve();
    };
  });

  const board = createStatusBoard({
    busyText: (count) => {
      if (busy) return { key: busy, values: { count } };
      return count === 1 ? { key: 'working' } : { key: 'working-many', values: { count } };
    },
    render: (text, kind) => {
      if (connection?.simulated && (kind === 'done' || (kind === 'busy' && text.values))) {
        return renderStatus(RED, { key: 'on-simulator', values: { text: renderStatus(RED, text) } });
      }
      return text.values ? renderStatus(RED, text) : statusCatalogKey(text);
    },
    send: (status) => node.status(status),
  });

  const connectAnew = async (): Promise<Connection> => {
    const made = await instance.platform().connect();
    // A simulator may have taken its time to start.
    if (closing.signal.aborted) throw closedError();
    connection = made;
    if (!connections.has(made)) {
      const showPause = (until: number | null) =>
        board.trouble(made, until === null ? null : { key: 'throttled' }, until ?? undefined);
      connections.set(made, made.client.budget.onPause(guarded(showPause)));
      showPause(made.client.budget.pausedUntil);
    }
    return made;
  };

  const instance: NodeInstance = {
    RED,
    node,
    config,
    board,
    clock: systemClock,
    local,
    signal: closing.signal,
    handedOver: handingOver.signal,
    handOver: () => handingOver.abort(closedError()),
    started,
    platform: () => findPlatform(RED, config.platform),
    inputs: new Set(),
    connect: () => (connection?.isOpen ? connection : connectAnew()),
    get connection() {
      return connection;
    },
    report(error, message) {
      const flowError = toFlowError(RED, error, node.type);
      if (message && flowError.statusCode !== undefined) message.statusCode = flowError.statusCode;
      node.error(flowError, message ?? {});
    },
    showFailure(error) {
      const { code, values } = error;
      if (code === 'RESCALE_INPUT' && typeof values.field === 'string') {
        const field = fieldLabel(RED, node.type, values.field) ?? values.field;
        board.show('failed', { key: 'failed-field', values: { field } });
      } else board.show(code === 'RESCALE_CLOSED' ? 'idle' : 'failed', { key: failureText(error) });
    },
    lost: 0,
    replaced: false,
    leave: (message) => instance.replaced && leaveInterrupted(RED, node, message),
    close() {
      for (const stopListening of connections.values()) stopListening();
      connections.clear();
      closing.abort(closedError());
      stopWaiting();
      board.close();
    },
  };
  if (!local) showFirst(instance);
  return instance;
}

export function closedError(): RescaleError {
  return new RescaleError('RESCALE_CLOSED', 'closed');
}

/** Before the first message: what already can be known to be wrong, or that this is not the real platform. */
function showFirst(instance: NodeInstance): void {
  try {
    const platform = instance.platform();
    if (platform.problem) instance.showFailure(platform.problem);
    else if (platform.name === 'simulator') instance.board.show('idle', { key: 'simulator' });
  } catch {
    instance.board.show('failed', { key: 'no-platform' });
  }
}

/**
 * Evaluates fields for one message. Always with a callback: JSONata and many context stores answer later, and Node-RED throws when it
 * has nobody to tell.
 */
export async function readFields<Shape extends Fields>(
  { RED, node, config }: NodeInstance,
  shape: Shape,
  message: Message,
): Promise<FieldValues<Shape>> {
  const evaluate: FieldSource['evaluate'] = (value, type) => {
    if (type === 'msg') {
      try {
        return RED.util.getMessageProperty(message, value) as unknown;
      } catch {
        // msg.a.b fails where there is no msg.a; for a user both are the same: there is nothing.
        return undefined;
      }
    }
    return new Promise((resolve, reject) => {
      RED.util.evaluateNodeProperty(value, type, node, message, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  };
  const values: Record<string, unknown> = {};
  for (const name in shape) {
    const value = shape[name]!.read({ name, config, evaluate });
    values[name] = value instanceof Promise ? await value : value;
  }
  return values as FieldValues<Shape>;
}

/** Evaluates one field. */
export async function readField<Value>(
  instance: NodeInstance,
  name: string,
  field: Field<Value>,
  message: Message,
): Promise<Value> {
  const values = await readFields(instance, { [name]: field }, message);
  return values[name]!;
}

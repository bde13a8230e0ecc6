import { setMaxListeners } from 'node:events';
import type { Node, NodeAPI } from 'node-red';
import type { CallTrace } from '../../api/client/client';
import { systemClock, type Clock } from '../../api/time/clock';
import { RescaleError } from '../../api/errors/errors';
import { guarded } from '../../api/errors/guard';
import { withoutSparse } from '../definition/messages';
import { fieldLabel, toFlowError } from '../status/message-catalog';
import type { Behaviour, Connection, Message, NodeDefinition, Storing } from '../definition/definition';
import type { Field, FieldSource, Fields, NodeConfig } from '../fields/fields';
import { afterDeploy } from './flow-stops';
import { whenFlowsStarted } from './flow-start';
import { leaveInterrupted } from './interrupted';
import { findPlatform, type Platform } from '../platform/platform';
import { createStatusBoard, type StatusBoard } from './status-board';
import { failureText } from '../status/status-texts';

/** Where a message in progress leads to. Each is called by one place only, so that each happens once. */
export interface Exits {
  send(messages: (Message | null)[]): void;
  /** Catch gets the error, if there is one, else Complete the message. */
  done(error?: RescaleError): void;
}

/** One message in progress: what is known of it, and what has become of it. */
export interface Input {
  readonly instance: NodeInstance;
  /** As Node-RED has brought it. */
  readonly received: Message;
  /** The same where results can be put on it, else a copy. */
  readonly message: Message;
  readonly exits: Exits;
  readonly trace: CallTrace;
  /** False when it has ended, one way or the other: what still arrives is dropped. */
  open: boolean;
  /** It is kept on disk: a close is silent about it. */
  durable: boolean;
  /** It is being written for the first time. */
  storing: Storing | null;
  /** The node closes, and waits for it. */
  closing: { told(): void; ended(): void } | null;
  /** See `Work.afterwards`. */
  readonly afterwards: (() => Promise<unknown>)[];
}

/** What one node in a flow has, whatever its type: its place in Node-RED and everything that ends with it. */
export interface NodeInstance {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly config: NodeConfig;
  readonly definition: AnyDefinition;
  /** What its messages are given to. */
  behaviour: AnyBehaviour;
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
  /** The connection made last; it may not be open any more. */
  connection: Connection | null;
  /** Its platform closes, and Node-RED does not close this node with it. */
  platformClosing: () => Promise<void>;
  /** Connects anew. Fails with RESCALE_CONFIG, or with what kept the simulator from starting. */
  connect(): Promise<Connection>;
  /** Evaluates a typed property of the dialog. */
  readonly evaluate: FieldSource['evaluate'];
  /** The messages in progress. */
  readonly inputs: Set<Input>;
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

/** A definition, whatever its fields are. */
type AnyDefinition = Pick<NodeDefinition<Fields>, 'fields' | 'changes' | 'showsItself' | 'busy'>;
type AnyBehaviour = Pick<Behaviour<object>, 'input'>;

export function createNodeInstance(
  RED: NodeAPI,
  node: Node,
  config: NodeConfig,
  definition: AnyDefinition,
  local: boolean,
  started = whenFlowsStarted(RED),
): NodeInstance {
  const closing = new AbortController();
  const handingOver = new AbortController();
  // Every message in progress listens, and there may be thousands.
  setMaxListeners(0, closing.signal);
  const connections = new Map<Connection, () => void>();
  const platforms = new Map<Platform, () => void>();

  const board = createStatusBoard(RED, node, definition.busy);

  const connect = async (): Promise<Connection> => {
    await afterDeploy(instance);
    if (closing.signal.aborted) throw closedError();
    const platform = instance.platform();
    if (!platforms.has(platform))
      platforms.set(
        platform,
        platform.onClosing(() => instance.platformClosing()),
      );
    const made = await platform.connect();
    // A simulator may have taken its time to start.
    if (closing.signal.aborted) throw closedError();
    instance.connection = made;
    board.simulated = made.simulated;
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
    definition,
    behaviour: {},
    board,
    clock: systemClock,
    local,
    signal: closing.signal,
    handedOver: handingOver.signal,
    handOver: () => handingOver.abort(closedError()),
    started: started.promise,
    platform: () => findPlatform(RED, config.platform),
    inputs: new Set(),
    connection: null,
    platformClosing: () => Promise.resolve(),
    connect,
    evaluate: evaluator(RED, node),
    report(error, message = {}) {
      const flowError = toFlowError(RED, error, node.type);
      if (flowError.statusCode !== undefined) message.statusCode = flowError.statusCode;
      node.error(flowError, withoutSparse(message));
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
      for (const stopListening of [...connections.values(), ...platforms.values()]) stopListening();
      connections.clear();
      platforms.clear();
      closing.abort(closedError());
      started.call();
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
 * Evaluates typed properties for a node. Always with a callback: JSONata and many context stores answer later, and Node-RED throws
 * when it has nobody to tell.
 */
function evaluator(RED: NodeAPI, node: Node): FieldSource['evaluate'] {
  return (value, type, message = {}) => {
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
        // What is typed as a number and is none is refused by the words that were typed.
        else resolve(type === 'num' && Number.isNaN(result) ? value : result);
      });
    });
  };
}

/** Evaluates one field. */
export async function readField<Value>(
  { config, evaluate }: Pick<NodeInstance, 'config' | 'evaluate'>,
  name: string,
  field: Field<Value>,
  message: Message,
): Promise<Value> {
  return field.read({ name, config, message, evaluate });
}

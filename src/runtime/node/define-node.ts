import { isRecord } from '../../api/endpoints/rows';
import type { Node, NodeAPI } from 'node-red';
import { isRescaleError, type ErrorText } from '../../api/errors/errors';
import { inBackground, listen, onAbort } from '../../api/errors/guard';
import { translate, toFlowError } from '../status/message-catalog';
import type {
  Behaviour,
  LocalNodeDefinition,
  NodeDefinition,
  NodeEvents,
  NodeHost,
} from '../definition/definition';
import { readFields, type Fields, type FieldValues, type NodeConfig } from '../fields/fields';
import { answer, takeInput, takeInputs, type Taker } from './input';
import { closeInput } from './input-ends';
import { act } from './control';
import { applyResult } from '../definition/messages';
import { migrate } from '../fields/migrations';
import { noteSending, watchSending } from './delivery';
import { watchStops } from './flow-stops';
import { logEscapedFaults } from './escaped-faults';
import { onFlowsStarted, startedFlows, whenFlowsStarted, type FlowStart } from './flow-start';
import { endInputs, restoreHeld, startWhenPossible } from './lifecycle';
import { takeInterrupted, watchDeploys } from './interrupted';
import {
  closedError,
  createNodeInstance,
  readField,
  type Exits,
  type Input,
  type NodeInstance,
} from './node-instance';

/** What Node-RED loads: the function that registers a node type. What it reads of a dialog can be looked at. */
export type NodeModule = ((RED: NodeAPI) => void) & { fields?: Fields };

/** Warnings that what was kept of another platform is dropped. */
const OF_ANOTHER_PLATFORM: ReadonlySet<string> = new Set<ErrorText['key']>([
  'watch-began-anew',
  'state-foreign',
  'wait-foreign',
  'follow-foreign',
]);

/** Makes a node type from its definition. */
export function defineNode<const Shape extends Fields>(definition: NodeDefinition<Shape>): NodeModule {
  return register(definition, false);
}

/** Makes a node type that needs no platform. */
export function defineLocalNode<const Shape extends Fields>(
  definition: LocalNodeDefinition<Shape>,
): NodeModule {
  return register(definition, true);
}

function register<Shape extends Fields>(definition: NodeDefinition<Shape>, local: boolean): NodeModule {
  const registerNode = (RED: NodeAPI) => {
    logEscapedFaults(RED);
    watchDeploys(RED);
    watchStops(RED);
    RED.nodes.registerType(definition.type, function (this: Node, config: NodeConfig) {
      RED.nodes.createNode(this, config);
      createNode(RED, this, migrate(definition.type, config), definition, local);
    });
  };
  return Object.assign(registerNode, { fields: definition.fields });
}

function createNode<Shape extends Fields>(
  RED: NodeAPI,
  node: Node,
  config: NodeConfig,
  definition: NodeDefinition<Shape>,
  local: boolean,
): void {
  const begin = (started?: FlowStart) => beginLife(RED, node, config, definition, local, started);
  let life = begin();
  /** The life before, while the flows are not started again. */
  let restart: { ended: Promise<void>; started: FlowStart } | null = null;

  /** What a deploy that closes the node does: what is held is on disk or left to the next life, which goes on with it. */
  async function restartWithPlatform(): Promise<void> {
    const next = { ended: life.end(false), started: whenFlowsStarted(RED) };
    restart = next;
    inBackground(
      Promise.all([next.ended, next.started.promise]).then(() => {
        if (restart !== next) return;
        restart = null;
        follow(begin(startedFlows));
      }),
    );
    return next.ended;
  }

  function follow(next: Life): void {
    life = next;
    life.instance.platformClosing = restartWithPlatform;
  }
  follow(life);
  takeInputs(node, () => life);

  listen(node as NodeEvents, 'close', async (removed: boolean, done: () => void) => {
    const former = restart;
    restart = null;
    if (former) {
      former.started.call();
      await former.ended;
    }
    await life.end(removed);
    done();
  });
}

/** What a node has between its start and its end. Its platform may be restarted without it: then it has another life. */
interface Life extends Taker {
  /** Never rejects. */
  end(removed: boolean): Promise<void>;
}

function beginLife<Shape extends Fields>(
  RED: NodeAPI,
  node: Node,
  config: NodeConfig,
  definition: NodeDefinition<Shape>,
  local: boolean,
  started?: FlowStart,
): Life {
  const instance = createNodeInstance(RED, node, config, definition, local, started);
  const host = createHost(instance, definition);
  const behaviour: Behaviour<FieldValues<Shape>> = definition.setup
    ? definition.setup(host)
    : { input: definition.input!.bind(definition) };
  instance.behaviour = behaviour;
  const { actions } = behaviour;
  inBackground(tellInterrupted(instance));
  if (behaviour.started) inBackground(startWhenPossible(instance, () => behaviour.started!()));

  async function end(removed: boolean): Promise<void> {
    try {
      instance.replaced = !removed;
      const closing = [...instance.inputs].map(closeInput);
      instance.close();
      const configured = !removed || isConfigured(RED, node);
      await endInputs(closing, configured);
      await behaviour.closed?.({ removed, configured });
      if (configured) await restoreHeld({ id: node.id, settings: RED.settings });
    } catch (error) {
      node.warn(toFlowError(RED, error).message);
    } finally {
      instance.handOver();
    }
  }
  return {
    instance,
    control: actions ? (input) => act(input, definition.fields, actions) : null,
    end,
  };
}

function createHost<Shape extends Fields>(
  instance: NodeInstance,
  definition: NodeDefinition<Shape>,
): NodeHost<FieldValues<Shape>> {
  const { RED, node, board } = instance;
  const whole = {};
  const stored = {};
  return {
    id: node.id,
    type: node.type,
    name: node.name ?? '',
    signal: instance.signal,
    handedOver: instance.handedOver,
    clock: instance.clock,
    settings: RED.settings,
    get platformName() {
      try {
        return instance.platform().name;
      } catch {
        return null;
      }
    },
    connect: async () => (instance.connection?.isOpen ? instance.connection : instance.connect()),
    read: (name, message = {}) =>
      readField(instance, String(name), definition.fields[name]!, message) as never,
    readAll: () => readFields(instance, definition.fields, {}),
    async send(result, message = {}, trace = { attempts: 0, status: null }) {
      await instance.started;
      if (instance.signal.aborted) return;
      applyResult(message, result, { connection: instance.connection, local: instance.local, trace });
      noteSending(instance);
      node.send([...Array<null>(result.output ?? 0).fill(null), message]);
    },
    sending: () => watchSending(instance),
    report: (error, message) => instance.report(error, message),
    resume(message, fields, task) {
      // What is stored stays stored, and is taken up by the next node.
      if (instance.signal.aborted) return;
      const exits: Exits = {
        send: (messages) => node.send(messages),
        done: (error) => error && instance.report(error, message),
      };
      const resumed = async (input: Input) => {
        input.durable = true;
        await instance.started;
        return input.open ? answer(input, { fields, work: task }) : undefined;
      };
      inBackground(takeInput(instance, message, exits, 'counted', resumed));
    },
    background(task) {
      const guarded = async () => {
        try {
          await task(instance.signal);
        } catch (error) {
          if (instance.signal.aborted) return;
          if (isRescaleError(error)) instance.showFailure(error);
          instance.report(error);
        }
      };
      inBackground(guarded());
    },
    show: (kind, text) => board.show(kind, text),
    trouble: (text, until, needsPerson) => board.trouble(whole, text, until, needsPerson),
    showUnread: (unread) => board.trouble(stored, unread ? { key: 'not-readable' } : null),
    warn(sentence) {
      // The simulator begins anew with each start of Node-RED, so what was kept of the last one is of no use to anybody.
      const expected = OF_ANOTHER_PLATFORM.has(sentence.key) && instance.connection?.simulated === true;
      if (expected) node.log(translate(RED, sentence));
      else node.warn(translate(RED, sentence));
    },
    log: (words) => node.log(words),
  };
}

/** The errors of messages that a deploy has interrupted; again when one comes that leaves this node as it is. */
async function tellInterrupted(instance: NodeInstance): Promise<void> {
  await instance.started;
  const { RED, node, signal } = instance;
  if (signal.aborted) return;
  const interrupted = takeInterrupted(RED, node);
  if (interrupted.length > 0)
    onAbort(
      signal,
      onFlowsStarted(RED, () => inBackground(tellInterrupted(instance))),
    );
  for (const { message, again } of interrupted) {
    if (again) message.rescale = { ...(isRecord(message.rescale) && message.rescale), redelivered: true };
    instance.report(closedError(), message);
    instance.showFailure(closedError());
  }
}

/** A disabled node still stands in the flows, and so does the template of a node in a subflow. */
function isConfigured(RED: NodeAPI, node: Node): boolean {
  let found = false;
  RED.nodes.eachNode((config) => {
    if (config.id === node.id || config.id === node._alias) found = true;
  });
  return found;
}

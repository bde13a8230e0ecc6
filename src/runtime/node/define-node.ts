import type { Node, NodeAPI } from 'node-red';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { inBackground, listen, whenSettled } from '../../api/errors/guard';
import { say, toFlowError } from '../status/catalog';
import type {
  Behaviour,
  Control,
  LocalNodeDefinition,
  Message,
  NodeDefinition,
  NodeEvents,
  NodeHost,
  Work,
} from '../definition/definition';
import { propertyEvaluator } from '../definition/evaluate-property';
import type { Fields, FieldValues, NodeConfig } from '../fields/fields';
import { localWorkOf, sendOutcome, takeInput, workOf, type Exits, type Input } from './input';
import { applyResult } from '../definition/messages';
import { migrate } from '../fields/migrations';
import { logEscapedFaults } from './escaped-faults';
import { endInputs, startWhenPossible } from './lifecycle';
import { refuseChange } from './refuse-change';
import { readField, readFields, createNodeInstance, type NodeInstance } from './node-instance';

/** What Node-RED loads: the function that registers a node type. What it reads of a dialog can be looked at. */
export type NodeModule = ((RED: NodeAPI) => void) & { fields?: Fields };

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
    RED.nodes.registerType(definition.type, function (this: Node, config: NodeConfig) {
      RED.nodes.createNode(this, config);
      bringUp(RED, this, migrate(definition.type, config), definition, local);
    });
  };
  return Object.assign(registerNode, { fields: definition.fields });
}

function bringUp<Shape extends Fields>(
  RED: NodeAPI,
  node: Node,
  config: NodeConfig,
  definition: NodeDefinition<Shape>,
  local: boolean,
): void {
  type Values = FieldValues<Shape>;
  const instance = createNodeInstance(RED, node, config, definition.busy, local);
  const inputs = new Set<Input>();

  const track = (input: Input) => {
    inputs.add(input);
    whenSettled(input.ended, () => inputs.delete(input));
  };
  const host = createHost(instance, definition, track);
  const behaviour: Behaviour<Values> = definition.setup
    ? definition.setup(host)
    : { input: (work) => definition.work!(work) };

  const takeWork = (message: Message, exits: Exits) =>
    takeInput(instance, message, exits, definition.showsItself ? 'silent' : 'counted', async (input) => {
      const fields = await readFields(instance, definition.fields, message);
      refuseChange(instance, definition.changes, message, fields);
      const work = await startWork(instance, input, fields);
      if (!input.open) return undefined;
      return sendOutcome(instance, input, work, behaviour.input!(work));
    });

  const takeControl = (message: Message, exits: Exits) =>
    takeInput(instance, message, exits, 'silent', async (input) => {
      const actions = behaviour.actions ?? {};
      const action = typeof message.action === 'string' ? message.action : '';
      if (!Object.hasOwn(actions, action)) throw unknownAction(message.action, Object.keys(actions));
      await actions[action]!(controlOf(instance, definition, input, action));
    });

  type Send = (messages: (Message | null)[]) => void;
  listen(node as NodeEvents, 'input', (message: Message, send: Send, done: (error?: Error) => void) => {
    const exits: Exits = { send, done: () => done(), fail: (error) => done(error) };
    const controlled = behaviour.actions && (!behaviour.input || (message.action ?? null) !== null);
    track((controlled ? takeControl : takeWork)(message, exits));
  });

  if (behaviour.started) inBackground(startWhenPossible(instance, () => behaviour.started!()));

  listen(node as NodeEvents, 'close', async (removed: boolean, done: () => void) => {
    try {
      const open = [...inputs];
      for (const input of open) input.close();
      instance.close();
      const configured = !removed || isConfigured(RED, node);
      await endInputs(open, configured);
      await behaviour.closed?.({ removed, configured });
    } catch (error) {
      node.warn(toFlowError(RED, error).message);
    } finally {
      instance.handOver();
      done();
    }
  });
}

/** The definition of a local node is typed to see no connection, so that there need not be one. */
async function startWork<Values>(
  instance: NodeInstance,
  input: Input,
  fields: Values,
): Promise<Work<Values>> {
  if (instance.local) return localWorkOf(instance, input, fields) as Work<Values>;
  return workOf(instance, input, await instance.connect(), fields);
}

function createHost<Shape extends Fields>(
  instance: NodeInstance,
  definition: NodeDefinition<Shape>,
  track: (input: Input) => void,
): NodeHost<FieldValues<Shape>> {
  const { RED, node, board } = instance;
  const whole = {};
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
    connect: () => instance.connect(),
    read: (name, message = {}) =>
      readField(
        instance,
        String(name),
        definition.fields[name]!,
        propertyEvaluator(RED, node, message),
      ) as never,
    readAll: () => readFields(instance, definition.fields, {}),
    async send(result, message = {}, trace = { attempts: 0, status: null }) {
      await instance.started;
      if (instance.signal.aborted) return;
      applyResult(message, result, { connection: instance.connection, local: instance.local, trace });
      node.send([...Array<null>(result.output ?? 0).fill(null), message]);
    },
    report: (error, message) => instance.report(error, message),
    resume(message, fields, task) {
      // What is stored stays stored, and is taken up by the next node.
      if (instance.signal.aborted) return;
      const exits: Exits = {
        send: (messages) => node.send(messages),
        done: () => {},
        fail: (error) => instance.report(error, message),
      };
      track(
        takeInput(instance, message, exits, 'counted', async (input) => {
          input.suspendOnClose();
          await instance.started;
          if (!input.open) return undefined;
          const work = await startWork(instance, input, fields);
          return input.open ? sendOutcome(instance, input, work, task(work)) : undefined;
        }),
      );
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
    warn: (sentence) => node.warn(say(RED, sentence)),
    log: (words) => node.log(words),
  };
}

function controlOf<Shape extends Fields>(
  instance: NodeInstance,
  definition: NodeDefinition<Shape>,
  input: Input,
  action: string,
): Control<FieldValues<Shape>> {
  const evaluate = propertyEvaluator(instance.RED, instance.node, input.message);
  return {
    action,
    message: input.message,
    signal: instance.signal,
    trace: input.trace,
    clock: instance.clock,
    read: (name) => readField(instance, String(name), definition.fields[name]!, evaluate) as never,
  };
}

function unknownAction(action: unknown, known: string[]): RescaleError {
  const value = typeof action === 'string' || typeof action === 'number' ? action : typeof action;
  return new RescaleError('RESCALE_INPUT', 'input-action', { value, actions: known.join(', ') });
}

/** A disabled node still stands in the flows, and so does the template of a node in a subflow. */
function isConfigured(RED: NodeAPI, node: Node): boolean {
  let found = false;
  RED.nodes.eachNode((config) => {
    if (config.id === node.id || config.id === node._alias) found = true;
  });
  return found;
}

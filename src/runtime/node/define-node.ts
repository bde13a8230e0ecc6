import type { Node, NodeAPI } from 'node-red';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { say, toFlowError } from '../status/catalog';
import type {
  Behaviour,
  Control,
  LocalNodeDefinition,
  Message,
  NodeDefinition,
  NodeHost,
  Work,
} from '../definition/definition';
import { propertyEvaluator } from '../definition/evaluate-property';
import type { Fields, FieldValues, NodeConfig } from '../fields/fields';
import { localWorkOf, sendOutcome, takeInput, workOf, type Exits, type Input } from './input';
import { sweepLeftovers } from '../state/leftovers';
import { applyResult } from '../definition/messages';
import { migrate } from '../fields/migrations';
import { readField, readFields, takeSeat, type Seat } from './seat';

/** Node-RED waits for a closing node; work that does not end by then is left to end on its own. Milliseconds. */
const CLOSING = 700;

/** What Node-RED loads: the function that registers a node type. */
export type NodeModule = (RED: NodeAPI) => void;

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
  return (RED) => {
    RED.nodes.registerType(definition.type, function (this: Node, config: NodeConfig) {
      RED.nodes.createNode(this, config);
      bringUp(RED, this, migrate(definition.type, config), definition, local);
    });
  };
}

function bringUp<Shape extends Fields>(
  RED: NodeAPI,
  node: Node,
  config: NodeConfig,
  definition: NodeDefinition<Shape>,
  local: boolean,
): void {
  type Values = FieldValues<Shape>;
  const seat = takeSeat(RED, node, config, definition.busy, local);
  const inputs = new Set<Input>();

  const track = (input: Input) => {
    inputs.add(input);
    void input.ended.then(() => inputs.delete(input));
  };
  const host = createHost(seat, definition, track);
  const behaviour: Behaviour<Values> = definition.setup
    ? definition.setup(host)
    : { input: (work) => definition.work!(work) };

  const takeWork = (message: Message, exits: Exits) =>
    takeInput(seat, message, exits, 'counted', async (input) => {
      const fields = await readFields(seat, definition.fields, message);
      refuseWhenReadOnly(seat, definition.changes);
      const work = await startWork(seat, input, fields);
      if (!input.open) return undefined;
      return sendOutcome(seat, input, work, behaviour.input!(work));
    });

  const takeControl = (message: Message, exits: Exits) =>
    takeInput(seat, message, exits, 'silent', async (input) => {
      const actions = behaviour.actions ?? {};
      const action = typeof message.action === 'string' ? message.action : '';
      if (!Object.hasOwn(actions, action)) throw unknownAction(message.action, Object.keys(actions));
      await actions[action]!(controlOf(seat, definition, input, action));
    });

  node.on('input', (message: Message, send, done) => {
    const exits: Exits = { send, done: () => done(), fail: (error) => done(error) };
    const controlled = behaviour.actions && (!behaviour.input || (message.action ?? null) !== null);
    track((controlled ? takeControl : takeWork)(message, exits));
  });

  if (behaviour.started) {
    void seat.started.then(() => {
      if (seat.signal.aborted) return;
      sweepLeftovers(RED);
      host.background(() => behaviour.started!());
    });
  }

  node.on('close', (removed: boolean, done: () => void) => {
    const open = [...inputs];
    for (const input of open) input.close();
    seat.close();
    const configured = !removed || isConfigured(RED, node);
    void within(CLOSING, Promise.all(open.map((input) => input.ended)))
      .then(() => behaviour.closed?.({ removed, configured }))
      .catch((error: unknown) => node.warn(toFlowError(RED, error).message))
      .then(done);
  });
}

/** The definition of a local node is typed to see no connection, so that there need not be one. */
async function startWork<Values>(seat: Seat, input: Input, fields: Values): Promise<Work<Values>> {
  if (seat.local) return localWorkOf(seat, input, fields) as Work<Values>;
  return workOf(seat, input, await seat.connect(), fields);
}

function createHost<Shape extends Fields>(
  seat: Seat,
  definition: NodeDefinition<Shape>,
  track: (input: Input) => void,
): NodeHost<FieldValues<Shape>> {
  const { RED, node, board } = seat;
  const whole = {};
  return {
    id: node.id,
    type: node.type,
    name: node.name ?? '',
    signal: seat.signal,
    clock: seat.clock,
    settings: RED.settings,
    get platformName() {
      try {
        return seat.platform().name;
      } catch {
        return null;
      }
    },
    connect: () => seat.connect(),
    read: (name, message = {}) =>
      readField(seat, String(name), definition.fields[name]!, propertyEvaluator(RED, node, message)) as never,
    async send(result, message = {}, trace = { attempts: 0, status: null }) {
      await seat.started;
      if (seat.signal.aborted) return;
      applyResult(message, result, { connection: seat.connection, local: seat.local, trace });
      node.send([...Array<null>(result.output ?? 0).fill(null), message]);
    },
    report: (error, message) => seat.report(error, message),
    resume(message, fields, task) {
      const exits: Exits = {
        send: (messages) => node.send(messages),
        done: () => {},
        fail: (error) => seat.report(error, message),
      };
      track(
        takeInput(seat, message, exits, 'counted', async (input) => {
          input.suspendOnClose();
          await seat.started;
          if (!input.open) return undefined;
          const work = await startWork(seat, input, fields);
          return input.open ? sendOutcome(seat, input, work, task(work)) : undefined;
        }),
      );
    },
    background(task) {
      const guarded = async () => {
        try {
          await task(seat.signal);
        } catch (error) {
          if (seat.signal.aborted) return;
          if (isRescaleError(error)) seat.showFailure(error);
          seat.report(error);
        }
      };
      void guarded();
    },
    show: (kind, text) => board.show(kind, text),
    trouble: (text, until, needsPerson) => board.trouble(whole, text, until, needsPerson),
    warn: (sentence) => node.warn(say(RED, sentence)),
    log: (words) => node.log(words),
  };
}

function controlOf<Shape extends Fields>(
  seat: Seat,
  definition: NodeDefinition<Shape>,
  input: Input,
  action: string,
): Control<FieldValues<Shape>> {
  const evaluate = propertyEvaluator(seat.RED, seat.node, input.message);
  return {
    action,
    message: input.message,
    signal: seat.signal,
    trace: input.trace,
    clock: seat.clock,
    read: (name) => readField(seat, String(name), definition.fields[name]!, evaluate) as never,
  };
}

function refuseWhenReadOnly(seat: Seat, changes: boolean | undefined): void {
  if (changes && seat.platform().readOnly) throw new RescaleError('RESCALE_READ_ONLY', 'read-only');
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

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

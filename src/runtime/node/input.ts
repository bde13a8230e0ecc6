import { setImmediate as othersTurn } from 'node:timers/promises';
import type { RescaleClient } from '../../api/client/client';
import type { RescaleError } from '../../api/errors/errors';
import { inBackground, listen, noteFault } from '../../api/errors/guard';
import type { TaskProgress } from '../../runs/tasks/task-context';
import type {
  InputContext,
  Message,
  NodeEvents,
  Result,
  Results,
  StatusText,
} from '../definition/definition';
import {
  applyResult,
  copyableMessage,
  refuseSparse,
  withoutSparse,
  writableMessage,
} from '../definition/messages';
import { refuseUnreadable } from '../definition/unreadable';
import { readFields } from '../fields/fields';
import { translate } from '../status/message-catalog';
import { sizeText } from '../status/status-texts';
import { hasAction } from './control';
import { noteSending } from './delivery';
import { failInput, keepInput } from './input-ends';
import { closedError, type Exits, type Input, type NodeInstance } from './node-instance';
import { refuseChange } from './refuse-change';

/** What is done with a message in progress. It may return what the green dot says. */
type Task = (input: Input) => Promise<StatusText | void>;

/** Which part of the status a message takes: control messages leave it alone unless they fail. */
type StatusPart = 'counted' | 'silent';

/** Who takes the messages of a node; `control` is for those that ask for an action. */
export interface Taker {
  instance: NodeInstance;
  control: Task | null;
}

/** Gives every message that comes to a node to the one who takes them then. */
export function takeInputs(node: NodeInstance['node'], taker: () => Taker): void {
  listen(node as NodeEvents, 'input', (message: Message, send: Exits['send'], done: Exits['done']) => {
    const { instance, control } = taker();
    const part = instance.definition.showsItself ? 'silent' : 'counted';
    if (control && (!instance.behaviour.input || hasAction(message))) {
      return takeInput(instance, message, { send, done }, 'silent', control);
    }
    return takeInput(instance, message, { send, done }, part, answer);
  });
}

/**
 * Takes a message in hand until its work has ended. Whatever the work does, the message has exactly one end: done, failed (`failInput`) or,
 * when it is kept on disk, silence.
 */
export async function takeInput(
  instance: NodeInstance,
  received: Message,
  exits: Exits,
  part: StatusPart,
  task: Task,
): Promise<void> {
  const { board } = instance;
  const input: Input = {
    instance,
    received,
    message: writableMessage(received),
    exits,
    trace: {
      attempts: 0,
      status: null,
      onRetry: (error, wait) => board.trouble(input, error && retryText(error), instance.clock.now() + wait),
    },
    open: true,
    durable: false,
    storing: null,
    closing: null,
    afterwards: [],
  };
  if (part === 'counted') board.begin(input);
  instance.inputs.add(input);
  try {
    if (instance.signal.aborted) throw closedError();
    refuseSparse(input.message);
    refuseUnreadable(input.message);
    const status = await task(input);
    if (input.open) {
      input.open = false;
      try {
        board.end(input, part === 'counted' ? (status ?? { key: 'done' }) : undefined);
        exits.done();
      } catch (fault) {
        // Whoever listens at Complete has thrown; the message has had its end all the same.
        noteFault(fault);
      }
      for (const act of input.afterwards) inBackground(act());
    }
  } catch (error) {
    // A close while it is being written again: told by what becomes of that, and not by the abort of the work.
    if (input.closing) await input.storing?.stored;
    failInput(input, error ?? new Error('no reason'));
  } finally {
    instance.inputs.delete(input);
    input.closing?.ended();
  }
}

/** Work that was stored before a restart: its fields were evaluated then. */
interface StoredWork {
  fields: object;
  work(context: InputContext<object>): Results;
}

/** What a node does with a message: its fields are read, its platform is found, and what comes of the work is sent. */
export async function answer(input: Input, stored?: StoredWork): Promise<StatusText | void> {
  const { instance, message, trace } = input;
  const { board, definition, local, signal, clock } = instance;
  const fields = stored?.fields ?? (await readFields(instance, definition.fields, message));
  if (definition.changes && !stored) refuseChange(instance, message, fields);
  let connection = local ? null : instance.connection;
  if (!local && !connection?.isOpen) connection = await instance.connect();
  if (!input.open) return undefined;
  const context: InputContext<object> = {
    fields,
    message,
    signal,
    trace,
    clock,
    busy: (text) => board.busy(input, text),
    progress: (fact) => board.busy(input, factText(fact)),
    translate: (sentence) => translate(instance.RED, sentence),
    trouble: (text, until) => board.trouble(input, text, until),
    keep: (begin) => keepInput(input, begin),
    // The trace stands for it: under the message's own key a request that is tried again would take it back.
    showUnstored: (unstored) => board.trouble(trace, unstored ? { key: 'not-stored' } : null),
    afterwards: (act) => void input.afterwards.push(act),
    // The definition of a local node is typed to see no connection.
    connection: connection!,
    client: connection?.client as RescaleClient,
  };
  const outcome = stored ? stored.work(context) : instance.behaviour.input!(context);
  if (Symbol.asyncIterator in outcome) return sendEach(input, outcome, context);
  const result = await outcome;
  if (result) sendResult(input, message, result, context);
  return result?.status;
}

function sendResult(input: Input, message: Message, result: Result, context: InputContext<object>): void {
  const { jobId, runId } = context.fields as { jobId?: unknown; runId?: unknown };
  applyResult(message, result, {
    connection: context.connection,
    local: input.instance.local,
    jobId: typeof jobId === 'string' ? jobId : undefined,
    runId: typeof runId === 'string' ? runId : undefined,
    trace: context.trace,
  });
  if (result.error) {
    // Catch gets the incoming message, so what the work achieved has to be on that one.
    Object.assign(input.message, message);
    throw result.error;
  }
  if (!input.open) return;
  if (input.durable) noteSending(input.instance);
  const messages = Array<Message | null>(result.output ?? 0).fill(null);
  messages.push(message);
  input.exits.send(messages);
}

/** Rows of one answer that are sent one by one take so long (ms) at most before others have their turn: a list can have 200,000. */
const LONGEST_TURN = 20;

/** Sends what a generator makes, as it comes, and returns the figure for the status. */
async function sendEach(
  input: Input,
  results: AsyncGenerator<Result, StatusText | void, undefined>,
  context: InputContext<object>,
): Promise<StatusText | void> {
  let status: StatusText | undefined;
  const copyFor = copies(input);
  let turnBegan = performance.now();
  // Not `for await`, which drops what the generator returns. Whatever ends the loop ends the generator, too, so that it
  // lets go of what it holds.
  try {
    for (;;) {
      const step = await results.next();
      if (step.done) return step.value ?? status;
      if (!input.open) return undefined;
      status = step.value.status ?? status;
      sendResult(input, copyFor(step.value), step.value, context);
      if (performance.now() - turnBegan >= LONGEST_TURN) {
        await othersTurn();
        turnBegan = performance.now();
      }
    }
  } finally {
    await results.return();
  }
}

/**
 * Each message of several is a message of its own, down to the last nested object. What the result replaces anyway is
 * not copied: a list of thousands would copy an incoming payload thousands of times. What can't be copied is left out.
 */
function copies({ instance, message }: Input): (result: Result) => Message {
  const clone = (some: Message) => instance.RED.util.cloneMessage(some);
  let from = withoutSparse(message);
  return (result) => {
    const kept = { ...from };
    if ('payload' in result) delete kept.payload;
    try {
      return clone(kept);
    } catch {
      from = copyableMessage(from, clone);
      return clone('payload' in result ? { ...from, payload: undefined } : from);
    }
  };
}

/** Why a request is tried again, for the yellow ring. */
function retryText({ code, statusCode }: RescaleError): StatusText {
  if (statusCode !== undefined && statusCode >= 400) {
    return { key: 'retrying-status', values: { status: statusCode } };
  }
  return { key: code === 'RESCALE_TIMEOUT' ? 'retrying-timeout' : 'retrying-network' };
}

function factText(fact: TaskProgress): StatusText {
  switch (fact.doing) {
    case 'following':
      return { key: 'following', values: { lines: fact.lines } };
    case 'downloading':
      return {
        key: 'downloading',
        values: { files: fact.files, total: fact.totalFiles, rate: sizeText(fact.bytesPerSecond) },
      };
    default:
      return { key: fact.doing };
  }
}

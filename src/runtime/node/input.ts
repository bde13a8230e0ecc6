import { setImmediate as othersTurn } from 'node:timers/promises';
import type { CallTrace, RescaleClient } from '../../api/client/client';
import type { RescaleError } from '../../api/errors/errors';
import { inBackground, noteFault } from '../../api/errors/guard';
import type { TaskProgress } from '../../runs/tasks/task-context';
import { translate, toFlowError } from '../status/catalog';
import type {
  Connection,
  Message,
  Results,
  Result,
  StatusText,
  Storing,
  InputContext,
} from '../definition/definition';
import { applyResult, copyableMessage, writableMessage } from '../definition/messages';
import { noteSending } from './delivery';
import { closedError, type NodeInstance, type OpenInput } from './node-instance';
import { sizeText } from '../status/status-texts';

/** Where a message in progress leads to. Each is called by one place only, so that each happens once. */
export interface Exits {
  send(messages: (Message | null)[]): void;
  /** Catch gets the error, if there is one, else Complete the message. */
  done(error?: RescaleError): void;
}

/** One message in progress. */
export interface Input extends OpenInput {
  readonly message: Message;
  readonly trace: CallTrace;
  /** False when it has ended, one way or the other: what still arrives is dropped. */
  readonly open: boolean;
  /** From now on it is kept durably: a close is silent about it. */
  suspendOnClose(): void;
  /** See `Work.keep`. */
  keep(begin: () => Storing): Promise<boolean>;
  /** See `Work.afterwards`. */
  afterwards(act: () => Promise<unknown>): void;
  send(messages: (Message | null)[]): void;
}

/** Why a request is tried again, for the yellow ring. */
function retryText({ code, statusCode }: RescaleError): StatusText {
  if (statusCode !== undefined && statusCode >= 400) {
    return { key: 'retrying-status', values: { status: statusCode } };
  }
  return { key: code === 'RESCALE_TIMEOUT' ? 'retrying-timeout' : 'retrying-network' };
}

/** Which part of the status a message takes: control messages leave it alone unless they fail. */
type StatusPart = 'counted' | 'silent';

/**
 * Takes a message in hand until its work has ended. Whatever the work does, exactly one of `done`, `fail` or silence
 * follows, and nothing is thrown or rejected to the outside, because that would end Node-RED.
 */
export function takeInput(
  instance: NodeInstance,
  received: Message,
  exits: Exits,
  part: StatusPart,
  task: (input: Input) => Promise<StatusText | void>,
): void {
  const { board } = instance;
  const message = writableMessage(received);
  let durable = false;
  let closing = false;
  let storing: Storing | null = null;
  let tellClosed = () => {};
  const afterwards: (() => Promise<unknown>)[] = [];

  const settle = (error: unknown, status?: StatusText | void) => {
    if (!input.open) return;
    input.open = false;
    try {
      if (error !== null) {
        const flowError = toFlowError(instance.RED, error, instance.node.type);
        board.end(input);
        if (flowError.code !== 'RESCALE_CLOSED' || !instance.leave(message)) {
          instance.showFailure(flowError);
          // Catch copies little of an error but all of the message.
          if (flowError.statusCode !== undefined) message.statusCode = flowError.statusCode;
          if (durable) noteSending(instance);
          tell(flowError);
        }
      } else {
        board.end(input, part === 'counted' ? (status ?? { key: 'done' }) : undefined);
        exits.done();
      }
    } catch (fault) {
      // Whoever listens at Catch or Complete has thrown; the message has had its end all the same.
      noteFault(fault);
    }
    for (const act of afterwards) inBackground(act());
  };
  const tell = (error: RescaleError) => {
    const copyable = () => copyableMessage(message, (part) => instance.RED.util.cloneMessage(part));
    // Node-RED would give Catch what came, on which what the work achieved could not be put.
    if (message !== received) return instance.report(error, copyable());
    try {
      exits.done(error);
    } catch (fault) {
      const told = copyable();
      // Catch has thrown, and not the copying for it: it knows.
      if (told === message) throw fault;
      instance.report(error, told);
    }
  };
  const endClosed = () => {
    if (durable) {
      input.open = false;
      board.end(input);
    } else settle(closedError());
    tellClosed();
  };

  const input = {
    message,
    trace: {
      attempts: 0,
      status: null as number | null,
      onRetry: (error: RescaleError | null, wait: number) =>
        board.trouble(input, error && retryText(error), instance.clock.now() + wait),
    },
    open: true,
    ended: Promise.resolve(),
    suspendOnClose() {
      durable = true;
    },
    async keep(begin: () => Storing) {
      if (!input.open || closing) throw closedError();
      storing = begin();
      durable = await storing.stored;
      storing = null;
      // Before the work goes on: it would take its abort for an error that has to be told.
      if (closing) endClosed();
      return durable;
    },
    afterwards: (act: () => Promise<unknown>) => void afterwards.push(act),
    giveUpStoring: () => storing?.withdraw(),
    send(messages: (Message | null)[]) {
      if (!input.open) return;
      if (durable) noteSending(instance);
      exits.send(messages);
    },
    close: () =>
      new Promise<void>((resolve) => {
        tellClosed = resolve;
        closing = true;
        if (!storing) endClosed();
      }),
  };

  async function run(): Promise<void> {
    try {
      if (instance.signal.aborted) throw closedError();
      settle(null, await task(input));
    } catch (error) {
      // A close while it is being written again: told by what becomes of that, and not by the abort of the work.
      if (closing) await storing?.stored;
      settle(error ?? new Error('no reason'));
    } finally {
      instance.inputs.delete(input);
    }
  }
  if (part === 'counted') board.begin(input);
  instance.inputs.add(input);
  input.ended = run();
}

/** What a definition's function works with; without a connection in a node that needs no platform. */
export function contextOf<Values>(
  instance: NodeInstance,
  input: Input,
  connection: Connection | null,
  fields: Values,
): InputContext<Values> {
  const { board } = instance;
  return {
    fields,
    message: input.message,
    signal: instance.signal,
    trace: input.trace,
    clock: instance.clock,
    busy: (text) => board.busy(input, text),
    progress: (fact) => board.busy(input, factText(fact)),
    translate: (sentence) => translate(instance.RED, sentence),
    trouble: (text, until) => board.trouble(input, text, until),
    keep: (begin) => input.keep(begin),
    // The trace stands for it: under the message's own key a request that is tried again would take it back.
    showUnstored: (unstored) => board.trouble(input.trace, unstored ? { key: 'not-stored' } : null),
    afterwards: (act) => input.afterwards(act),
    // The definition of a local node is typed to see no connection.
    connection: connection!,
    client: connection?.client as RescaleClient,
  };
}

/** Rows of one answer that are sent one by one take so long (ms) at most before others have their turn: a list can have 200,000. */
const LONGEST_TURN = 20;

/** Sends what comes out of an input and returns the figure for the status. */
export async function sendResults<Values>(
  instance: NodeInstance,
  input: Input,
  context: InputContext<Values>,
  outcome: Results,
): Promise<StatusText | void> {
  if (!(Symbol.asyncIterator in outcome)) {
    const result = await outcome;
    if (result) sendResult(input, input.message, result, context);
    return result?.status;
  }
  let status: StatusText | undefined;
  const copyFor = copies(instance, input.message);
  let turnBegan = performance.now();
  // Not `for await`, which drops what the generator returns. Whatever ends the loop ends the generator, too, so that it
  // lets go of what it holds.
  try {
    for (;;) {
      const step = await outcome.next();
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
    await outcome.return();
  }
}

function sendResult<Values>(
  input: Input,
  message: Message,
  result: Result,
  context: InputContext<Values>,
): void {
  const { jobId, runId } = context.fields as { jobId?: unknown; runId?: unknown };
  applyResult(message, result, {
    connection: context.connection,
    local: context.connection === null,
    jobId: typeof jobId === 'string' ? jobId : undefined,
    runId: typeof runId === 'string' ? runId : undefined,
    trace: context.trace,
  });
  if (result.error) {
    // Catch gets the incoming message, so what the work achieved has to be on that one.
    Object.assign(input.message, message);
    throw result.error;
  }
  const messages = Array<Message | null>(result.output ?? 0).fill(null);
  messages.push(message);
  input.send(messages);
}

/**
 * Each message of several is a message of its own, down to the last nested object. What the result replaces anyway is
 * not copied: a list of thousands would copy an incoming payload thousands of times. What can't be copied is left out.
 */
function copies(instance: NodeInstance, message: Message): (result: Result) => Message {
  const clone = (some: Message) => instance.RED.util.cloneMessage(some);
  let from = message;
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

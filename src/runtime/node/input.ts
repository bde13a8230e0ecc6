import type { CallTrace } from '../../api/client/client';
import type { RescaleError } from '../../api/errors/errors';
import { noteFault } from '../../api/errors/guard';
import type { WorkFact } from '../../runs/work/work';
import { say, toFlowError } from '../status/catalog';
import type {
  Connection,
  LocalWork,
  Message,
  Outcome,
  Result,
  StatusText,
  Storing,
  Work,
} from '../definition/definition';
import { applyResult } from '../definition/messages';
import { closedError, type NodeInstance } from './node-instance';
import { sizeText } from '../status/status-texts';

/** Where a message in progress leads to. Each is called by one place only, so that each happens once. */
export interface Exits {
  send(messages: (Message | null)[]): void;
  done(): void;
  fail(error: RescaleError): void;
}

/** One message in progress. */
export interface Input {
  readonly message: Message;
  readonly trace: CallTrace;
  /** False when it has ended, one way or the other: what still arrives is dropped. */
  readonly open: boolean;
  /** Settles when its work has really ended, after the exits were taken. Never rejects. */
  readonly ended: Promise<void>;
  /** From now on it is kept durably: a close is silent about it. */
  suspendOnClose(): void;
  /** See `Work.keep`. */
  keep(begin: () => Storing): Promise<boolean>;
  /** Resolves when a close has told what there is to tell of it: at once, unless it is being written just then. */
  readonly toldClosed: Promise<void>;
  /** It takes too long to be written for the first time: given up unless its writing has begun. */
  giveUpStoring(): void;
  send(messages: (Message | null)[]): void;
  /** The node closes: RESCALE_CLOSED for it, or silence when it is kept durably. */
  close(): void;
}

/** Why a request is tried again, for the yellow ring. */
function retryText({ code, statusCode }: RescaleError): StatusText {
  if (code === 'RESCALE_SERVER' && statusCode !== undefined) {
    return { key: 'retrying-status', values: { status: statusCode } };
  }
  return { key: code === 'RESCALE_TIMEOUT' ? 'retrying-timeout' : 'retrying-network' };
}

/** Which part of the status a message takes: control messages leave it alone unless they fail. */
export type StatusPart = 'counted' | 'silent';

/**
 * Takes a message in hand until its work has ended. Whatever the work does, exactly one of `done`, `fail` or silence
 * follows, and nothing is thrown or rejected to the outside, because that would end Node-RED.
 */
export function takeInput(
  instance: NodeInstance,
  message: Message,
  exits: Exits,
  part: StatusPart,
  task: (input: Input) => Promise<StatusText | void>,
): Input {
  let open = true;
  let durable = false;
  let closing = false;
  let storing: Storing | null = null;
  let tellClosed = () => {};
  const toldClosed = new Promise<void>((resolve) => (tellClosed = resolve));

  const settle = (error: unknown, failed: boolean, status?: StatusText) => {
    if (!open) return;
    open = false;
    instance.board.end(input);
    try {
      if (failed) {
        const flowError = toFlowError(instance.RED, error);
        instance.showFailure(flowError);
        // Catch copies little of an error but all of the message.
        if (flowError.statusCode !== undefined) message.statusCode = flowError.statusCode;
        exits.fail(flowError);
      } else {
        if (part === 'counted') instance.board.show(status?.kind ?? 'done', status ?? { key: 'done' });
        exits.done();
      }
    } catch (fault) {
      // Whoever listens at Catch or Complete has thrown; the message has had its end all the same.
      noteFault(fault);
    }
  };

  const input: Input = {
    message,
    trace: {
      attempts: 0,
      status: null,
      onRetry: (error, wait) =>
        instance.board.trouble(input, error && retryText(error), instance.clock.now() + wait),
    },
    get open() {
      return open;
    },
    get ended() {
      return ended;
    },
    toldClosed,
    suspendOnClose() {
      durable = true;
    },
    async keep(begin) {
      if (!open || closing) throw closedError();
      storing = begin();
      durable = await storing.stored;
      storing = null;
      // Before the work goes on: it would take its abort for an error that has to be told.
      if (closing) endClosed();
      return durable;
    },
    giveUpStoring: () => storing?.withdraw(),
    send(messages) {
      if (open) exits.send(messages);
    },
    close() {
      closing = true;
      if (!storing) endClosed();
    },
  };
  const endClosed = () => {
    if (durable) {
      open = false;
      instance.board.end(input);
    } else settle(closedError(), true);
    tellClosed();
  };
  if (part === 'counted') instance.board.begin(input);
  const ended: Promise<void> = run(instance, input, task).then(
    (status) => settle(null, false, status ?? undefined),
    (error: unknown) => settle(error, true),
  );
  return input;
}

/** Async, so that a task that throws at once rejects like any other. */
async function run(
  instance: NodeInstance,
  input: Input,
  task: (input: Input) => Promise<StatusText | void>,
): Promise<StatusText | void> {
  if (instance.signal.aborted) throw closedError();
  return task(input);
}

/** What a definition's function works with. */
export function workOf<Values>(
  instance: NodeInstance,
  input: Input,
  connection: Connection,
  fields: Values,
): Work<Values> {
  return { ...localWorkOf(instance, input, fields), connection, client: connection.client };
}

/** The same without a platform. */
export function localWorkOf<Values>(instance: NodeInstance, input: Input, fields: Values): LocalWork<Values> {
  return {
    fields,
    message: input.message,
    signal: instance.signal,
    trace: input.trace,
    clock: instance.clock,
    busy: (text) => instance.board.busy(input, text),
    progress: (fact) => instance.board.busy(input, factText(fact)),
    say: (sentence) => say(instance.RED, sentence),
    trouble: (text, until) => instance.board.trouble(input, text, until),
    keep: (begin) => input.keep(begin),
  };
}

/** Sends what comes out of a work and returns the figure for the status. */
export async function sendOutcome<Values>(
  instance: NodeInstance,
  input: Input,
  work: LocalWork<Values> & Partial<Work<Values>>,
  outcome: Outcome,
): Promise<StatusText | void> {
  if (!(Symbol.asyncIterator in outcome)) {
    const result = await outcome;
    if (result) sendResult(input, input.message, result, work);
    return result?.status;
  }
  let status: StatusText | undefined;
  // Not `for await`, which drops what the generator returns. Whatever ends the loop ends the generator, too, so that it
  // lets go of what it holds.
  try {
    for (;;) {
      const step = await outcome.next();
      if (step.done) return step.value ?? status;
      if (!input.open) return undefined;
      status = step.value.status ?? status;
      sendResult(input, copyFor(instance, input.message, step.value), step.value, work);
    }
  } finally {
    await outcome.return();
  }
}

function sendResult<Values>(
  input: Input,
  message: Message,
  result: Result,
  work: LocalWork<Values> & Partial<Work<Values>>,
): void {
  const { jobId, runId } = work.fields as { jobId?: unknown; runId?: unknown };
  applyResult(message, result, {
    connection: work.connection ?? null,
    local: work.connection === undefined,
    ...(typeof jobId === 'string' && { jobId }),
    ...(typeof runId === 'string' && { runId }),
    trace: work.trace,
  });
  if (result.error) {
    // Catch gets the incoming message, so what the work achieved has to be on that one.
    Object.assign(input.message, message);
    throw result.error;
  }
  const output = result.output ?? 0;
  input.send([...Array<null>(output).fill(null), message]);
}

/**
 * Each message of several is a message of its own, down to the last nested object. What the result replaces anyway is
 * not copied: a list of thousands would copy an incoming payload thousands of times.
 */
function copyFor(instance: NodeInstance, message: Message, result: Result): Message {
  if (!('payload' in result)) return instance.RED.util.cloneMessage(message);
  const kept = { ...message };
  delete kept.payload;
  return instance.RED.util.cloneMessage(kept);
}

function factText(fact: WorkFact): StatusText {
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

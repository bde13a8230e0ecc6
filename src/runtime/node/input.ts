import type { CallTrace } from '../../api/client/client';
import type { RescaleError } from '../../api/errors/errors';
import type { WorkFact } from '../../runs/work/work';
import { say, toFlowError } from '../status/catalog';
import type {
  Connection,
  LocalWork,
  Message,
  Outcome,
  Result,
  StatusText,
  Work,
} from '../definition/definition';
import { applyResult } from '../definition/messages';
import { closedError, type Seat } from './seat';
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
  suspendOnClose(): void;
  send(messages: (Message | null)[]): void;
  /** The node closes: RESCALE_CLOSED for it, or silence when it is kept durably. */
  close(): void;
}

/** Which part of the status a message takes: control messages leave it alone unless they fail. */
export type StatusPart = 'counted' | 'silent';

/**
 * Takes a message in hand until its work has ended. Whatever the work does, exactly one of `done`, `fail` or silence
 * follows, and nothing is thrown or rejected to the outside, because that would end Node-RED (node-red.md 2, 10).
 */
export function takeInput(
  seat: Seat,
  message: Message,
  exits: Exits,
  part: StatusPart,
  task: (input: Input) => Promise<StatusText | void>,
): Input {
  let open = true;
  let durable = false;

  const settle = (error: unknown, failed: boolean, status?: StatusText) => {
    if (!open) return;
    open = false;
    seat.board.end(input);
    try {
      if (failed) {
        const flowError = toFlowError(seat.RED, error);
        seat.showFailure(flowError);
        // Catch copies little of an error but all of the message (node-red.md 2, 9).
        if (flowError.statusCode !== undefined) message.statusCode = flowError.statusCode;
        exits.fail(flowError);
      } else {
        if (part === 'counted') seat.board.show('done', status ?? { key: 'done' });
        exits.done();
      }
    } catch (fault) {
      seat.node.warn(toFlowError(seat.RED, fault).message);
    }
  };

  const input: Input = {
    message,
    trace: { attempts: 0, status: null },
    get open() {
      return open;
    },
    get ended() {
      return ended;
    },
    suspendOnClose() {
      durable = true;
    },
    send(messages) {
      if (open) exits.send(messages);
    },
    close() {
      if (durable) {
        open = false;
        seat.board.end(input);
      } else settle(closedError(), true);
    },
  };
  if (part === 'counted') seat.board.begin(input);
  const ended: Promise<void> = run(seat, input, task).then(
    (status) => settle(null, false, status ?? undefined),
    (error: unknown) => settle(error, true),
  );
  return input;
}

/** Async, so that a task that throws at once rejects like any other. */
async function run(
  seat: Seat,
  input: Input,
  task: (input: Input) => Promise<StatusText | void>,
): Promise<StatusText | void> {
  if (seat.signal.aborted) throw closedError();
  return task(input);
}

/** What a definition's function works with. */
export function workOf<Values>(
  seat: Seat,
  input: Input,
  connection: Connection,
  fields: Values,
): Work<Values> {
  return { ...localWorkOf(seat, input, fields), connection, client: connection.client };
}

/** The same without a platform. */
export function localWorkOf<Values>(seat: Seat, input: Input, fields: Values): LocalWork<Values> {
  return {
    fields,
    message: input.message,
    signal: seat.signal,
    trace: input.trace,
    clock: seat.clock,
    busy: (text) => seat.board.busy(input, text),
    progress: (fact) => seat.board.busy(input, factText(fact)),
    say: (sentence) => say(seat.RED, sentence),
    trouble: (text, until) => seat.board.trouble(input, text, until),
    suspendOnClose: () => input.suspendOnClose(),
  };
}

/** Sends what comes out of a work and returns the figure for the status. */
export async function sendOutcome<Values>(
  seat: Seat,
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
  for (;;) {
    const step = await outcome.next();
    if (step.done) return step.value ?? status;
    if (!input.open) {
      await outcome.return();
      return undefined;
    }
    status = step.value.status ?? status;
    sendResult(input, copyFor(seat, input.message, step.value), step.value, work);
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
function copyFor(seat: Seat, message: Message, result: Result): Message {
  if (!('payload' in result)) return seat.RED.util.cloneMessage(message);
  const kept = { ...message };
  delete kept.payload;
  return seat.RED.util.cloneMessage(kept);
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

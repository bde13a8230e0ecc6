import type { RescaleError } from '../../api/errors/errors';
import { inBackground, noteFault } from '../../api/errors/guard';
import type { Storing } from '../definition/definition';
import { copyableMessage, withoutSparse } from '../definition/messages';
import { toFlowError } from '../status/message-catalog';
import { noteSending } from './delivery';
import { closedError, type Input } from './node-instance';

/** The ends of a message other than its result: it fails, or its node closes. Nothing here throws. */

/** Catch gets the error, and the status is red; nothing when the message has had its end. */
export function failInput(input: Input, error: unknown): void {
  const { instance, message } = input;
  if (!input.open) return;
  input.open = false;
  try {
    const flowError = toFlowError(instance.RED, error, instance.node.type);
    instance.board.end(input);
    if (flowError.code !== 'RESCALE_CLOSED' || !instance.leave(message)) {
      instance.showFailure(flowError);
      // Catch copies little of an error but all of the message.
      if (flowError.statusCode !== undefined) message.statusCode = flowError.statusCode;
      if (input.durable) noteSending(instance);
      tell(input, flowError);
    }
  } catch (fault) {
    // Whoever listens at Catch has thrown; the message has had its end all the same.
    noteFault(fault);
  }
  for (const act of input.afterwards) inBackground(act());
}

function tell({ instance, received, message, exits }: Input, error: RescaleError): void {
  const copyable = () => copyableMessage(message, (part) => instance.RED.util.cloneMessage(part));
  // Node-RED would give Catch what came, on which what the work achieved could not be put.
  if (message !== received || withoutSparse(message) !== message) return instance.report(error, copyable());
  try {
    exits.done(error);
  } catch (fault) {
    const told = copyable();
    // Catch has thrown, and not the copying for it: it knows.
    if (told === message) throw fault;
    instance.report(error, told);
  }
}

/** See `InputContext.keep`. */
export async function keepInput(input: Input, begin: () => Storing): Promise<boolean> {
  if (!input.open || input.closing) throw closedError();
  input.storing = begin();
  input.durable = await input.storing.stored;
  input.storing = null;
  // Before the work goes on: it would take its abort for an error that has to be told.
  if (input.closing) endClosed(input);
  return input.durable;
}

/** A message in progress whose node closes. */
export interface ClosingInput {
  /** RESCALE_CLOSED for the message, or silence when it is kept durably: at once, unless it is being written just then. */
  readonly told: Promise<void>;
  /** Its work has really ended. Never rejects. */
  readonly ended: Promise<void>;
  /** It takes too long to be written for the first time: given up unless its writing has begun. */
  giveUpStoring(): void;
}

export function closeInput(input: Input): ClosingInput {
  let ended = () => {};
  const end = new Promise<void>((resolve) => (ended = resolve));
  const told = new Promise<void>((resolve) => {
    input.closing = { told: resolve, ended };
    if (!input.storing) endClosed(input);
  });
  return { told, ended: end, giveUpStoring: () => input.storing?.withdraw() };
}

function endClosed(input: Input): void {
  if (input.durable) {
    input.open = false;
    input.instance.board.end(input);
  } else failInput(input, closedError());
  input.closing?.told();
}

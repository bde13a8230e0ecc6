import { isRescaleError, RescaleError } from './errors';

/** What an aborted wait rejects with: the signal's own reason when that is an error. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}

/** The same for what leaves the client: the reason when it is one of our errors, else that the node was closed. */
export function abortError(signal: AbortSignal): RescaleError {
  return isRescaleError(signal.reason) ? signal.reason : new RescaleError('RESCALE_CLOSED', 'closed');
}

/**
 * The reason for calling off a wait that nobody needs any more. One for all: an error is made with its stack, which costs more
 * than the wait.
 */
export const CALLED_OFF = new Error('called off');

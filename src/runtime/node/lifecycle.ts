import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { diskReasonAt } from '../../runs/tasks/disk-reason';
import { startTimer } from '../../api/errors/guard';
import { removeOrphanedState } from '../state/orphaned-state';
import { rewriteMissingState, type StatePlace } from '../state/state-place';
import { raiseWriteLimit } from '../state/write-slots';
import { toFlowError } from '../status/message-catalog';
import type { ClosingInput } from './input-ends';
import type { NodeInstance } from './node-instance';

/** Node-RED waits for a closing node; work that does not end by then is left to end on its own. Milliseconds. */
const CLOSING = 700;
/**
 * What is just being written for the first time gets longer (ms), for Node-RED may be about to end; it gives up itself after
 * fifteen seconds. Of a node that is gone only a write that has begun is waited for.
 */
const STORING = 12_000;
const LAST_WRITES = 4_000;
/** Where there is nothing to restore that is one look into a folder (ms). */
const RESTORING = 2_000;

/** Pauses (ms) until what could not start is tried again. */
const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 60_000;

/**
 * Starts what a node does by itself once the flows have started, and again until it can: a platform may be broken
 * today, a disk busy, a simulator slow. Each different reason is told once.
 */
export async function startWhenPossible(instance: NodeInstance, start: () => Promise<void>): Promise<void> {
  await instance.started;
  if (!instance.signal.aborted) removeOrphanedState(instance.RED);
  let told = '';
  for (let pause = FIRST_RETRY; !instance.signal.aborted; pause = Math.min(2 * pause, LONGEST_RETRY)) {
    try {
      await start();
      if (told !== '') instance.board.clear('failed');
      return;
    } catch (error) {
      if (instance.signal.aborted) return;
      const known = toFlowError(instance.RED, stateError(error) ?? error);
      instance.showFailure(known);
      if (known.message !== told) instance.report(known);
      told = known.message;
    }
    await instance.clock.sleep(pause, instance.signal, true).catch(() => undefined);
  }
}

/** Of a folder that is there and can't be read. Null for what does not come from reading the state. */
function stateError(error: unknown): RescaleError | null {
  const reason = isRescaleError(error) ? null : diskReasonAt(error);
  return reason && new RescaleError('RESCALE_PROTOCOL', 'state-folder-unread', { reason });
}

/**
 * Waits until the messages of a closed node have come to their ends: for a moment for any, longer for those that are
 * being written to disk. What is not written by then is not given up: nobody could be told, because Catch nodes close
 * together with the node that they look at. It is written on, and the next node of the id takes it up when it is
 * (durable-items.ts). Only of a node that is in no flow any more nothing is kept.
 */
export async function endInputs(
  closing: ClosingInput[],
  configured: boolean,
  storing = STORING,
): Promise<void> {
  const relax = raiseWriteLimit();
  try {
    const told = Promise.all(closing.map((input) => input.told));
    if (!configured) for (const input of closing) input.giveUpStoring();
    await within(configured ? storing : LAST_WRITES, told);
    await within(CLOSING, Promise.all(closing.map((input) => input.ended)));
  } finally {
    relax();
  }
}

/** What the node holds is on disk for the next one; waited for a moment, and written on. */
export async function restoreHeld(place: StatePlace): Promise<void> {
  const relax = raiseWriteLimit();
  await within(RESTORING, rewriteMissingState(place));
  relax();
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let stop = () => {};
  const limit = new Promise<void>((resolve) => {
    stop = startTimer(milliseconds, resolve);
  });
  await Promise.race([work, limit]);
  stop();
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NodeAPI } from 'node-red';
import { listen, onAbort, whenSettled } from '../../api/errors/guard';
import { onFlowsStarted } from './flow-start';
import type { NodeInstance } from './node-instance';

/*
 * Node-RED brings a message to the next node in a later turn of the event loop than the one in which it was sent, and a deploy that
 * has closed that node by then loses it, unseen. So what must not be lost counts as sent only when it was delivered.
 */

interface Stops {
  /** How often the flows, or a part of them, were stopped. */
  count: number;
  /** They are being stopped, and are not started yet. */
  stopping: boolean;
}

/** Each Node-RED of this process has its own. */
const stopsOf = new WeakMap<NodeAPI['events'], Stops>();

/** Turns in which a message comes to the next node, and through Catch to the one after it. A kill takes along what is on its way. */
const TURNS = 3;

/** Before the first node is made: what is stopped is known to by then. */
export function watchStops({ events }: NodeAPI): void {
  if (stopsOf.has(events)) return;
  const stops: Stops = { count: 0, stopping: false };
  stopsOf.set(events, stops);
  listen(events, 'flows:stopping', () => {
    stops.count += 1;
    stops.stopping = true;
  });
  listen(events, 'flows:started', () => (stops.stopping = false));
}

/** To be called just before something is sent: what it queues runs just before the message arrives, and then it is known whether it can. */
export function noteSending(instance: NodeInstance): void {
  const stops = stopsOf.get(instance.RED.events);
  const before = stops?.stopping ? -1 : stops?.count;
  whenSettled(nextTurn(), () => {
    if (stops?.count !== before) instance.lost += 1;
  });
}

/**
 * What is sent from now on until the function is called that this returns. It says whether all that has arrived. If not, because a deploy came
 * first, it says so at once when that closes this node too, else when the flows have started again and it can be sent once more.
 */
export function watchSending(instance: NodeInstance): () => Promise<boolean> {
  const { RED, signal, lost } = instance;
  return async () => {
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    if (instance.lost === lost) return true;
    if (stopsOf.get(RED.events)?.stopping && !signal.aborted) await started(RED, signal);
    return false;
  };
}

function started(RED: NodeAPI, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const forget = onFlowsStarted(RED, resolve);
    onAbort(signal, () => {
      forget();
      resolve();
    });
  });
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Node } from 'node-red';
import { whenSettled } from '../../api/errors/guard';
import { NOTHING, started, stopsIn, type Closed } from './flow-stops';
import type { NodeInstance } from './node-instance';

/*
 * Node-RED brings a message to the next node in a later turn of the event loop than the one in which it was sent, and a deploy that
 * has closed that node by then loses it, unseen. So what must not be lost counts as sent only when it was delivered.
 */

/** Turns in which a message comes to the next node, and through Catch to the one after it. A kill takes along what is on its way. */
const TURNS = 3;

/** It is closed itself, or one of the nodes that its messages go to. */
function isAmong(closed: Closed, { node }: NodeInstance): boolean {
  if (closed === null) return true;
  const { wires = [] } = node as Node & { wires?: string[][] };
  return closed.flows.has(node.z) || [node.id, ...wires.flat()].some((id) => closed.nodes.has(id));
}

/** To be called just before something is sent: what it queues runs just before the message arrives, and then it is known whether it can. */
export function noteSending(instance: NodeInstance): void {
  const stops = stopsIn(instance.RED);
  if (!stops) return;
  const { count } = stops;
  if (isAmong(stops.closed, instance)) instance.lost += 1;
  else {
    whenSettled(nextTurn(), () => {
      if (stops.count !== count && isAmong(stops.count === count + 1 ? stops.latest : null, instance))
        instance.lost += 1;
    });
  }
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
    const closed = stopsIn(RED)?.closed ?? NOTHING;
    if (isAmong(closed, instance) && !signal.aborted) await started(RED, signal);
    return false;
  };
}

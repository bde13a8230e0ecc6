import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Node, NodeAPI } from 'node-red';
import { listen, onAbort, whenSettled } from '../../api/errors/guard';
import { onFlowsStarted } from './flow-start';
import type { NodeInstance } from './node-instance';

/*
 * Node-RED brings a message to the next node in a later turn of the event loop than the one in which it was sent, and a deploy that
 * has closed that node by then loses it, unseen. So what must not be lost counts as sent only when it was delivered.
 */

/** The ids of what a deploy closes: single nodes, and whole flows; null = everything. */
type Closed = { nodes: ReadonlySet<string>; flows: ReadonlySet<string> } | null;

interface Stops {
  /** How often the flows, or a part of them, were stopped, and what was closed by the last times. */
  count: number;
  latest: Closed;
  /** What is closed and not started again: a deploy that lacks a node's type stops nodes, and starts none until it is put right. */
  closed: Closed;
}

/** Each Node-RED of this process has its own. */
const stopsOf = new WeakMap<NodeAPI['events'], Stops>();

/** Turns in which a message comes to the next node, and through Catch to the one after it. A kill takes along what is on its way. */
const TURNS = 3;

const NOTHING: Closed = { nodes: new Set(), flows: new Set() };

/** Before the first node is made: what is stopped is known to by then. */
export function watchStops({ events }: NodeAPI): void {
  if (stopsOf.has(events)) return;
  const stops: Stops = { count: 0, latest: NOTHING, closed: NOTHING };
  stopsOf.set(events, stops);
  listen(events, 'flows:stopping', (stop: Stop | undefined) => {
    stops.count += 1;
    stops.latest = closedBy(stop);
    stops.closed = union(stops.closed, stops.latest);
  });
  listen(events, 'flows:started', () => (stops.closed = NOTHING));
}

/** As Node-RED tells that it stops flows. */
interface Stop {
  type?: string;
  diff?: Partial<
    Record<'added' | 'changed' | 'removed' | 'linked' | 'rewired' | 'flowChanged', string[]>
  > | null;
}

function closedBy({ type, diff }: Stop = {}): Closed {
  if (!diff || (type !== 'nodes' && type !== 'flows')) return null;
  const { added = [], changed = [], removed = [], linked = [], rewired = [], flowChanged = [] } = diff;
  const more = type === 'flows' ? [...linked, ...rewired] : [];
  // A tab whose nodes were changed is among the changed as well, and is not closed for that.
  return {
    nodes: new Set([...changed, ...removed, ...more]),
    flows: new Set([...added, ...removed, ...flowChanged]),
  };
}

function union(some: Closed, more: Closed): Closed {
  if (some === null || more === null) return null;
  return {
    nodes: new Set([...some.nodes, ...more.nodes]),
    flows: new Set([...some.flows, ...more.flows]),
  };
}

/** It is closed itself, or one of the nodes that its messages go to. */
function isAmong(closed: Closed, { node }: NodeInstance): boolean {
  if (closed === null) return true;
  const { wires = [] } = node as Node & { wires?: string[][] };
  return closed.flows.has(node.z) || [node.id, ...wires.flat()].some((id) => closed.nodes.has(id));
}

/** To be called just before something is sent: what it queues runs just before the message arrives, and then it is known whether it can. */
export function noteSending(instance: NodeInstance): void {
  const stops = stopsOf.get(instance.RED.events);
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
    const closed = stopsOf.get(RED.events)?.closed ?? NOTHING;
    if (isAmong(closed, instance) && !signal.aborted) await started(RED, signal);
    return false;
  };
}

/** In the middle of a deploy what is there may be about to be replaced, and what is missing to come. */
export async function afterDeploy({ RED, signal }: NodeInstance): Promise<void> {
  const { closed } = stopsOf.get(RED.events) ?? { closed: NOTHING };
  if (closed !== NOTHING) await started(RED, signal);
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

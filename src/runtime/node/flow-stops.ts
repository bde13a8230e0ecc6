import type { NodeAPI } from 'node-red';
import { listen, onAbort } from '../../api/errors/guard';
import { onFlowsStarted } from './flow-start';

/* What the deploys of a Node-RED have closed, and whether it has been started again. */

/** The ids of what a deploy closes: single nodes, and whole flows; null = everything. */
export type Closed = { nodes: ReadonlySet<string>; flows: ReadonlySet<string> } | null;

interface Stops {
  /** How often the flows, or a part of them, were stopped, and what was closed by the last times. */
  count: number;
  latest: Closed;
  /** What is closed and not started again: a deploy that lacks a node's type stops nodes, and starts none until it is put right. */
  closed: Closed;
}

/** Each Node-RED of this process has its own. */
const stopsOf = new WeakMap<NodeAPI['events'], Stops>();

export const NOTHING: Closed = { nodes: new Set(), flows: new Set() };

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

/** What is known of the deploys so far; undefined where nobody watches. */
export const stopsIn = ({ events }: NodeAPI): Readonly<Stops> | undefined => stopsOf.get(events);

interface Deployed {
  RED: NodeAPI;
  signal: AbortSignal;
}

/** In the middle of a deploy what is there may be about to be replaced, and what is missing to come. */
export async function afterDeploy({ RED, signal }: Deployed): Promise<void> {
  const { closed } = stopsOf.get(RED.events) ?? { closed: NOTHING };
  if (closed !== NOTHING) await started(RED, signal);
}

export function started(RED: NodeAPI, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const forget = onFlowsStarted(RED, resolve);
    onAbort(signal, () => {
      forget();
      resolve();
    });
  });
}

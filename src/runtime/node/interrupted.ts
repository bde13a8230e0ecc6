import type { Node, NodeAPI } from 'node-red';
import { listen, startTimer } from '../../api/errors/guard';
import type { Message } from '../definition/definition';
import { translate } from '../status/catalog';

/*
 * Messages that were in work when their node was closed, and are kept nowhere. A deploy closes Catch nodes, and what stands behind
 * them, together with the node that they look at: an error that is told then reaches nobody, and Node-RED leaves it out of its log
 * as well, because a Catch node took it. So it is told by the next node of the id, once the flows have started. Where none
 * comes, and when Node-RED ends, the log says how many there were.
 */

interface Deploys {
  /** The flows are being stopped, and are not started yet. */
  stopping: boolean;
  /** By the id of their node. */
  interrupted: Map<string, { name: string; messages: Message[] }>;
  /** What the next node has told a moment ago: by the name of the node. */
  told: { name: string; count: number; at: number }[];
}

/** What hears an error needs a moment (ms) to send its mail or write its file; a deploy that comes before ends that, too. */
const MOMENT = 5_000;

/** Each Node-RED of this process has its own. */
const deploysOf = new WeakMap<NodeAPI['events'], Deploys>();

/** Before the first node is made: what closes in a deploy is known to by then. */
export function watchDeploys(RED: NodeAPI): void {
  if (deploysOf.has(RED.events)) return;
  const deploys: Deploys = { stopping: false, interrupted: new Map(), told: [] };
  deploysOf.set(RED.events, deploys);
  let callOff = () => {};
  const end = () => {
    deploys.stopping = false;
    for (const { name, messages } of deploys.interrupted.values())
      log('closed-untold', name, messages.length);
    deploys.interrupted.clear();
  };
  const log = (key: 'closed-untold' | 'closed-twice', node: string, count: number) =>
    RED.log.warn(translate(RED, { key, values: { node, count } }));
  listen(RED.events, 'flows:stopping', () => {
    deploys.stopping = true;
    callOff();
    const since = performance.now() - MOMENT;
    for (const { name, count, at } of deploys.told.splice(0))
      if (at >= since) log('closed-twice', name, count);
  });
  // The nodes that were made have taken theirs by then.
  listen(RED.events, 'flows:started', () => {
    deploys.stopping = false;
    callOff = startTimer(0, end);
  });
  listen(RED.events, 'runtime-event', (event: unknown) => {
    if (hasStopped(event)) end();
  });
}

/** The flows were stopped, and not in order to start others. */
function hasStopped(event: unknown): boolean {
  const { id, payload } = (event ?? {}) as { id?: unknown; payload?: { state?: unknown; deploy?: unknown } };
  return id === 'runtime-state' && payload?.state === 'stop' && payload.deploy !== true;
}

/** Leaves the message to the next node of the id. False when no deploy goes on: then whoever listens is there. */
export function leaveInterrupted(RED: NodeAPI, node: Node, message: Message): boolean {
  const deploys = deploysOf.get(RED.events);
  if (!deploys?.stopping) return false;
  const left = deploys.interrupted.get(node.id) ?? { name: node.name || node.type, messages: [] };
  deploys.interrupted.set(node.id, left);
  left.messages.push(message);
  return true;
}

/** What the node before this one has left. */
export function takeInterrupted(RED: NodeAPI, node: Node): Message[] {
  const deploys = deploysOf.get(RED.events);
  const messages = deploys?.interrupted.get(node.id)?.messages ?? [];
  deploys?.interrupted.delete(node.id);
  if (messages.length > 0) {
    const at = performance.now();
    const recent = deploys!.told.filter((one) => one.at >= at - MOMENT);
    deploys!.told = [...recent, { name: node.name || node.type, count: messages.length, at }];
  }
  return messages;
}

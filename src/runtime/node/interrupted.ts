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
}

/** Each Node-RED of this process has its own. */
const deploysOf = new WeakMap<NodeAPI['events'], Deploys>();

/** Before the first node is made: what closes in a deploy is known to by then. */
export function watchDeploys(RED: NodeAPI): void {
  if (deploysOf.has(RED.events)) return;
  const deploys: Deploys = { stopping: false, interrupted: new Map() };
  deploysOf.set(RED.events, deploys);
  let callOff = () => {};
  const end = () => {
    deploys.stopping = false;
    for (const { name, messages } of deploys.interrupted.values()) {
      RED.log.warn(translate(RED, { key: 'closed-untold', values: { node: name, count: messages.length } }));
    }
    deploys.interrupted.clear();
  };
  listen(RED.events, 'flows:stopping', () => {
    deploys.stopping = true;
    callOff();
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
  const interrupted = deploysOf.get(RED.events)?.interrupted;
  const messages = interrupted?.get(node.id)?.messages ?? [];
  interrupted?.delete(node.id);
  return messages;
}

import type { Node, NodeAPI } from 'node-red';
import { listen, startTimer } from '../../api/errors/guard';
import type { Message } from '../definition/definition';
import { translate } from '../status/message-catalog';

/*
 * Messages that were in work when their node was closed, and are kept nowhere. A deploy closes Catch nodes, and what stands behind
 * them, together with the node that they look at: an error that is told then reaches nobody, and Node-RED leaves it out of its log
 * as well, because a Catch node took it. So it is told by the next node of the id, once the flows have started. What hears it needs a
 * moment, and a deploy that comes before may end that, too: then it is told once more, marked as redelivered. Where no such node
 * comes, and when Node-RED ends, the log says how many there were.
 */

/** A message that its node has not brought to an end. */
interface Interrupted {
  message: Message;
  /** It was told before, and what hears of it may not have come to its end. */
  again: boolean;
}

interface Left {
  name: string;
  messages: Interrupted[];
}

interface Deploys {
  /** The flows are being stopped, and are not started yet. */
  stopping: boolean;
  /** By the id of their node. */
  interrupted: Map<string, Left>;
  /** What was told since the last deploy, and a moment ago at most, by the id of the node. */
  told: Map<string, Left>;
  forgetLater: () => void;
}

/** What hears an error needs a moment (ms) to send its mail or write its file. */
const MOMENT = 5_000;

/** Each Node-RED of this process has its own. */
const deploysOf = new WeakMap<NodeAPI['events'], Deploys>();

/** Before the first node is made: what closes in a deploy is known to by then. */
export function watchDeploys(RED: NodeAPI): void {
  if (deploysOf.has(RED.events)) return;
  const told: Deploys['told'] = new Map();
  let stopTimer = () => {};
  // One timer for all: one each would keep what every deploy of the last moment has told.
  const forgetLater = () => {
    stopTimer();
    stopTimer = startTimer(MOMENT, () => told.clear(), { background: true });
  };
  const deploys: Deploys = { stopping: false, interrupted: new Map(), told, forgetLater };
  deploysOf.set(RED.events, deploys);
  let callOff = () => {};
  const end = () => {
    deploys.stopping = false;
    for (const { name, messages } of deploys.interrupted.values()) {
      log('closed-twice', name, messages.filter(({ again }) => again).length);
      log('closed-untold', name, messages.filter(({ again }) => !again).length);
    }
    deploys.interrupted.clear();
  };
  const log = (key: 'closed-untold' | 'closed-twice', node: string, count: number) => {
    if (count > 0) RED.log.warn(translate(RED, { key, values: { node, count } }));
  };
  listen(RED.events, 'flows:stopping', () => {
    deploys.stopping = true;
    callOff();
    for (const [id, { name, messages }] of told) {
      // Twice is enough: deploys that follow each other for hours would tell ever more at each.
      log('closed-twice', name, messages.filter(({ again }) => again).length);
      for (const { message, again } of messages)
        if (!again) add(deploys.interrupted, id, name, { message, again: true });
    }
    told.clear();
  });
  // The nodes that were made have taken theirs by then.
  listen(RED.events, 'flows:started', () => {
    deploys.stopping = false;
    for (const left of deploys.interrupted.values()) left.messages = dropRepeated(left);
    callOff = startTimer(0, end);
  });
  listen(RED.events, 'runtime-event', (event: unknown) => {
    if (hasStopped(event)) end();
  });
}

function add(all: Map<string, Left>, id: string, name: string, message: Interrupted): void {
  const left = all.get(id) ?? { name, messages: [] };
  all.set(id, left);
  left.messages.push(message);
}

/**
 * A flow that sends a message again when it hears that it was interrupted has it in work again: that is told, and not twice, or each of
 * several deploys in a row would double it. Each in work stands for one of its node, its id and its run alone, because all messages
 * that come of one have the same id: to be told twice is marked, to be dropped is a loss.
 */
function dropRepeated({ messages }: Left): Interrupted[] {
  const inWork = new Map<string, number>();
  for (const { message, again } of messages) {
    const key = again ? null : identityOf(message);
    if (key !== null) inWork.set(key, (inWork.get(key) ?? 0) + 1);
  }
  return messages.filter(({ message, again }) => {
    const key = again ? identityOf(message) : null;
    const count = key === null ? 0 : (inWork.get(key) ?? 0);
    if (key !== null) inWork.set(key, count - 1);
    return count <= 0;
  });
}

/** Null for a message that nobody could know again. */
function identityOf({ _msgid: id, jobId, runId }: Message): string | null {
  if (id === undefined) return null;
  return [id, jobId, runId].map((part) => (typeof part === 'string' ? part : typeof part)).join('\0');
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
  add(deploys.interrupted, node.id, node.name || node.type, { message, again: false });
  return true;
}

/** What is to be told of this node: of the one before it, and of itself what it told a moment before a deploy. */
export function takeInterrupted(RED: NodeAPI, node: Node): Interrupted[] {
  const deploys = deploysOf.get(RED.events);
  const left = deploys?.interrupted.get(node.id);
  if (!deploys || !left) return [];
  deploys.interrupted.delete(node.id);
  deploys.told.set(node.id, left);
  deploys.forgetLater();
  return left.messages;
}

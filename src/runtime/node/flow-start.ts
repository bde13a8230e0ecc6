import type { NodeAPI } from 'node-red';
import { guarded, listen } from '../../api/errors/guard';

/**
 * Node-RED creates nodes one by one; a message sent before the last one exists is lost. One listener serves all
 * nodes, because the emitter warns from the eleventh on.
 */
const waiting = new WeakMap<NodeAPI['events'], Set<() => void>>();

/** Calls back once when the flows have started. For nodes being created, that is still to come. */
export function onFlowsStarted(RED: NodeAPI, callback: () => void): () => void {
  const events = RED.events;
  let callbacks = waiting.get(events);
  if (!callbacks) {
    const fresh = new Set<() => void>();
    waiting.set(events, fresh);
    listen(events, 'flows:started', () => {
      const due = [...fresh];
      fresh.clear();
      for (const call of due) call();
    });
    callbacks = fresh;
  }
  const call = guarded(callback);
  callbacks.add(call);
  return () => callbacks.delete(call);
}

/** Resolves when the flows have started, or with the call that says that nobody waits for that any more. */
export function whenFlowsStarted(RED: NodeAPI): FlowStart {
  let call = () => {};
  const promise = new Promise<void>((resolve) => {
    const forget = onFlowsStarted(RED, resolve);
    call = () => {
      forget();
      resolve();
    };
  });
  return { promise, call };
}

export interface FlowStart {
  readonly promise: Promise<void>;
  call(): void;
}

/** Of what is begun while the flows run. */
export const startedFlows: FlowStart = { promise: Promise.resolve(), call: () => {} };

import type { NodeAPI } from 'node-red';
import { removeOrphans, stateRoot } from './state-place';

/** By Node-RED runtime, the folders that were cleaned; tests run several runtimes in one process, one after the other. */
const cleaned = new WeakMap<object, Set<string>>();

/**
 * Once for each start of Node-RED: state of nodes that are in no flow any more goes when it is old enough. A node that
 * went while Node-RED was down, or with its subflow, was never told that it is gone.
 */
export function removeOrphanedState(RED: NodeAPI): void {
  const root = stateRoot(RED.settings);
  const done = cleaned.get(RED.events) ?? new Set();
  if (root === null || done.has(root)) return;
  cleaned.set(RED.events, done.add(root));
  const ids = new Set<string>();
  RED.nodes.eachNode((config) => ids.add(config.id));
  // A node in a subflow has the ids of the subflow's node and its own, joined by hyphens.
  const isConfigured = (id: string) => ids.has(id) || id.split('-').every((part) => ids.has(part));
  removeOrphans(RED.settings, isConfigured, Date.now()).catch(() => undefined);
}

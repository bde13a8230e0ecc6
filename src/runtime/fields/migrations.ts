import type { NodeConfig } from './fields';

/** One step in the history of a node type: takes what version n stored and gives what version n + 1 would have. Pure. */
export type Migration = (config: NodeConfig) => NodeConfig;

/**
 * The history of each node type, oldest step first; the first one lifts version 1, the base. Whoever changes what a
 * dialog stores adds a step here and raises `version` in the node's HTML; a test holds the two together.
 */
export const migrations: Record<string, readonly Migration[]> = {};

/** The version that the dialogs of a type store now. */
export function currentVersion(type: string, history = migrations): number {
  return 1 + (history[type]?.length ?? 0);
}

/**
 * A stored configuration as the current version would have stored it. One without a version was written by hand and
 * counts as the base; one of a newer version than this package knows stays as it is.
 */
export function migrate(type: string, config: NodeConfig, history = migrations): NodeConfig {
  const stored = Number(config['version']);
  const version = Number.isInteger(stored) && stored >= 1 ? stored : 1;
  if (version >= currentVersion(type, history)) return config;
  const steps = (history[type] ?? []).slice(version - 1);
  const lifted = steps.reduce((older, step) => step(older), config);
  return { ...lifted, version: currentVersion(type, history) };
}

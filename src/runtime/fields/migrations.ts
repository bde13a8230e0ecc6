import type { NodeConfig } from './fields';

/** One step in the history of a node type: takes what version n stored and gives what version n + 1 would have. Pure. */
export type Migration = (config: NodeConfig) => NodeConfig;

/**
 * Version 1 stored a rate for everything, which was 1.7 unless somebody changed it. Nobody chose that: it means what
 * blank means now, the rate of each kind of request.
 */
const blankRate: Migration = (config) => (Number(config['rate']) === 1.7 ? { ...config, rate: '' } : config);

/**
 * The history of each node type, oldest step first; the first one lifts version 1, the base. Whoever changes what a
 * dialog stores adds a step here: the server takes it when a flow starts, the editor when the dialog opens.
 */
const migrations: Record<string, readonly Migration[]> = { 'rescale-platform': [blankRate] };

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

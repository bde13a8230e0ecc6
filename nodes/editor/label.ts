/** What a node is called in the flow. It travels with each node's own code, because labels are drawn at any time. */

import { written } from './written';

/** A text of the node's own catalog, below `label`. */
export interface Label {
  key: string;
  values?: Record<string, unknown>;
}

/** A fixed value of a typed field; '' where only the message knows it. */
export function fixedValue(node: EditorNode, name: string): string {
  return node[`${name}Type`] === 'str' ? written(node[name]).trim() : '';
}

/** The job, or the job and the run, where they are fixed. */
function jobAndRun(node: EditorNode): Label {
  const jobId = fixedValue(node, 'jobId');
  const runId = fixedValue(node, 'runId');
  const known = jobId !== '' && (!('runId' in node._def.defaults) || runId !== '');
  return known && 'jobId' in node._def.defaults ? { key: 'of', values: { jobId, runId } } : { key: 'bare' };
}

/** The last part of a path that is fixed. */
export function fileName(node: EditorNode): Label {
  const file = fixedValue(node, 'path').split('/').pop() ?? '';
  return file === '' ? { key: 'bare' } : { key: 'of', values: { file } };
}

/** All runs of a job, or one of them, where they are fixed. */
export function jobOrRun(node: EditorNode): Label {
  const jobId = fixedValue(node, 'jobId');
  const runId = fixedValue(node, 'runId');
  const whole = node['scope'] === 'job';
  const known = jobId !== '' && (whole || runId !== '');
  return { key: (whole ? 'job' : 'run') + (known ? '-of' : ''), values: { jobId, runId } };
}

export function labelOf(
  node: EditorNode,
  describe: (node: EditorNode) => Label | string = jobAndRun,
): string {
  const label = describe(node);
  // A whole name says already what the node is called.
  if (typeof label === 'string') return label;
  return node.name || node._(`${node.type}.label.${label.key}`, label.values);
}

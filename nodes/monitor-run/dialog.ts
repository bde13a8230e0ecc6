import type { Dialog } from '../dialog/field';
import { checks, durable, fold, number, rows, section, select, text } from '../dialog/kinds';
import type { Label } from '../editor/label';

// prettier-ignore
const SOLVERS = [
  'auto', 'openfoam', 'su2', 'fluent', 'starccm', 'cfx', 'abaqus', 'ansys', 'lsdyna', 'nastran', 'table', 'patterns',
] as const;

const POSITIVE = { least: 0, fraction: true };
const SILENCE = { ...POSITIVE, most: 5_256_000, measure: 'minutes', zero: 'never' } as const;

export const dialog = (): Dialog => ({
  outputs: 2,
  fields: [
    section('log', [
      select('solver', SOLVERS, { icon: 'cogs' }),
      rows(
        'patterns',
        [
          { name: 'name', kind: 'text' },
          { name: 'expression', kind: 'text' },
          { name: 'role', kind: 'select', options: ['value', 'step', 'good', 'bad'] },
        ],
        { icon: 'code' },
      ),
      durable(),
    ]),
    section('rows', [
      text('series', '', { icon: 'line-chart' }),
      select('emit', ['rows', 'all'], { icon: 'sign-out' }),
      number('keep', 2000, { icon: 'archive', least: 10, most: 100_000, when: ['emit', 'all'] }),
    ]),
    section('tell', [
      checks(
        'verdicts',
        ['converged', 'diverging', 'stalled', 'oscillating', 'crashed', 'silent', 'limit', 'log-ended'],
        { icon: 'bell-o' },
      ),
      number('tolerance', '', { icon: 'bullseye', fraction: true, blank: true }),
      text('fields', '', { icon: 'filter' }),
      text('monitor', '', { icon: 'dashboard' }),
      number('monitorTolerance', 0.02, { icon: 'arrows-v', ...POSITIVE }),
      number('silence', 15, { icon: 'bell-slash-o', ...SILENCE }),
      rows(
        'limits',
        [
          { name: 'series', kind: 'text' },
          { name: 'above', kind: 'number', fraction: true, blank: true },
          { name: 'below', kind: 'number', fraction: true, blank: true },
          { name: 'hold', kind: 'number', least: 1, blank: true },
        ],
        { icon: 'exclamation-triangle' },
      ),
    ]),
    fold([
      select('kind', ['auto', 'steady', 'transient'], { icon: 'clock-o' }),
      number('hold', 10, { icon: 'repeat', least: 1 }),
      number('window', 100, { icon: 'arrows-h', least: 2, most: 10_000 }),
      number('warmUp', 20, { icon: 'forward', least: 0 }),
      number('confirm', 3, { icon: 'check', least: 1 }),
    ]),
  ],
  example: {
    topic: 'run/diverging',
    payload: { verdict: 'diverging', step: 812, time: 0.0812, solver: 'openfoam' },
    jobId: 'foamSweep',
    runId: '6',
    rescale: {
      summary: 'Job foamSweep run 6 diverges',
    },
  },
});

export function label(node: EditorNode): Label {
  const solver = node['solver'];
  if (typeof solver !== 'string' || solver === 'auto') return { key: 'bare' };
  return { key: 'of', values: { solver } };
}

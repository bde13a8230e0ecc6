/** Names of Ansys' columns. The tracking file has as many as the analysis needs; their headings have blanks in odd places. */
import type { SeriesRole } from '../log-step';

/** What a line "X CONVERGENCE VALUE" is about. */
export const NORMS: Readonly<Record<string, string>> = {
  FORCE: 'force',
  MOMENT: 'moment',
  DISP: 'displacement',
  ROT: 'rotation',
  HEAT: 'heat',
  TEMP: 'temperature',
  VOLU: 'volume',
  HDSP: 'pressure',
  AMPS: 'current',
  VOLT: 'voltage',
  ENERGY: 'energy',
};

const TRACKED: Readonly<Record<string, string>> = {
  F: 'force',
  M: 'moment',
  U: 'displacement',
  ROT: 'rotation',
  HEAT: 'heat',
  TEMP: 'temperature',
  VOLU: 'volume',
};

const NAMED: Readonly<Record<string, string>> = {
  'time incr': 'timeIncrement',
  'max dof incr': 'maxDofIncrement',
  'line search parameter': 'lineSearch',
  'max resi f': 'maxResidualForce',
};

/** `F   CRIT` is forceCriterion, `F    L2` forceL2, `Cum Iter` cumIter; what has no name of ours keeps its words. */
export function columnOfTracking(heading: string): string {
  const words = heading.replace(/\s+/g, ' ').trim();
  const named = NAMED[words.toLowerCase()];
  if (named !== undefined) return named;
  const norm = /^(\w+) (CRIT|L1|L2|INF)$/.exec(words);
  if (norm) {
    const quantity = TRACKED[norm[1] ?? ''] ?? (norm[1] ?? '').toLowerCase();
    const kind = norm[2] ?? '';
    if (kind === 'CRIT') return `${quantity}Criterion`;
    return quantity + (kind === 'INF' ? 'Inf' : kind);
  }
  return words
    .toLowerCase()
    .split(/[ -]/)
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

const NORM_VALUE = /^[a-z]+(?:L1|L2|Inf)$/;

export function roleOfAnsys(name: string): { role: SeriesRole; usual: boolean } {
  if (NORM_VALUE.test(name)) return { role: 'force', usual: true };
  if (name.endsWith('Criterion')) return { role: 'criterion', usual: true };
  if (name === 'timeIncrement') return { role: 'increment', usual: true };
  if (name === 'attempt') return { role: 'attempts', usual: true };
  return { role: 'other', usual: !/^(?:node|dof)/.test(name) };
}

/**
 * Siemens STAR-CCM+: rows of up to thousands of characters below a heading whose names contain blanks. Values stand
 * at the right edge of their name, so a column without a value keeps its place.
 */
import type { SeriesRole } from '../log-step';
import { readRow, valueAt } from '../number-row';
import { defineProfile } from '../profile';
import type { StepBuilder } from '../step-builder';
import { namesByRightEdge, type Column } from '../table-cells';
import { fitsRightEdge, hasWords, setByRightEdge } from '../table-rows';

interface StarState {
  /** A heading whose first row has not come yet. */
  heading: string | null;
  lastHeading: string;
  columns: (Column & { end: number })[];
  lastIteration: number | null;
}

const HEADING = /^\s*Iteration\s+\S/;
const ROW = /^\s*\d+(?:\s+\S|\s*$)/;
const EQUATION =
  /^(?:Continuity|Mass|[XYZ]-momentum|Energy|Tke|Tdr|Sdr|Nut|Sa_nut|SA|Intermittency|Retheta|Turb.*|Volume Fraction.*|Species.*|Segregated Enthalpy.*|Y_.*|R_\w\w)$/;
const BOOKKEEPING = /Time|Cycles|CFL|Iteration|Memory|Cell Count/;

function columnOf(name: string): Column {
  const role: SeriesRole = EQUATION.test(name) ? 'residual' : BOOKKEEPING.test(name) ? 'other' : 'monitor';
  return { name, role, usual: true };
}

function takeRow(state: StarState, text: string, log: StepBuilder, complete: boolean): boolean {
  if (state.heading !== null && complete) {
    state.columns = columnsOf(state.heading, text);
    state.lastHeading = state.heading;
    state.heading = null;
  }
  const row = readRow(text, ' ');
  if (complete && state.lastHeading !== '' && !fitsRightEdge(state.columns, row, 0)) {
    // A column that had no value in the first row was taken for a part of its neighbour's name.
    const known = state.columns.map(({ end }) => end);
    state.columns = columnsOf(state.lastHeading, text, known);
  }
  const iteration = valueAt(row, 0);
  if (iteration === undefined || hasWords(row) || !fitsRightEdge(state.columns, row, 0)) return false;
  log.begin(iteration);
  if (state.lastIteration !== null && iteration < state.lastIteration)
    log.remark(
      'restarted',
      'star-count-back',
      'the count of iterations went back: a run was started again',
      text,
    );
  state.lastIteration = iteration;
  setByRightEdge(log, state.columns, row, { first: 0, skip: 0 });
  log.close();
  log.kind ??= 'steady';
  return true;
}

function columnsOf(heading: string, row: string, known: readonly number[] = []): StarState['columns'] {
  const columns: StarState['columns'] = [];
  for (const { name, end } of namesByRightEdge(heading, row, known)) {
    const before = columns[columns.length - 1]?.end;
    const first = before === undefined ? null : firstOfTwo(name, before, end);
    if (first !== null && before !== undefined) {
      columns.push({ ...columnOf(first), end: before + COLUMN_WIDTH });
      columns.push({ ...columnOf(name.slice(first.length).trim()), end });
    } else columns.push({ ...columnOf(name), end });
  }
  return columns;
}

/**
 * A column is 15 characters wide, or as wide as its name and a blank. A longer name that does not begin right after
 * the column before is two names, of which the first has no value in this row.
 */
const COLUMN_WIDTH = 15;

function firstOfTwo(name: string, before: number, end: number): string | null {
  const start = end - name.length;
  if (name.length < COLUMN_WIDTH || start === before + 1) return null;
  const first = name.slice(0, before + COLUMN_WIDTH - start);
  return name.charAt(first.length) === ' ' && first.length > 0 ? first : null;
}

export const starccm = defineProfile<StarState>({
  solver: 'starccm',
  signs: [
    { word: 'Iteration', pattern: /^\s*Iteration\s+Continuity\s+\S/, points: 3 },
    { word: 'Iteration', pattern: /^\s*Iteration\s+(?:[XYZ]-momentum|Energy)\s/, points: 3 },
    { word: 'STAR-CCM+', pattern: /STAR-CCM\+ (?:\d|Build|Version|Release|server)/i, points: 3 },
    { word: 'starccm+', pattern: /\bstarccm\+ -\w/, points: 3 },
    { word: 'starccm+', pattern: /\bstarccm\+(?! -)/, points: 1 },
    { word: 'topping criterion', pattern: /^\s*Stopping criterion\b.*\bsatisfied/i, points: 3 },
    { word: 'TimeStep', pattern: /^\s*TimeStep\s+\d+: Time /, points: 3 },
  ],
  remarks: [
    {
      rule: 'star-steps-done',
      kind: 'completed',
      word: 'topping criterion',
      pattern:
        /Stopping criterion\b.*\b(?:Maximum|Fixed|Steps|Physical Time|Inner Iterations|Stop File)\b.*\bsatisfied/i,
      reason: 'the solver reached the number of steps or the time it was given',
    },
    {
      rule: 'star-criterion',
      kind: 'converged',
      word: 'topping criterion',
      pattern:
        /Stopping criterion\b(?!.*\b(?:Maximum|Fixed|Steps|Physical Time|Inner Iterations|Stop File)\b).*\bsatisfied/i,
      reason: 'the solver says that its stopping criterion is met',
    },
    {
      rule: 'star-fpe',
      kind: 'crashed',
      word: 'loating point exception has occurred',
      reason: 'a number left the range of numbers (floating point exception)',
    },
    {
      rule: 'star-server',
      kind: 'crashed',
      word: 'erver',
      pattern: /^\s*error: Server Error|Server process ended unexpectedly/i,
      reason: 'the solver’s server ended with an error',
    },
    {
      rule: 'star-neo',
      kind: 'crashed',
      word: 'Neo.Error',
      reason: 'the solver’s server ended with an error',
    },
    {
      rule: 'star-licence',
      kind: 'licence',
      word: 'icens',
      pattern:
        /^\s*Licensing problem\b|lost (?:connection to the )?licen[sc]e|licen[sc]e (?:was|has been) lost/i,
      reason: 'the licence was lost while the solver ran',
    },
    {
      rule: 'star-diverged',
      kind: 'diverging',
      word: 'iverge',
      pattern:
        /\b(?:AMG|linear|coupled|segregated) solver (?:has )?diverged|\bsolution (?:has|is) diverg|divergence (?:was )?detected/i,
      reason: 'the solver says that it diverges',
    },
  ],
  begin: () => ({ heading: null, lastHeading: '', columns: [], lastIteration: null }),
  line(state, text, log, complete) {
    if (ROW.test(text)) return takeRow(state, text, log, complete);
    if (!complete) return false;
    if (HEADING.test(text)) {
      if (text !== state.lastHeading) state.heading = text;
      return true;
    }
    if (text.includes('TimeStep') && /^\s*TimeStep\s+\d+: Time /.test(text)) log.kind = 'transient';
    return false;
  },
});

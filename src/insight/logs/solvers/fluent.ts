/**
 * Ansys Fluent's transcript. The heading is repeated every few rows, with other text between, and may gain columns. A
 * row is an iteration; its last two tokens are the time for the rest of the run and the iterations left.
 */
import type { SeriesRole } from '../log-step';
import { CELL, readRow, valueAt, type NumberRow } from '../number-row';
import { defineProfile } from '../profile';
import type { StepBuilder } from '../step-builder';
import { placedCells, type Column } from '../table-cells';
import { fitsRightEdge, hasWords, setByRightEdge } from '../table-rows';

interface FluentState {
  columns: (Column & { end: number })[];
  /** The heading ends with `time/iter`, which stands for two tokens. */
  hasTime: boolean;
  lastIteration: number | null;
  lastRow: string;
}

const HEADING = /^\s*iter\s+\S/;
const ROW = /^\s*\d+\s+[-+.\dnN]/;
/** `0:01:30`, with the iterations left behind it; a text that was cut may have lost those. */
const TIME_LEFT = /^\d+:\d\d:\d\d$/;
const CONVERGED = /!\s*\d+ solution is converged/;
const TIME_STEPS_LEFT = /^\s*(\d+) more time steps?\b/;

/** Equations that Fluent solves; species and volume fractions have names of their own. What is none of them is a report. */
const EQUATION =
  /^(?:continuity|[xyz]-velocity|[xyz]-momentum|axial-velocity|radial-velocity|swirl|energy|k|epsilon|omega|nut|intermit|retheta|gamma|k-?kl|kl|v2|f|uu|vv|ww|uv|vw|uw|[uvw][uvw]-stress|p1|do-intensity|fmean|fvar|soot|nuclei|pollut\S*|no|h2o|o2|co2?|n2|ch4|h2|vf-\S+|uds-\S+|u-\S+|v-\S+|w-\S+)$/;

function roleOf(name: string): SeriesRole {
  return EQUATION.test(name) ? 'residual' : 'monitor';
}

function takeHeading(state: FluentState, text: string): void {
  const cells = placedCells(text).slice(1);
  state.hasTime = cells[cells.length - 1]?.text.startsWith('time') ?? false;
  if (state.hasTime) cells.pop();
  state.columns = cells.map(({ text: name, end }) => ({ name, role: roleOf(name), usual: true, end }));
}

function takeRow(state: FluentState, text: string, log: StepBuilder): boolean {
  if (state.columns.length === 0) return false;
  const row = readRow(text, ' ');
  const iteration = valueAt(row, 0);
  if (iteration === undefined || row.kinds[0] !== CELL.number) return false;
  const { timeAt, left } = timeLeftOf(row, text);
  const numbers = timeAt < 0 ? text : text.slice(0, row.starts[timeAt]);
  if (timeAt >= 0) row.count = timeAt;
  if (row.count < 2 || hasWords(row, 1) || !fitsRightEdge(state.columns, row, 1)) return false;
  // After "solution is converged" and at each new `iterate` the last row is printed once more.
  if (iteration === state.lastIteration && numbers === state.lastRow) return true;
  log.begin(iteration);
  if (state.lastIteration !== null && iteration < state.lastIteration)
    log.remark(
      'restarted',
      'fluent-count-back',
      'the count of iterations went back: a run was started again',
      text,
    );
  state.lastIteration = iteration;
  state.lastRow = numbers;
  setByRightEdge(log, state.columns, row, { first: 1, skip: -1 });
  log.kind ??= 'steady';
  if (left !== undefined && log.kind !== 'transient') {
    const stepsLeft = left;
    log.progress = { progress: iteration / (iteration + stepsLeft), end: iteration + stepsLeft, stepsLeft };
  }
  log.close();
  return true;
}

/** Where the time for the rest of the run stands, -1 where it does not, and the iterations left. */
function timeLeftOf(row: NumberRow, text: string): { timeAt: number; left: number | undefined } {
  for (let cell = row.count - 1; cell >= Math.max(1, row.count - 2); cell--) {
    if (row.kinds[cell] !== CELL.text) continue;
    if (!TIME_LEFT.test(text.slice(row.starts[cell], row.ends[cell]))) break;
    const left = valueAt(row, cell + 1);
    return { timeAt: cell, left: Number.isInteger(left) ? left : undefined };
  }
  return { timeAt: -1, left: undefined };
}

export const fluent = defineProfile<FluentState>({
  solver: 'fluent',
  signs: [
    { word: 'iter ', pattern: /^\s*iter\s+continuity\s/, points: 3 },
    { word: 'time/iter', pattern: /^\s*iter\s.*\stime\/iter\s*$/, points: 3 },
    { word: 'solution is converged', pattern: CONVERGED, points: 3 },
    { word: 'Divergence detected in AMG solver', points: 3 },
    { word: 'eversed flow', pattern: /[Rr]eversed flow (?:in|on) \d+ faces/, points: 3 },
    { word: 'turbulent viscosity limited to viscosity ratio', points: 3 },
    { word: 'Build Id: ', pattern: /Build Time: .*Build Id: \d+\s+Revision: /, points: 3 },
    {
      word: 'Fluent',
      pattern:
        /Welcome to ANSYS Fluent|ANSYS,? Inc\.? Fluent|\bfluent-\d+|^\s*ANSYS Fluent \d|Ansys Fluent 20\d\d/i,
      points: 3,
    },
    { word: ':', pattern: /^\s*\d+(?:\s+-?\d\.\d+e[-+]\d{2,3}){2,}\s+\d+:\d\d:\d\d\s+\d+\s*$/, points: 1 },
  ],
  remarks: [
    {
      rule: 'fluent-amg-divergence',
      kind: 'diverging',
      word: 'ivergence detected in AMG',
      // With more sweeps it is tried once more, and often heals: the last time it is said without that.
      pattern: /ivergence detected in AMG(?!.*->\s*[Ii]ncreasing)/,
      reason: 'the linear solver of an equation diverged',
    },
    {
      rule: 'fluent-fpe',
      kind: 'crashed',
      word: 'loating point exception',
      pattern: /Error(?: at (?:host|Node \d+))?: floating point exception/i,
      reason: 'a number left the range of numbers (floating point exception)',
    },
    {
      rule: 'fluent-completed',
      kind: 'completed',
      word: 'Calculation complete',
      pattern: /^\s*Calculation complete\.?\s*$/,
      reason: 'the solver made all the iterations it was asked for',
    },
    {
      rule: 'fluent-abnormal',
      kind: 'crashed',
      word: 'fluent process',
      pattern: /The fluent process could not be started|fluent process.*(?:terminated|died|killed)/i,
      reason: 'a process of the solver could not run on',
    },
    {
      rule: 'fluent-signal',
      kind: 'crashed',
      word: 'received a fatal signal',
      reason: 'a process of the solver ended by a signal',
    },
  ],
  begin: () => ({ columns: [], hasTime: false, lastIteration: null, lastRow: '' }),
  line(state, text, log, complete) {
    if (ROW.test(text) && takeRow(state, text, log)) return true;
    if (!complete) return false;
    if (HEADING.test(text)) {
      takeHeading(state, text);
      return true;
    }
    if (text.includes('solution is converged') && CONVERGED.test(text)) {
      // In a run over time this ends a time step, not the run.
      if (log.kind !== 'transient')
        log.remark('converged', 'fluent-converged', 'the solver says that all its criteria are met', text);
    } else if (/^\s*(?:Flow time = |Updating solution at time level)|more time steps?\b/.test(text)) {
      log.kind = 'transient';
      const left = TIME_STEPS_LEFT.exec(text);
      if (left) log.progress = { ...log.progress, progress: null, end: null, stepsLeft: null };
    }
    return false;
  },
});

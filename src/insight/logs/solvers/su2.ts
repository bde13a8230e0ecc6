/**
 * SU2: the history files (CSV since version 6, Tecplot before and beside it) and the table on the screen (with bars
 * since version 7, by blanks before). Residuals are decadic logarithms.
 */
import type { SeriesRole } from '../log-step';
import { readRow, valueAt } from '../number-row';
import { defineProfile } from '../profile';
import type { StepBuilder } from '../step-builder';
import {
  beginsWithNumber,
  fits,
  splitCells,
  withoutEmptyEnd,
  type Column,
  type Delimiter,
} from '../table-cells';
import { setCells } from '../table-rows';

interface Su2State {
  columns: Column[];
  delimiter: Delimiter;
  /** Where the counters stand among the columns; -1 where there is none. */
  inner: number;
  outer: number;
  time: number;
  /** Rows are iterations within a time step: the last one of each counts. */
  unsteady: boolean;
  lastTime: number | null;
}

const COUNTER = /^(?:Time_Iter|Outer_Iter|Inner_Iter|Iteration|Iter|ITER|IntIter|ExtIter)$/;
const RESIDUAL = /^(?:rms\[|Res_|Res\[|RMS_)/;
const OTHER_RESIDUAL = /^(?:max\[|bgs\[|LinSolRes)/;
const BOOKKEEPING = /CFL|Time|^Linear_Solver|LinSol|^Wall|_Iter$|^Cur_/;

function columnOf(name: string): Column {
  let role: SeriesRole = 'monitor';
  if (RESIDUAL.test(name)) role = 'residual-log10';
  else if (OTHER_RESIDUAL.test(name) || BOOKKEEPING.test(name)) role = 'other';
  return { name, role, usual: !COUNTER.test(name) };
}

function takeHeading(state: Su2State, names: readonly string[], delimiter: Delimiter): void {
  state.columns = names.map(columnOf);
  state.delimiter = delimiter;
  const placeOf = (...wanted: string[]): number => names.findIndex((name) => wanted.includes(name));
  state.inner = placeOf('Inner_Iter', 'Iteration', 'Iter', 'ITER', 'IntIter');
  state.outer = placeOf('Outer_Iter');
  state.time = placeOf('Time_Iter', 'ExtIter');
  state.lastTime = null;
  // On the screen the counter of time steps is shown of runs over time only; a history file has it always.
  if (state.time >= 0 && delimiter !== ',') state.unsteady = true;
}

/** The names, if the line is a heading. */
function headingOf(text: string): { names: string[]; delimiter: Delimiter } | null {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('VARIABLES')) {
    const names = splitCells(trimmed.slice(trimmed.indexOf('=') + 1), ',');
    return { names: withoutEmptyEnd(names), delimiter: ',' };
  }
  if (trimmed.startsWith('"')) {
    const names = withoutEmptyEnd(splitCells(trimmed, ','));
    return names.some((name) => COUNTER.test(name)) ? { names, delimiter: ',' } : null;
  }
  if (trimmed.startsWith('|')) {
    const names = splitCells(trimmed, '|');
    return { names: names.some((name) => COUNTER.test(name)) ? names : [], delimiter: '|' };
  }
  if (/^(?:Iter|IntIter|ExtIter)\s/.test(trimmed)) return { names: splitCells(trimmed, ' '), delimiter: ' ' };
  return null;
}

function takeRow(state: Su2State, text: string, log: StepBuilder, complete: boolean): boolean {
  const row = readRow(text, state.delimiter);
  if (!fits(state.columns.length, row.count, complete)) return false;
  const inner = valueAt(row, state.inner);
  const outer = valueAt(row, state.outer);
  const time = valueAt(row, state.time);
  if ((inner ?? outer ?? time) === undefined) return false;
  // A steady run counts from 0 in its innermost loop and never leaves time step 0.
  if ((time ?? 0) > 0 || (state.lastTime === null && time === 0 && (inner ?? 0) > 1)) {
    if (!state.unsteady) state.lastTime = null;
    state.unsteady = true;
  }
  if (state.unsteady) log.kind = 'transient';
  else log.kind = 'steady';
  const counter = state.unsteady ? time : (outer ?? 0) > 0 ? outer : (inner ?? outer);
  const at = counter ?? inner ?? null;
  if (state.unsteady && log.isOpen && log.openTime === at) {
    setCells(log, state.columns, row);
    return true;
  }
  log.begin(at);
  if (at !== null && state.lastTime !== null && at < state.lastTime)
    log.remark(
      'restarted',
      'su2-count-back',
      'the count of iterations went back: a run was started again',
      text,
    );
  state.lastTime = at;
  setCells(log, state.columns, row);
  if (!state.unsteady) log.close();
  return true;
}

export const su2 = defineProfile<Su2State>({
  solver: 'su2',
  signs: [
    { word: 'rms[', pattern: /(?:^|["|,])\s*rms\[\w+\]/, points: 3 },
    { word: 'Res_Flow[', points: 3 },
    { word: 'Res_Turb[', points: 3 },
    { word: 'Res[', pattern: /^\s*(?:Iter|IntIter|ExtIter)\s.*\sRes\[\w+\]/, points: 3 },
    { word: '_Iter', pattern: /"(?:Time|Outer|Inner)_Iter"\s*,/, points: 3 },
    { word: 'SU2_CFD', pattern: /Exit Success \(SU2_CFD\)|Error in "[^"]*SU2|\(SU2_CFD\)/, points: 3 },
    {
      word: 'SU2',
      pattern: /\bSU2 (?:v\d|Release \d|Suite|Simulation)|Release \d+\.\d+\.\d+ "\w+"/,
      points: 3,
    },
    { word: 'Convergence history', pattern: /^\s*ZONE\s+T\s*=\s*"Convergence history"/, points: 2 },
  ],
  remarks: [
    {
      rule: 'su2-converged',
      kind: 'converged',
      word: 'onvergence criteria',
      pattern: /all convergence criteria (?:are )?satisfied|convergence criteria satisfied/i,
      reason: 'the solver says that all its convergence criteria are met',
    },
    {
      rule: 'su2-limit',
      kind: 'not-converged',
      word: 'Maximum number of',
      pattern: /Maximum number of \S*\s*iterations reached .*before convergence/i,
      reason: 'the solver used all its iterations before it converged',
    },
    {
      rule: 'su2-exit',
      kind: 'completed',
      word: 'Exit Success',
      pattern: /Exit Success \(SU2_\w+\)/,
      reason: 'the solver ended without an error',
    },
    {
      rule: 'su2-diverged',
      kind: 'diverging',
      word: 'diverged',
      pattern: /\bSU2 has diverged/i,
      reason: 'the solver says that its residuals grew beyond bounds or are not numbers',
    },
    {
      rule: 'su2-error',
      kind: 'crashed',
      word: 'Error Exit',
      pattern: /^\s*-+\s*Error Exit\s*-+/,
      reason: 'the solver ended with an error',
    },
    {
      rule: 'su2-error-in',
      kind: 'crashed',
      word: 'Error in "',
      pattern: /^\s*Error in "[^"]+"/,
      reason: 'the solver ended with an error',
    },
  ],
  begin: () => ({
    columns: [],
    delimiter: ',',
    inner: -1,
    outer: -1,
    time: -1,
    unsteady: false,
    lastTime: null,
  }),
  line(state, text, log, complete) {
    const bars = state.delimiter === '|';
    if (state.columns.length > 0 && (bars ? /^\s*\|\s*[-\d]/.test(text) : beginsWithNumber(text)))
      return takeRow(state, text, log, complete);
    const heading = headingOf(text);
    if (!heading || !complete) return false;
    takeHeading(state, heading.names, heading.delimiter);
    return true;
  },
});

/**
 * Tables of function objects (solverInfo, residuals, forceCoeffs, probes and the like): comment lines with `#`, of
 * which the last before the rows names the columns, then rows that begin with the time. There are words among the
 * numbers (`DILUPBiCGStab`, `true`).
 */
import { readRow, valueAt } from '../../number-row';
import type { SeriesRole } from '../../log-step';
import type { StepBuilder } from '../../step-builder';
import type { Column } from '../../table-cells';
import { setCells } from '../../table-rows';

export interface FoamTableState {
  columns: Column[];
  /** The first comment names what the table holds. */
  title: string;
  lastTime: number | null;
  probes: string[];
}

export function newFoamTable(): FoamTableState {
  return { columns: [], title: '', lastTime: null, probes: [] };
}

/** Whether a line that begins with this character can be a row: a digit, a sign, a point or blank. */
export function isFoamTableLine(first: number): boolean {
  return (first >= 48 && first <= 57) || first === 45 || first === 46 || first === 32 || first === 9;
}

const RESIDUAL = /^(.+)_initial$/;
const FINAL = /^(.+)_final$/;
const SWEEPS = /^(.+)_iters$/;

function columnOf(name: string, title: string): Column {
  return { name, ...roleOf(name, title) };
}

function roleOf(column: string, title: string): { role: SeriesRole; usual: boolean; field?: string } {
  const field = (RESIDUAL.exec(column) ?? FINAL.exec(column) ?? SWEEPS.exec(column))?.[1];
  if (field !== undefined) {
    const of = `${field}_initial`;
    if (RESIDUAL.test(column)) return { role: 'residual', usual: true, field: of };
    return { role: FINAL.test(column) ? 'final-residual' : 'sweeps', usual: false, field: of };
  }
  if (/^#\s*Residuals/i.test(title)) return { role: 'residual', usual: true, field: column };
  return { role: 'monitor', usual: true };
}

/** Tabs part columns; where there are none, blanks do. */
function split(text: string): string[] {
  const parts = text.includes('\t') ? text.split('\t') : text.trim().split(/\s+/);
  while (parts.length > 0 && parts[parts.length - 1]?.trim() === '') parts.pop();
  return parts.map((part) => part.trim());
}

export function createFoamTable(log: StepBuilder): {
  heading(state: FoamTableState, text: string): void;
  row(state: FoamTableState, text: string, complete: boolean): boolean;
} {
  return {
    heading(state, text) {
      const columns = split(text.slice(1));
      if (state.title === '') state.title = text.trim();
      if (columns[0] === 'Probe') state.probes = columns.slice(1).map((number) => `probe${number}`);
      if (columns[0] !== 'Time') return;
      // Probes have their numbers in the line before.
      const names = columns.length > 1 ? columns : ['Time', ...state.probes];
      if (names.length > 1) state.columns = names.map((name) => columnOf(name, state.title));
    },
    row(state, text, complete) {
      const { columns } = state;
      if (columns.length === 0) return false;
      const row = readRow(text, text.includes('\t') ? '\t' : ' ');
      const time = valueAt(row, 0);
      const missing = columns.length - row.count;
      // The last row of a text that was cut has lost its last value.
      if (time === undefined || missing < 0 || missing > (complete ? 0 : 1)) return false;
      log.begin(time);
      if (state.lastTime !== null && time < state.lastTime)
        log.remark('restarted', 'foam-time-back', 'the time went back: a run was started again', text);
      state.lastTime = time;
      setCells(log, columns, row, { skip: 0 });
      log.close();
      return true;
    },
  };
}

/**
 * Nastran of MSC, Siemens (NX, Simcenter) and others: the output (.f06, with page headings between everything), the
 * log and the performance file (.f04). Steps are design cycles, iterations of a nonlinear solution, or lines of the
 * performance file.
 */
import { readNumber } from '../numbers';
import { defineProfile } from '../profile';
import type { StepBuilder } from '../step-builder';
import { NASTRAN_RULES, NASTRAN_SIGNS } from './nastran-patterns';

interface NastranState {
  designCycle: number | null;
  /** A block about the approximate model: its changes are not those of the design. */
  soft: boolean;
  nonlinear: boolean;
  /** Where the CPU seconds stand among the numbers of the performance file; null while it is none. */
  performance: number | null;
  elapsed: number | null;
}

const CYCLE = /DESIGN CYCLE (?:NUMBER)?\s*=?\s*(\d+)\b/;
const CYCLE_SPACED = /D E S I G N\s+C Y C L E\s*=?\s*(\d+)\b/;
const CYCLE_STARTED = /Design cycle (\d+) started/;
const CHANGE = /RELATIVE CHANGE IN OBJECTIVE\s*:?\s*([-+.\dEeDd]+)/;
const CONSTRAINT = /MAXIMUM (?:CONSTRAINT VALUE|VALUE OF CONSTRAINTS)\s*:?\s*([-+.\dEeDd]+?)\.?\s*$/;
const NONLINEAR_HEADING = /\bEUI\s+EPI\s+EWI\b/;
/** Load factor, iteration, then the three errors. */
const NONLINEAR_ROW = /^[01 ]?\s*(\d*\.\d+(?:[EeDd][-+]?\d+)?)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)(?:\s|$)/;
/** ` 10:45:36   0:05    120.0   12.0    4.5    0.1  IFPL  46  IFP1  BEGN` */
const PERFORMANCE_ROW = /^\s*\d\d?:\d\d:\d\d\s+(?:(\d+):)?(\d+):(\d\d)(?:\.\d+)?((?:\s+[-+.\dEe]+)+)\s+\S/;
const PERFORMANCE_COLUMNS = /\bI\/O\s+\w+|\bDEL_\w+|\bCPU\s+SEC/g;

function beginCycle(state: NastranState, cycle: number, text: string, log: StepBuilder): void {
  if (state.designCycle === cycle) return;
  log.begin(cycle);
  if (state.designCycle !== null && cycle < state.designCycle)
    log.remark(
      'restarted',
      'nastran-cycle-back',
      'the design cycles began again: a run was started again',
      text,
    );
  state.designCycle = cycle;
  log.set(log.define('designCycle', 'other', true), cycle);
}

function takeDesign(state: NastranState, text: string, log: StepBuilder): boolean {
  if (text.includes('CONVERGENCE DECISION LOGIC')) state.soft = text.includes('SOFT');
  const found = CYCLE.exec(text) ?? CYCLE_SPACED.exec(text) ?? CYCLE_STARTED.exec(text);
  if (found) {
    beginCycle(state, Number(found[1]), text, log);
    return true;
  }
  if (!log.isOpen || state.soft) return false;
  const change = text.includes('RELATIVE CHANGE') ? readNumber(CHANGE.exec(text)?.[1] ?? '') : undefined;
  if (change !== undefined) log.set(log.define('relativeChange', 'other', true), change);
  const constraint = text.includes('CONSTRAINT') ? readNumber(CONSTRAINT.exec(text)?.[1] ?? '') : undefined;
  if (constraint !== undefined) log.set(log.define('maxConstraint', 'other', false), constraint);
  return change !== undefined || constraint !== undefined;
}

function takeNonlinearRow(text: string, log: StepBuilder): boolean {
  const match = NONLINEAR_ROW.exec(text);
  const [factor, eui, epi, ewi] = [1, 3, 4, 5].map((index) => readNumber(match?.[index] ?? ''));
  if (!match || factor === undefined || eui === undefined || epi === undefined || ewi === undefined)
    return false;
  log.begin(factor);
  log.set(log.define('iteration', 'other', true), Number(match[2]));
  for (const [name, value] of [
    ['EUI', eui],
    ['EPI', epi],
    ['EWI', ewi],
  ] as const)
    log.set(log.define(name, 'other', true), value);
  log.close();
  return true;
}

/** Modules that begin in the same second are one step. */
function takePerformanceRow(state: NastranState, text: string, log: StepBuilder): boolean {
  const match = PERFORMANCE_ROW.exec(text);
  if (!match || state.performance === null) return false;
  const elapsed = Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  if (state.elapsed !== elapsed || !log.isOpen) log.begin(elapsed);
  state.elapsed = elapsed;
  log.set(log.define('elapsedSeconds', 'other', true), elapsed);
  const cpu = readNumber((match[4] ?? '').trim().split(/\s+/)[state.performance] ?? '');
  if (cpu !== undefined) log.set(log.define('cpuSeconds', 'other', true), cpu);
  return true;
}

function takePerformanceHeading(state: NastranState, text: string): void {
  const columns = text.match(PERFORMANCE_COLUMNS) ?? [];
  state.performance = Math.max(
    0,
    columns.findIndex((column) => column.startsWith('CPU')),
  );
}

export const nastran = defineProfile<NastranState>({
  solver: 'nastran',
  signs: NASTRAN_SIGNS,
  remarks: NASTRAN_RULES,
  begin: () => ({ designCycle: null, soft: false, nonlinear: false, performance: null, elapsed: null }),
  line(state, text, log, complete) {
    if (!complete) return false;
    if (state.nonlinear && takeNonlinearRow(text, log)) return true;
    if (state.performance !== null && takePerformanceRow(state, text, log)) return true;
    if (text.includes('EUI') && NONLINEAR_HEADING.test(text)) state.nonlinear = true;
    else if (text.includes('ELAPSED') && /\bDAY\s*TIME\s+ELAPSED\b/.test(text))
      takePerformanceHeading(state, text);
    if (/DESIGN|C Y C L E|Design|CONVERGENCE|RELATIVE|CONSTRAINT/.test(text))
      return takeDesign(state, text, log);
    return false;
  },
});

/**
 * Ansys CFX: the solver's output (a block with bars per outer loop, or per coefficient loop of a time step) and the
 * tables that `cfx5mondata` writes, whose quoted names contain commas. Of each equation the RMS residual has its name.
 */
import type { SeriesRole } from '../log-step';
import { readRow, valueAt } from '../number-row';
import { readNumber } from '../numbers';
import { defineProfile } from '../profile';
import type { StepBuilder } from '../step-builder';
import { beginsWithNumber, fits, splitCells, withoutEmptyEnd, type Column } from '../table-cells';
import { setCells } from '../table-rows';

interface CfxState {
  /** Columns of a monitor table; the first one counts. */
  columns: Column[];
  lastTime: number | null;
  transient: boolean;
}

const OUTER_LOOP = /^\s*OUTER LOOP ITERATION =\s*(\d+)\b/;
const TIME_STEP = /^\s*TIME STEP =\s*(\d+)\s+SIMULATION TIME =\s*(\S+)/;
const CPU = /CPU SECONDS =\s*(\S+)/;
/** `| U-Mom                | 0.95 | 1.3E-03 | 2.5E-02 |       1.5E-02  OK|` */
const EQUATION = /^\s*\|\s*([A-Za-z][^|]*?)\s*\|\s*(\S+)\s*\|\s*(\S+)\s*\|\s*(\S+)\s*\|/;

function beginBlock(state: CfxState, time: number, text: string, log: StepBuilder): void {
  log.begin(time);
  if (state.lastTime !== null && time < state.lastTime)
    log.remark(
      'restarted',
      'cfx-count-back',
      'the count of iterations went back: a run was started again',
      text,
    );
  state.lastTime = time;
  const seconds = readNumber(CPU.exec(text)?.[1] ?? '');
  if (seconds !== undefined) log.set(log.define('cpuSeconds', 'other', false), seconds);
}

function takeEquation(text: string, log: StepBuilder): boolean {
  const match = EQUATION.exec(text);
  const [rate, rms, max] = [2, 3, 4].map((index) => readNumber(match?.[index] ?? ''));
  const name = match?.[1];
  if (name === undefined || rms === undefined || max === undefined) return false;
  // Coefficient loops print their equations again: the last of the time step counts.
  log.set(log.define(name, 'residual', true, name), rms);
  log.set(log.define(`${name}_max`, 'other', false, name), max);
  if (rate !== undefined) log.set(log.define(`${name}_rate`, 'other', false, name), rate);
  return true;
}

function columnOf(name: string): Column {
  const role: SeriesRole = /\bRMS\b/i.test(name) ? 'residual' : /\bMAX\b/.test(name) ? 'other' : 'monitor';
  return { name, role, usual: true };
}

function takeMonitorRow(state: CfxState, text: string, log: StepBuilder, complete: boolean): boolean {
  const row = readRow(text, ',');
  const step = valueAt(row, 0);
  if (step === undefined || !fits(state.columns.length, row.count, complete)) return false;
  beginBlock(state, step, text, log);
  setCells(log, state.columns, row, { skip: 0 });
  log.close();
  return true;
}

export const cfx = defineProfile<CfxState>({
  solver: 'cfx',
  signs: [
    { word: 'OUTER LOOP ITERATION =', points: 3 },
    { word: 'COEFFICIENT LOOP ITERATION =', points: 3 },
    { word: 'ACCUMULATED TIMESTEP', points: 3 },
    { word: '"USER POINT,', points: 3 },
    { word: '-Mom', pattern: /"(?:RMS|MAX)\W+[UVWP]-M(?:om|ass)/i, points: 3 },
    { word: 'RMS Res', pattern: /\|\s*Equation\s*\|\s*Rate\s*\|\s*RMS Res\s*\|/, points: 3 },
    {
      word: 'CFX',
      pattern: /This run of the (?:ANSYS )?CFX|ANSYS CFX Solver|CFX-Solver|\bcfx5solve\b:?\s/,
      points: 3,
    },
    { word: 'CFD Solver started', points: 1 },
  ],
  remarks: [
    {
      rule: 'cfx-converged',
      kind: 'converged',
      word: 'target criteria',
      pattern: /all residuals? (?:are|is) below (?:their|its) target criteria/i,
      reason: 'the solver says that all residuals are below their targets',
    },
    {
      rule: 'cfx-limit',
      kind: 'not-converged',
      word: 'aximum number of',
      pattern:
        /maximum number of (?:outer )?(?:iterations|loops).*(?:has been )?reached|maximum number of time-?steps or iterations/i,
      reason: 'the solver used all its iterations',
    },
    {
      rule: 'cfx-finished',
      kind: 'completed',
      word: 'has finished',
      pattern: /This run of the (?:ANSYS )?CFX.*\bhas finished/i,
      reason: 'the run ended without an error',
    },
    {
      rule: 'cfx-completed',
      kind: 'completed',
      word: 'un completed',
      pattern: /^\s*\|?\s*Run completed\b/i,
      reason: 'the run ended without an error',
    },
    {
      rule: 'cfx-overflow',
      kind: 'diverging',
      word: 'overflow',
      pattern: /Fatal overflow in linear solver|floating point exception: Overflow/i,
      reason: 'the linear solver overflowed',
    },
    {
      rule: 'cfx-error',
      kind: 'crashed',
      word: 'ERROR #',
      pattern: /\bERROR #\d+ has occurred in subroutine/,
      reason: 'the solver ended with an error',
    },
    {
      rule: 'cfx-abnormal',
      kind: 'crashed',
      word: 'error',
      pattern:
        /An error has occurred in cfx5solve|solver (?:process )?(?:exited|terminated) with (?:return )?(?:code|an error)/i,
      reason: 'the solver ended with an error',
    },
    {
      rule: 'cfx-return-code',
      kind: 'crashed',
      word: 'return code',
      pattern: /(?:CFX|CFD|solver).*exited with return code [1-9]/i,
      reason: 'the solver ended with an error',
    },
    {
      rule: 'cfx-signal',
      kind: 'killed',
      word: 'signal 9',
      // Monitors have names of their users: "signal 9" alone may be one.
      pattern:
        /\b(?:kill|terminat|exit|abort|interrupt|receiv|caught|died|stopp)\w*\b.{0,60}\bsignal 9\b|\bsignal 9\b.{0,40}\b(?:kill|receiv|caught)/i,
      reason: 'a process of the solver was killed from outside',
    },
    {
      rule: 'cfx-terminated',
      kind: 'crashed',
      word: 'has terminated abnormally',
      reason: 'a process of the solver ended abnormally',
    },
  ],
  begin: () => ({ columns: [], lastTime: null, transient: false }),
  line(state, text, log, complete) {
    if (state.columns.length > 0 && beginsWithNumber(text)) return takeMonitorRow(state, text, log, complete);
    if (!complete) return false;
    if (text.includes('|')) return takeEquation(text, log);
    const outer = text.includes('OUTER LOOP') ? OUTER_LOOP.exec(text) : null;
    if (outer) {
      log.kind ??= 'steady';
      beginBlock(state, Number(outer[1]), text, log);
      return true;
    }
    const step = text.includes('TIME STEP =') ? TIME_STEP.exec(text) : null;
    if (step) {
      log.kind = 'transient';
      beginBlock(state, readNumber(step[2] ?? '') ?? Number(step[1]), text, log);
      return true;
    }
    if (text.trimStart().startsWith('"')) {
      const names = withoutEmptyEnd(splitCells(text, ','));
      if (names.length > 1 && names.every((name) => readNumber(name) === undefined))
        state.columns = names.map(columnOf);
      return true;
    }
    return false;
  },
});

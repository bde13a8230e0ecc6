/**
 * Ansys Mechanical: the solve output (equilibrium iterations), the tracking file (.gst, tables between tags whose
 * heading is repeated) and the monitor file (.mntr). Steps of the first two are iterations, of the last sub-steps.
 */
import { readNumber } from '../numbers';
import { defineProfile } from '../profile';
import { SERIES_LIMIT, type StepBuilder } from '../step-builder';
import { ANSYS_RULES, ANSYS_SIGNS } from './ansys-words';
import { columnOfTracking, NORMS, roleOfAnsys } from './ansys-columns';

interface AnsysState {
  /** Columns of the tracking file, by their number in the heading. */
  columns: string[];
  inHeader: boolean;
  /** Names of the monitor file's variables; null while it is no monitor file. */
  variables: string[] | null;
  loadStep: number;
  subStep: number;
  /** Iterations of all sub-steps that were closed. */
  iterationsBefore: number;
  bisection: number;
  time: number | null;
  timeIncrement: number | null;
  /** Iterations were told of the sub-step under way; a linear one has none and is a step by itself. */
  iterated: boolean;
  /** A sub-step without iterations, whose time stands in the next line. */
  linear: { loadStep: number; subStep: number; cumIter: number } | null;
}

const COLUMN = /<COLUMN ID="\s*(\d+)\s*">([^<]*)<\/COLUMN>/;
const CONVERGENCE = /^\s*(\S.*?) CONVERGENCE VALUE\s*=\s*(\S+)\s+CRITERION\s*=\s*(\S+)/;
const ITERATION = /EQUIL ITER\s+(\d+) COMPLETED\..*?(?:MAX DOF INC=\s*(\S+))?\s*$/;
const SUB_STEP = /\*\*\* LOAD STEP\s+(\d+)\s+SUBSTEP\s+(\d+)\s+(NOT )?COMPLETED\.\s+CUM ITER =\s*(\d+)/;
const TIME = /\*\*\* TIME =\s*(\S+)\s+TIME INC =\s*(\S+)/;
const BISECTION = /BEGIN BISECTION NUMBER\s+(\d+)/;

function set(log: StepBuilder, name: string, value: number | undefined): void {
  if (value === undefined) return;
  const { role, usual } = roleOfAnsys(name);
  log.set(log.define(name, role, usual), value);
}

function takeTag(state: AnsysState, text: string): void {
  const column = COLUMN.exec(text);
  if (column) {
    if (!state.inHeader) state.columns = [];
    state.inHeader = true;
    const place = Number(column[1]) - 1;
    // A heading that is joined late begins in its middle: the columns before have no names.
    while (state.columns.length < Math.min(place, SERIES_LIMIT)) state.columns.push('');
    if (place >= 0 && place < SERIES_LIMIT) state.columns[place] = columnOfTracking((column[2] ?? '').trim());
  } else if (text.includes('</HEADER>')) state.inHeader = false;
  else if (text.includes('<HEADER>')) {
    state.inHeader = true;
    state.columns = [];
  }
}

function takeTrackingRow(state: AnsysState, text: string, log: StepBuilder, complete: boolean): boolean {
  const cells = text.trim().split(/\s+/);
  const { columns } = state;
  if (cells.length !== columns.length && (complete || cells.length !== columns.length - 1)) return false;
  const time = readNumber(cells[columns.indexOf('time')] ?? '');
  log.begin(time ?? null);
  columns.forEach((name, index) => {
    if (name !== 'time' && name !== '') set(log, name, readNumber(cells[index] ?? ''));
  });
  log.close();
  return true;
}

/** `loadStep subStep attempt iterations cumIter timeIncrement time`, then the variables. */
const MONITOR_COLUMNS = ['loadStep', 'subStep', 'attempt', 'iterations', 'cumIter', 'timeIncrement', 'time'];

function takeMonitorRow(state: AnsysState, text: string, log: StepBuilder): boolean {
  const cells = text.trim().split(/\s+/);
  if (cells.length < MONITOR_COLUMNS.length || !cells.every((cell) => readNumber(cell) !== undefined))
    return false;
  log.begin(readNumber(cells[6] ?? '') ?? null);
  MONITOR_COLUMNS.forEach((name, index) => {
    if (name !== 'time') set(log, name, readNumber(cells[index] ?? ''));
  });
  cells.slice(MONITOR_COLUMNS.length).forEach((cell, index) => {
    const name = state.variables?.[index] ?? `variable${index + 1}`;
    const value = readNumber(cell);
    if (value !== undefined) log.set(log.define(name, 'monitor', true), value);
  });
  log.close();
  return true;
}

function takeSolveLine(state: AnsysState, text: string, log: StepBuilder): boolean {
  if (text.includes('CONVERGENCE VALUE')) {
    const match = CONVERGENCE.exec(text);
    const [value, criterion] = [readNumber(match?.[2] ?? ''), readNumber(match?.[3] ?? '')];
    const norm = NORMS[match?.[1] ?? ''];
    if (norm === undefined || value === undefined) return false;
    if (!log.isOpen) log.begin(state.time);
    set(log, `${norm}L2`, value);
    set(log, `${norm}Criterion`, criterion);
    return true;
  }
  if (text.includes('EQUIL ITER')) {
    const match = ITERATION.exec(text);
    if (!match) return false;
    if (!log.isOpen) log.begin(state.time);
    set(log, 'cumIter', state.iterationsBefore + Number(match[1]));
    set(log, 'loadStep', state.loadStep);
    set(log, 'subStep', state.subStep);
    set(log, 'bisection', state.bisection);
    set(log, 'maxDofIncrement', readNumber(match[2] ?? ''));
    if (state.timeIncrement !== null) set(log, 'timeIncrement', state.timeIncrement);
    log.close();
    state.iterated = true;
    return true;
  }
  const done = text.includes('*** LOAD STEP') ? SUB_STEP.exec(text) : null;
  if (done) {
    if (!state.iterated && done[3] === undefined)
      state.linear = { loadStep: Number(done[1]), subStep: Number(done[2]), cumIter: Number(done[4]) };
    state.iterated = false;
    state.loadStep = Number(done[1]);
    state.subStep = Number(done[2]) + (done[3] === undefined ? 1 : 0);
    state.iterationsBefore = Number(done[4]);
    if (done[3] === undefined) state.bisection = 0;
    return true;
  }
  const time = text.includes('*** TIME =') ? TIME.exec(text) : null;
  if (time) {
    state.time = readNumber(time[1] ?? '') ?? state.time;
    state.timeIncrement = readNumber(time[2] ?? '') ?? null;
    if (state.linear) {
      log.begin(state.time);
      for (const [name, value] of Object.entries(state.linear)) set(log, name, value);
      set(log, 'timeIncrement', state.timeIncrement ?? undefined);
      log.close();
      state.linear = null;
    }
    return true;
  }
  const bisection = text.includes('BISECTION') ? BISECTION.exec(text)?.[1] : undefined;
  if (bisection !== undefined) state.bisection = Number(bisection);
  return false;
}

export const ansys = defineProfile<AnsysState>({
  solver: 'ansys',
  signs: ANSYS_SIGNS,
  remarks: ANSYS_RULES,
  begin: () => ({
    columns: [],
    inHeader: false,
    variables: null,
    loadStep: 1,
    subStep: 1,
    iterationsBefore: 0,
    bisection: 0,
    time: null,
    timeIncrement: null,
    iterated: false,
    linear: null,
  }),
  line(state, text, log, complete) {
    const first = text.charCodeAt(text.search(/\S/));
    if (first === 60) {
      takeTag(state, text);
      return true;
    }
    const numeric = (first >= 48 && first <= 57) || first === 45 || first === 46;
    if (numeric && state.columns.length > 0 && takeTrackingRow(state, text, log, complete)) return true;
    if (numeric && state.variables && complete && takeMonitorRow(state, text, log)) return true;
    if (!complete) return false;
    if (text.includes('SOLUTION HISTORY INFORMATION')) state.variables = [];
    else if (state.variables && state.variables.length === 0 && /^\s{20,}[A-Z]\S*(?:\s+\S+)*\s*$/.test(text))
      takeVariables(state, text);
    return takeSolveLine(state, text, log);
  },
  end(_state, log) {
    if (log.isOpen) log.close();
  },
});

/** The line with labels stands below those with VARIAB and MONITOR and begins further right than any of them. */
function takeVariables(state: AnsysState, text: string): void {
  const names = text.trim().split(/\s+/);
  if (names.every((name) => !/^(?:VARIAB|MONITOR|\d)/.test(name))) state.variables = names;
}

/**
 * Ansys Mechanical: the solve output (equilibrium iterations), the tracking file (.gst, tables between tags whose
 * heading is repeated) and the monitor file (.mntr). Steps of the first two are iterations, of the last sub-steps.
 */
import { readRow, valueAt } from '../number-row';
import { readNumber } from '../numbers';
import { defineProfile } from '../profile';
import { SERIES_LIMIT, type StepBuilder } from '../step-builder';
import { firstOf, type Column } from '../table-cells';
import { hasWords, setCell, setCells } from '../table-rows';
import { ANSYS_RULES, ANSYS_SIGNS } from './ansys-patterns';
import { columnOfTracking, NORMS, roleOfAnsys } from './ansys-columns';

interface AnsysState {
  /** Columns of the tracking file, by their number in the heading. */
  columns: Column[];
  inHeader: boolean;
  /** Names of the monitor file's variables; null while it is no monitor file. */
  variables: string[] | null;
  /** Columns of the monitor file, once a row has come. */
  monitored: Column[];
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
  /** So many lines more may belong to a warning or a note: what they say, an error would say in the same words. */
  warned: number;
}

/** Warnings have up to so many lines, indented by a blank, and end with an empty one. */
const WARNING_LINES = 6;
const WARNING = /\*\*\* (?:WARNING|NOTE) \*\*\*/;

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

function columnOf(name: string): Column {
  return { name, ...roleOfAnsys(name) };
}

function takeTag(state: AnsysState, text: string): void {
  const column = COLUMN.exec(text);
  if (column) {
    if (!state.inHeader) state.columns = [];
    state.inHeader = true;
    const place = Number(column[1]) - 1;
    // A heading that is joined late begins in its middle: the columns before have no names.
    while (state.columns.length < Math.min(place, SERIES_LIMIT)) state.columns.push(columnOf(''));
    if (place >= 0 && place < SERIES_LIMIT)
      state.columns[place] = columnOf(columnOfTracking((column[2] ?? '').trim()));
  } else if (text.includes('</HEADER>')) state.inHeader = false;
  else if (text.includes('<HEADER>')) {
    state.inHeader = true;
    state.columns = [];
  }
}

function takeTrackingRow(state: AnsysState, text: string, log: StepBuilder, complete: boolean): boolean {
  const row = readRow(text, ' ');
  const { columns } = state;
  if (row.count !== columns.length && (complete || row.count !== columns.length - 1)) return false;
  const timeAt = columns.findIndex(({ name }) => name === 'time');
  log.begin(valueAt(row, timeAt) ?? null);
  for (let index = 0; index < columns.length; index++) {
    if (columns[index]!.name === '') continue;
    if (index !== timeAt) setCell(log, columns[index]!, row, index);
  }
  log.close();
  return true;
}

/** `loadStep subStep attempt iterations cumIter timeIncrement time`, then the variables. */
const MONITOR_COLUMNS = ['loadStep', 'subStep', 'attempt', 'iterations', 'cumIter', 'timeIncrement', 'time'];
const MONITOR_TIME = 6;

function takeMonitorRow(state: AnsysState, text: string, log: StepBuilder): boolean {
  const row = readRow(text, ' ');
  if (row.count < MONITOR_COLUMNS.length || hasWords(row)) return false;
  while (state.monitored.length < Math.min(row.count, SERIES_LIMIT)) {
    const index = state.monitored.length;
    const named = MONITOR_COLUMNS[index];
    const name =
      state.variables?.[index - MONITOR_COLUMNS.length] ?? `variable${index - MONITOR_COLUMNS.length + 1}`;
    state.monitored.push(named === undefined ? { name, role: 'monitor', usual: true } : columnOf(named));
  }
  log.begin(valueAt(row, MONITOR_TIME) ?? null);
  setCells(log, state.monitored, row, { skip: MONITOR_TIME });
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
    monitored: [],
    loadStep: 1,
    subStep: 1,
    iterationsBefore: 0,
    bisection: 0,
    time: null,
    timeIncrement: null,
    iterated: false,
    linear: null,
    warned: 0,
  }),
  line(state, text, log, complete) {
    const first = firstOf(text);
    if (first === 60) {
      takeTag(state, text);
      return true;
    }
    const numeric = (first >= 48 && first <= 57) || first === 45 || first === 46;
    if (numeric && state.columns.length > 0 && takeTrackingRow(state, text, log, complete)) return true;
    if (numeric && state.variables && complete && takeMonitorRow(state, text, log)) return true;
    if (!complete) return false;
    if (text.includes('SOLUTION HISTORY INFORMATION')) Object.assign(state, { variables: [], monitored: [] });
    else if (state.variables && state.variables.length === 0 && /^\s{20,}[A-Z]\S*(?:\s+\S+)*\s*$/.test(text))
      takeVariables(state, text);
    const isOfWarning = takeWarning(state, text);
    return takeSolveLine(state, text, log) || isOfWarning;
  },
  end(_state, log) {
    if (log.isOpen) log.close();
  },
});

function takeWarning(state: AnsysState, text: string): boolean {
  if (text.includes('***')) {
    state.warned = WARNING.test(text) ? WARNING_LINES : 0;
    return false;
  }
  state.warned = state.warned > 0 && /^ +\S/.test(text) ? state.warned - 1 : 0;
  return state.warned > 0;
}

/** The line with labels stands below those with VARIAB and MONITOR and begins further right than any of them. */
function takeVariables(state: AnsysState, text: string): void {
  const names = text.trim().split(/\s+/);
  if (names.every((name) => !/^(?:VARIAB|MONITOR|\d)/.test(name))) state.variables = names;
}

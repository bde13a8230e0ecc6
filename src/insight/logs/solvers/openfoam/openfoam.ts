/**
 * OpenFOAM of both lines (openfoam.com, openfoam.org) and foam-extend: what the solvers print, and the tables that
 * function objects write. A step begins at a line that is only `Time = x`; what is printed before it (Courant number,
 * deltaT) belongs to the step that follows.
 */
import { readNumber } from '../../numbers';
import type { OpenLog, SolverProfile } from '../../profile';
import type { StepBuilder } from '../../step-builder';
import { FOAM_RULES, FOAM_SIGNS } from './patterns';
import { createFoamForces, type FoamForcesState } from './forces';
import { createFoamTable, isFoamTableLine, newFoamTable, type FoamTableState } from './table';
import { newStepSize, setStepSize, takeStepSize, type StepSize } from './step-size';
import { readSolve, type FoamSolve } from './solve';

interface FoamState {
  /** The region whose series have no prefix: '' is the one without a name; null while nothing was solved. */
  mainRegion: string | null;
  region: string;
  /** A solve or the time it took was printed in the open step: what comes now may belong to the next one. */
  done: boolean;
  size: StepSize;
  lastTime: number | null;
  /** The program's heading was read, so what is solved before the first step only prepares the run. */
  headed: boolean;
  /** Steps since the heading of the program that writes; its End counts only after one. */
  stepsOfProgram: number;
  /** Steps in a row whose time grew by exactly one: a steady run counts iterations. */
  counted: number;
  kindKnown: boolean;
  /** A fatal error was announced; its sentence stands in the next line. */
  fatal: string | null;
  forces: FoamForcesState | null;
  table: FoamTableState | null;
}

interface FieldSeries {
  first: number;
  last: number;
  final: number;
  sweeps: number;
}

/** `Time = 0.5`, `Time = 10s`, `Time = 180CAdeg`; engines say `Crank angle`, solids `Iteration:`. */
const TIME_LINE =
  /^\s*(?:Time = |Crank angle = |Iteration: )([-+]?[\d.][\d.eE+-]*|[-+]?(?:nan|inf))\s?(?:s|CA-?deg|[a-z]{1,3})?\s*$/;
const REGION = /^\s*(?:Solving for|Solve for) (?:\w+ )?region (\S+)\s*$/;
const EXECUTION = /ExecutionTime = (\S+) s(?:.*?ClockTime = (\S+) s)?/;
const CONTINUITY = /continuity errors(?: \(([^)]+)\))? ?: sum local = ([^,\s]+),/;
const COUPLED_END = /time-window.*time: (\S+) of ([^\s,]+),/;

const STEADY_PROGRAM = /(?:^|[^p])[Ss]imple(?:\w*)Foam|^LTS|^potentialFoam|adjointOptimisationFoam/;
/**
 * These run in time, whatever their times look like, or although they print "SIMPLE:", whose control some use for
 * non-orthogonal correctors.
 */
const TRANSIENT_PROGRAM =
  /^(?:scalarTransportFoam|laplacianFoam|(?:non[nN]ewtonianI|i)coFoam|\w*[pP]i(?:so|mple)Foam|\w*[iI]nter\w*Foam|\w*[dD]yMFoam|sonic\w*Foam|rhoCentral\w*Foam)$/;

function begin(): FoamState {
  return {
    mainRegion: null,
    region: '',
    done: false,
    size: newStepSize(),
    lastTime: null,
    headed: false,
    stepsOfProgram: 0,
    counted: 0,
    kindKnown: false,
    fatal: null,
    forces: null,
    table: null,
  };
}

export const openfoam: SolverProfile = {
  solver: 'openfoam',
  signs: FOAM_SIGNS,
  remarks: FOAM_RULES,
  open: (log, stored) => openFoamLog(log, Object.assign(begin(), stored)),
};

function openFoamLog(log: StepBuilder, state: FoamState): OpenLog {
  const fields = new Map<string, FieldSeries>();
  const readTable = createFoamTable(log);
  const readForces = createFoamForces(log);

  return {
    state,
    line(text, complete) {
      const at = text.lastIndexOf('Solving for ');
      if (at >= 0) {
        const solve = readSolve(text, at);
        if (solve) takeSolve(solve);
        else takeRegion(text);
        return solve !== null && solve.whole;
      }
      if (state.fatal !== null && text.trim() !== '') tellFatal(text);
      const first = text.charCodeAt(0);
      // Stack traces number their lines with the same sign.
      if (first === 35 && !/^#\d/.test(text)) {
        state.table ??= newFoamTable();
        readTable.heading(state.table, text);
        return true;
      }
      if (state.table && isFoamTableLine(first) && readTable.row(state.table, text, complete)) return true;
      return complete ? takeLine(text) : false;
    },
    end() {
      if (state.fatal !== null) tellFatal('');
    },
  };

  function takeLine(text: string): boolean {
    if (text.includes('sum local')) return takeContinuity(text);
    if (text.includes('Time = ') || text.includes('Crank angle = ') || text.includes('Iteration: '))
      return takeTime(text);
    if (text.includes('Courant') || text.includes('deltaT = ')) return takeSize(text);
    if (text.includes('egion')) takeRegion(text);
    if (readForces(state, text)) return true;
    if (text.startsWith('End') && text.trimEnd() === 'End') return takeEnd(text);
    if (text.includes('FATAL') && /FOAM FATAL (?:IO )?ERROR/.test(text)) state.fatal ??= text.trim();
    if (text.startsWith('Exec ')) takeHeading(text);
    if (!state.kindKnown) takeKind(text);
    if (text.includes('time-window')) takeCoupledEnd(text);
    return false;
  }

  function fieldSeries(region: string, field: string): FieldSeries {
    const prefix = region === '' || region === state.mainRegion ? '' : `${region}_`;
    const key = prefix + field;
    let series = fields.get(key);
    if (!series) {
      series = {
        first: log.define(key, 'residual', true, key),
        last: log.define(`${key}_last`, 'other', false, key),
        final: log.define(`${key}_final`, 'final-residual', false, key),
        sweeps: log.define(`${key}_sweeps`, 'sweeps', false, key),
      };
      fields.set(key, series);
    }
    return series;
  }

  function takeSolve(solve: FoamSolve): void {
    if (!log.isOpen && log.steps === 0) log.beginLoose();
    const region = solve.region ?? state.region;
    // What stands before the first step may be the rest of one: it names no main region.
    if (state.mainRegion === null && log.steps > 0) {
      state.mainRegion = region;
      fields.clear();
    }
    state.done = true;
    for (const { field, initial, final } of solve.residuals) {
      const series = fieldSeries(region, field);
      if (!log.has(series.first)) log.set(series.first, initial);
      log.set(series.last, initial);
      if (final === null) continue;
      log.set(series.final, final);
      log.set(series.sweeps, (log.get(series.sweeps) || 0) + solve.sweeps);
      log.solve(initial, final, solve.sweeps);
    }
  }

  function takeRegion(text: string): void {
    const region = REGION.exec(text)?.[1];
    if (region !== undefined) state.region = region;
  }

  function takeContinuity(text: string): boolean {
    const match = CONTINUITY.exec(text);
    const value = readNumber(match?.[2] ?? '');
    if (!match || value === undefined) return false;
    if (!log.isOpen && log.steps === 0) log.beginLoose();
    const region = match[1] ?? state.region;
    const prefix = region === '' || region === (state.mainRegion ?? region) ? '' : `${region}_`;
    log.set(log.define(`${prefix}continuity_local`, 'continuity', false), value);
    return true;
  }

  function takeTime(text: string): boolean {
    const execution = text.includes('ExecutionTime') ? EXECUTION.exec(text) : null;
    if (execution) {
      const [seconds, clock] = [readNumber(execution[1] ?? ''), readNumber(execution[2] ?? '')];
      if (seconds !== undefined) log.set(log.define('executionTime', 'other', false), seconds);
      if (clock !== undefined) log.set(log.define('clockTime', 'other', false), clock);
      state.done = true;
      return true;
    }
    const time = readNumber(TIME_LINE.exec(text)?.[1] ?? '');
    if (time === undefined) return false;
    beginStep(time, text);
    return true;
  }

  function beginStep(time: number, text: string): void {
    if (state.headed) log.dropLoose();
    log.begin(time);
    const { lastTime } = state;
    if (lastTime !== null && time < lastTime)
      log.remark('restarted', 'foam-time-back', 'the time went back: a run was started again', text);
    state.counted = lastTime !== null && time === lastTime + 1 ? state.counted + 1 : 0;
    // Five iterations counted one by one without a Courant number or a time step: nothing else is steady.
    if (!state.kindKnown && state.counted >= 5 && !state.size.courant && state.size.deltaT === null)
      log.kind = 'steady';
    state.lastTime = Number.isFinite(time) ? time : lastTime;
    state.stepsOfProgram += 1;
    state.region = '';
    state.done = false;
    if (!state.size.inside) setStepSize(state.size, log);
    state.size = newStepSize();
    const { end } = log.progress;
    if (end !== null && end > 0) log.progress = { ...log.progress, progress: Math.min(1, time / end) };
  }

  function takeSize(text: string): boolean {
    const inside = log.isOpen && log.steps > 0 && !state.done;
    if (!takeStepSize(state.size, text, inside)) return false;
    if (inside) setStepSize(state.size, log);
    if (!state.kindKnown) log.kind = 'transient';
    return true;
  }

  function takeKind(text: string): void {
    const known = /^SIMPLE: |steady-state mode|steady mode|time scale min\/max/.test(text)
      ? 'steady'
      : /^PISO: |transient mode/.test(text)
        ? 'transient'
        : null;
    if (known === null) return;
    log.kind = known;
    state.kindKnown = true;
  }

  function takeHeading(text: string): void {
    log.close();
    if (state.stepsOfProgram > 0)
      log.remark('restarted', 'foam-heading', 'another program began to write into this log', text);
    const kept = { mainRegion: state.mainRegion, headed: true };
    Object.assign(state, begin(), kept);
    log.kind = null;
    const program = /^Exec\s*:\s*(?:\S*\/)?(\S+)/.exec(text)?.[1] ?? '';
    if (STEADY_PROGRAM.test(program)) log.kind = 'steady';
    else if (TRANSIENT_PROGRAM.test(program)) log.kind = 'transient';
    state.kindKnown = log.kind !== null;
  }

  function takeEnd(text: string): boolean {
    if (state.stepsOfProgram > 0)
      log.remark('completed', 'foam-end', 'the solver reached its end time', text);
    return true;
  }

  function tellFatal(text: string): void {
    const told = `${state.fatal ?? ''} ${text.trim()}`;
    state.fatal = null;
    log.remark('crashed', 'foam-fatal', 'the solver stopped with a fatal error', told);
  }

  function takeCoupledEnd(text: string): void {
    const end = readNumber(COUPLED_END.exec(text)?.[2] ?? '');
    if (end !== undefined && end > 0) log.progress = { ...log.progress, end };
  }
}

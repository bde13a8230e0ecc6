/**
 * Abaqus: the status file (.sta) of Standard and Explicit, the message file (.msg) and the log. A step is one attempt
 * of one increment; an attempt that failed has a `U` behind its number.
 */
import { readNumber } from '../numbers';
import { defineProfile } from '../profile';
import type { StepBuilder } from '../step-builder';
import { firstOf } from '../table-cells';
import { ABAQUS_RULES, ABAQUS_SIGNS } from './abaqus-patterns';

interface AbaqusState {
  /** The attempt that the message file is in. */
  attempt: { analysisStep: number; increment: number; attempt: number; size: number } | null;
  analysisStep: number;
  iterations: number;
  stepTime: number;
  totalTime: number;
  /** Length of the analysis step in time, from the message file. */
  period: number | null;
  explicit: boolean;
}

/** ` 1     2   3U    0     1     1  0.0466     0.0466     0.006989`: the last three have a point, integers alone are no such row. */
const STANDARD_ROW =
  /^\s*(\d+)\s+(\d+)\s+(\d+)(U?)\s+(\d+)\s+(\d+)\s+(\d+)\s+(-?\d*\.\S*)\s+(-?\d*\.\S*)\s+(-?\d*\.\S*)(?:\s|$)/;
/** `   1234  1.000E-03 1.000E-03  00:00:12 2.345E-07   1234  1.23E+01  4.56E+01` */
const EXPLICIT_ROW =
  /^\s*(\d+)\s+([-+.\dEe]+)\s+([-+.\dEe]+)\s+(?:\d+:)?\d\d:\d\d(?:\.\d+)?\s+([-+.\dEe]+)\s+(\S+)(?:\s+([-+.\dEe]+))?(?:\s+([-+.\dEe]+))?/;
const ATTEMPT = /^\s*INCREMENT\s+(\d+) STARTS\. ATTEMPT NUMBER\s+(\d+), TIME INCREMENT\s+(\S+)/;
const ANALYSIS_STEP = /^\s*STEP\s+(\d+)\s+INCREMENT\s+\d+\s+STEP TIME/;
const ITERATION = /CONVERGENCE CHECKS FOR (?:EQUILIBRIUM|SEVERE DISCONTINUITY) ITERATION\s+(\d+)/;
const RESIDUAL = /^\s*LARGEST RESIDUAL (FORCE|MOMENT|FLUX|HEAT FLUX|VOLUME FLUX)\s+(\S+)/;
const AVERAGE = /^\s*AVERAGE (FORCE|MOMENT|FLUX|HEAT FLUX|VOLUME FLUX)\s+(\S+)/;
const TIME_DONE = /STEP TIME COMPLETED\s+([^\s,]+)\s*,\s*TOTAL TIME COMPLETED\s+(\S+)/;
/** ` ODB Field Frame Number      3 of     20 requested intervals at increment …` */
const FRAME = /ODB Field Frame Number\s+(\d+) of\s+(\d+) requested/;
const PERIOD = /TOTAL TIME PERIOD OF\s+(\S+)/;

function setAttempt(
  log: StepBuilder,
  values: {
    analysisStep?: number;
    increment: number;
    attempt?: number;
    failed?: boolean;
    iterations?: number;
    totalTime: number;
    stepTime: number;
    timeIncrement: number;
  },
): void {
  const set = (name: string, role: 'other' | 'attempts' | 'increment', value: number | undefined): void => {
    if (value !== undefined) log.set(log.define(name, role, true), value);
  };
  set('analysisStep', 'other', values.analysisStep);
  set('increment', 'other', values.increment);
  set('attempt', 'attempts', values.attempt);
  set('failed', 'other', values.failed === undefined ? undefined : Number(values.failed));
  set('iterations', 'other', values.iterations);
  set('totalTime', 'other', values.totalTime);
  set('stepTime', 'other', values.stepTime);
  set('timeIncrement', 'increment', values.timeIncrement);
}

type Times<Value> = Record<'totalTime' | 'stepTime' | 'timeIncrement', Value>;

/** Null where a column is no number. */
function readTimes(columns: Times<string | undefined>): Times<number> | null {
  const totalTime = readNumber(columns.totalTime ?? '');
  const stepTime = readNumber(columns.stepTime ?? '');
  const timeIncrement = readNumber(columns.timeIncrement ?? '');
  if (totalTime === undefined || stepTime === undefined || timeIncrement === undefined) return null;
  return { totalTime, stepTime, timeIncrement };
}

function takeStandardRow(text: string, log: StepBuilder): boolean {
  const match = STANDARD_ROW.exec(text);
  const times = match && readTimes({ totalTime: match[8], stepTime: match[9], timeIncrement: match[10] });
  if (!times) return false;
  log.begin(times.totalTime);
  setAttempt(log, {
    analysisStep: Number(match[1]),
    increment: Number(match[2]),
    attempt: Number(match[3]),
    failed: match[4] === 'U',
    iterations: Number(match[7]),
    ...times,
  });
  log.close();
  return true;
}

function takeExplicitRow(text: string, log: StepBuilder): boolean {
  const match = EXPLICIT_ROW.exec(text);
  const times = match && readTimes({ stepTime: match[2], totalTime: match[3], timeIncrement: match[4] });
  if (!times) return false;
  log.begin(times.totalTime);
  log.kind = 'transient';
  setAttempt(log, { increment: Number(match[1]), ...times });
  const [kinetic, total] = [6, 7].map((index) => readNumber(match[index] ?? ''));
  if (kinetic !== undefined) log.set(log.define('kineticEnergy', 'monitor', true), kinetic);
  if (total !== undefined) log.set(log.define('totalEnergy', 'monitor', true), total);
  log.close();
  return true;
}

/** An attempt whose time was not completed when the next one begins, or the file ends with an error, has failed. */
function closeAttempt(state: AbaqusState, log: StepBuilder, failed: boolean): void {
  const { attempt } = state;
  if (!attempt) return;
  const { size, ...numbers } = attempt;
  setAttempt(log, {
    ...numbers,
    failed,
    iterations: state.iterations,
    totalTime: state.totalTime,
    stepTime: state.stepTime,
    timeIncrement: size,
  });
  state.attempt = null;
  log.close();
}

function takeMessageLine(state: AbaqusState, text: string, log: StepBuilder): boolean {
  const attempt = text.includes('STARTS. ATTEMPT') ? ATTEMPT.exec(text) : null;
  const size = readNumber(attempt?.[3] ?? '');
  if (attempt && size !== undefined) {
    closeAttempt(state, log, true);
    const { analysisStep } = state;
    state.attempt = { analysisStep, increment: Number(attempt[1]), attempt: Number(attempt[2]), size };
    state.iterations = 0;
    log.begin(state.totalTime);
    log.set(log.define('increment', 'other', true), Number(attempt[1]));
    return true;
  }
  const analysisStep = text.includes('STEP TIME') ? ANALYSIS_STEP.exec(text)?.[1] : undefined;
  if (analysisStep !== undefined && Number(analysisStep) !== state.analysisStep) {
    state.analysisStep = Number(analysisStep);
    state.stepTime = 0;
  }
  const period = text.includes('TIME PERIOD') ? readNumber(PERIOD.exec(text)?.[1] ?? '') : undefined;
  if (period !== undefined) state.period = period;
  if (!state.attempt) return false;
  if (text.includes('CONVERGENCE CHECKS') && ITERATION.test(text)) state.iterations += 1;
  else if (text.includes('RESIDUAL')) takeForce(RESIDUAL.exec(text), 'residual', log);
  else if (text.includes('AVERAGE')) takeForce(AVERAGE.exec(text), 'average', log);
  else if (text.includes('TIME COMPLETED')) takeTimeDone(state, text, log);
  return false;
}

function takeForce(match: RegExpExecArray | null, what: 'residual' | 'average', log: StepBuilder): void {
  const value = readNumber(match?.[2] ?? '');
  if (!match || value === undefined) return;
  const name = (match[1] ?? '').toLowerCase().replace(/ (\w)/, (_, letter: string) => letter.toUpperCase());
  const series = what + name.charAt(0).toUpperCase() + name.slice(1);
  // The sign tells the direction; how far from balance it is, is its size.
  log.set(log.define(series, what === 'residual' ? 'force' : 'criterion', false), Math.abs(value));
}

function takeTimeDone(state: AbaqusState, text: string, log: StepBuilder): void {
  const match = TIME_DONE.exec(text);
  const [stepTime, totalTime] = [readNumber(match?.[1] ?? ''), readNumber(match?.[2] ?? '')];
  if (stepTime === undefined || totalTime === undefined) return;
  state.stepTime = stepTime;
  state.totalTime = totalTime;
  if (state.period !== null && state.period > 0) {
    const end = totalTime - stepTime + state.period;
    // Further steps may follow: the end of this one is the end of what is known.
    log.progress = { progress: null, end, stepsLeft: null };
  }
  closeAttempt(state, log, false);
}

export const abaqus = defineProfile<AbaqusState>({
  solver: 'abaqus',
  signs: ABAQUS_SIGNS,
  remarks: ABAQUS_RULES,
  begin: () => ({
    attempt: null,
    analysisStep: 1,
    iterations: 0,
    stepTime: 0,
    totalTime: 0,
    period: null,
    explicit: false,
  }),
  line(state, text, log, complete) {
    const first = firstOf(text);
    if (first >= 48 && first <= 57) {
      if (takeStandardRow(text, log)) return true;
      if (state.explicit && takeExplicitRow(text, log)) return true;
    }
    if (!complete) return false;
    const frame = text.includes('ODB Field Frame') ? FRAME.exec(text) : null;
    if (frame && Number(frame[2]) > 0)
      log.progress = { progress: Number(frame[1]) / Number(frame[2]), end: null, stepsLeft: null };
    if (text.includes('STABLE') || text.includes('CRITICAL ELEMENT')) state.explicit = true;
    return takeMessageLine(state, text, log);
  },
  end(state, log) {
    closeAttempt(state, log, false);
  },
});

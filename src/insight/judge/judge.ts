import type { LogProgress, LogRemark, LogStep, Series, SeriesRole, SolverName } from '../logs/log-step';
import { finalVerdict, presentTrouble } from './final-verdict';
import type { JudgeOptions, FinalVerdict, VerdictName } from './reading/options';
import type { Reading, StepRule } from './reading/reading';
import { convergedRules } from './rules/converged';
import { divergingRules } from './rules/diverging';
import { flatWindow, judgeFlatness } from './rules/flat';
import { incrementRules } from './rules/increments';
import { passedLimits } from './rules/limits';
import { notNumberRules } from './rules/not-numbers';
import { verdictOf } from './rules/remarks';
import { timeStepRules } from './rules/time-step';
import { forgetForRestart, startState, type JudgeState } from './state';
import { addToPace, timeToEnd, type SolverClocks, type TimeToEnd } from './time-to-end';
import { addToTrail, haveJumped, startTrail, type Trail } from './reading/trail';

/** What is told of a log, once. */
export interface Verdict {
  readonly verdict: VerdictName | FinalVerdict;
  /** The name of the rule or of the pattern that found it. */
  readonly rule: string;
  readonly step: number;
  /** The printed iteration or time. */
  readonly time: number | null;
  /** Milliseconds since the epoch: of the line's stamp, or when it was read. */
  readonly at: number;
  readonly evidence: readonly string[];
  readonly values: Readonly<Record<string, number | null>>;
}

/** What the reader of the log knows beside steps and remarks. */
export interface LogFacts {
  readonly solver: SolverName | null;
  readonly series: readonly Series[];
  readonly kind: 'steady' | 'transient' | null;
  readonly progress: LogProgress;
}

/** Judges one log as it grows. `now` is when the piece was read, milliseconds since the epoch. */
export interface Judge {
  step(step: LogStep, facts: LogFacts, now: number): Verdict[];
  remark(remark: LogRemark, now: number): Verdict[];
  /** No line has come for so long (ms). The caller knows when that is too long. */
  silent(quiet: number, now: number): Verdict[];
  finalVerdict(facts: LogFacts): FinalVerdict;
  /** The gravest of what was told and is so still; null while all is well. */
  readonly trouble: VerdictName | null;
  timeToEnd(facts: LogFacts): TimeToEnd | null;
  /** To go on from after a restart. */
  readonly state: JudgeState;
}

const RULES: readonly StepRule[] = [
  ...notNumberRules,
  ...divergingRules,
  ...timeStepRules,
  ...incrementRules,
  ...convergedRules,
];

/** How often in a window flatness is looked at: a twentieth of it is lost at most. */
const LOOKS = 20;

export function createJudge(options: JudgeOptions, state: JudgeState = startState()): Judge {
  const wanted = (name: VerdictName) => options.verdicts.has(name);
  const places = new Map<SeriesRole, number[]>();
  /** How many streaks there are. */
  let running = Object.keys(state.streaks).length;
  const clocks: SolverClocks = { executionTime: -1, clockTime: -1 };
  state.trails.forEach((trail, index) => place(trail, index));

  function place({ role, name }: Trail, index: number): void {
    if (name === 'executionTime' || name === 'clockTime') clocks[name] = index;
    const indexes = places.get(role);
    if (indexes) indexes.push(index);
    else places.set(role, [index]);
  }

  function meet({ series }: LogFacts): void {
    for (let index = state.trails.length; index < series.length; index += 1) {
      const trail = startTrail(series[index]!);
      state.trails.push(trail);
      place(trail, index);
    }
  }

  /** Notes a verdict and gives it to be told, unless it was told before or nobody wants it. */
  function tell(
    verdict: VerdictName,
    found: Omit<Verdict, 'verdict' | 'step' | 'time'>,
    at: { step?: number; time?: number | null } = {},
  ): Verdict[] {
    if (state.told.includes(verdict)) return [];
    state.told.push(verdict);
    const where = { step: state.step, time: state.time, ...at };
    return wanted(verdict) ? [{ verdict, ...where, ...found }] : [];
  }

  /** Most rules hold in no step of most runs: while none does, there is nothing to look up. */
  function streak(holds: boolean, key: string, of = ''): number {
    if (!holds && running === 0) return 0;
    const name = of === '' ? key : `${key} ${of}`;
    const before = state.streaks[name] ?? 0;
    if (holds) {
      if (before === 0) running += 1;
      return (state.streaks[name] = before + 1);
    }
    if (before > 0) {
      delete state.streaks[name];
      running -= 1;
    }
    return 0;
  }

  function readingOf(step: LogStep, facts: LogFacts): Reading {
    return {
      step,
      trails: state.trails,
      places,
      solver: facts.solver,
      judged: state.judged,
      options,
      lastTime: state.time,
      settling: state.settling,
      streak: (key, holds, of) => streak(holds, key, of),
      tally: (key, happened) => (state.tallies[key] = (state.tallies[key] ?? 0) + (happened ? 1 : 0)),
    };
  }

  function judgeStep(reading: Reading, at: number): Verdict[] {
    const verdicts: Verdict[] = [];
    for (const rule of RULES) {
      if (state.told.includes(rule.verdict)) continue;
      if (!rule.early && state.judged <= options.warmUp) continue;
      const finding = rule.find(reading);
      if (!finding) continue;
      if (rule.verdict === 'converged') state.metCriterion = true;
      verdicts.push(...tell(rule.verdict, { rule: rule.name, at, ...finding }));
    }
    if (!wanted('limit')) return verdicts;
    for (const { place, finding } of passedLimits(reading)) {
      if (state.limitsTold.includes(place)) continue;
      state.limitsTold.push(place);
      const { step, time } = state;
      verdicts.push({ verdict: 'limit', rule: `limit-${place + 1}`, step, time, at, ...finding });
    }
    return verdicts;
  }

  /** Stalled and oscillating are one finding of two kinds: one of them is told. */
  function judgeFlat(reading: Reading, facts: LogFacts, at: number): Verdict[] {
    const { flat, judged, told } = state;
    const window = flatWindow(judged);
    const due = judged % Math.max(1, Math.floor(window / LOOKS)) === 0;
    // What came before a jump is another run: nothing is flat until a whole window lies behind it.
    if (judged - state.jumpedAt < window || !(due || (flat.steps > 0 && flat.steps < options.confirm)))
      return [];
    if (!isSteady(facts)) return [];
    const flatness = judgeFlatness(reading);
    // What neither falls nor is flat enough changes nothing about what was found before.
    const before = flatness === 'unclear' ? flat.verdict : null;
    const found = flatness !== 'unclear' && flatness !== 'falling' ? flatness : null;
    state.flat = { verdict: found?.verdict ?? before, steps: found ? flat.steps + 1 : 0 };
    if (!found || state.flat.steps < options.confirm) return [];
    if (OVER.some((verdict) => told.includes(verdict))) return [];
    return tell(found.verdict, {
      rule: 'residuals-flat',
      at,
      evidence: found.evidence,
      values: found.values,
    });
  }

  function isSteady({ kind }: LogFacts): boolean {
    if (options.kind !== 'auto') return options.kind === 'steady';
    if (kind !== null) return kind === 'steady';
    return state.iterations;
  }

  return {
    state,
    step(step, reader, now) {
      // The reader may have read on: what the log had shown by this step is in the step, for any cutting of the text.
      const facts = {
        solver: reader.solver,
        series: reader.series,
        kind: step.kind,
        progress: step.progress,
      };
      meet(facts);
      state.judged += 1;
      state.step = step.step;
      const { time } = state;
      if (step.time !== null && state.judged > 1 && time !== null) {
        state.iterations &&= Number.isInteger(step.time) && step.time > time;
      }
      if (state.completed !== null && step.step > state.completed) {
        state.completed = null;
        state.heard = state.heard.filter((kind) => kind !== 'completed' && kind !== 'not-converged');
      }
      settle(state, step, options);
      const at = step.wall ?? now;
      const reading = readingOf(step, facts);
      state.time = step.time;
      const verdicts = judgeStep(reading, at);
      if (haveJumped(state.trails, step.values)) state.jumpedAt = state.judged;
      state.trails.forEach((trail, index) => addToTrail(trail, step.values[index] ?? NaN));
      addToPace(state.pace, step, clocks, now);
      return [...verdicts, ...judgeFlat(reading, facts, at)];
    },
    remark(remark, now) {
      if (remark.kind === 'restarted') {
        forgetForRestart(state);
        places.clear();
        running = 0;
        return [];
      }
      state.heard = [...state.heard.filter((kind) => kind !== remark.kind), remark.kind];
      if (remark.kind === 'completed' || remark.kind === 'not-converged') state.completed = remark.step;
      const word = verdictOf(remark);
      if (!word) return [];
      if (word.verdict === 'crashed') state.crashedAt = state.judged;
      // To stop it is what one does about a run that diverges.
      if (remark.kind === 'killed' && state.told.includes('diverging')) return [];
      const { step } = remark;
      // Of the step that is being written only the number is known.
      const time = step === state.step ? state.time : null;
      return tell(
        word.verdict,
        { rule: remark.rule, at: remark.wall ?? now, ...word.finding },
        { step, time },
      );
    },
    silent(quiet, now) {
      const minutes = Math.floor(quiet / 60_000);
      const span = minutes > 1 ? `${minutes} min` : `${Math.floor(quiet / 1000)} s`;
      const sentence = `The log has had no new line for ${span} after step ${state.step}`;
      const { step, time } = state;
      return wanted('silent')
        ? [
            {
              verdict: 'silent',
              rule: 'no-new-line',
              step,
              time,
              at: now,
              evidence: [sentence],
              values: { minutes },
            },
          ]
        : [];
    },
    finalVerdict: () => finalVerdict(state),
    get trouble() {
      return presentTrouble(state, wanted);
    },
    timeToEnd: ({ progress }) =>
      timeToEnd(state.pace, state.trails, state.judged, {
        progress,
        tolerance: options.tolerance,
        chosen: options.fields ?? (() => true),
      }),
  };
}

/** When one of these was told, flat residuals are no news. */
const OVER: readonly VerdictName[] = ['converged', 'diverging', 'crashed', 'stalled', 'oscillating'];

/** Keeps the last values of the series that the user named as monitors. */
function settle(state: JudgeState, step: LogStep, { monitor, window }: JudgeOptions): void {
  if (!monitor) return;
  state.trails.forEach(({ name }, index) => {
    const value = step.values[index] ?? NaN;
    if (!Number.isFinite(value) || !monitor(name)) return;
    let kept = state.settling.find((one) => one.name === name);
    if (!kept) state.settling.push((kept = { name, values: [] }));
    kept.values.push(value);
    if (kept.values.length > window) kept.values.shift();
  });
}

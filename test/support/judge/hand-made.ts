/** Logs that a test writes by hand: steps with numbers, and what a judge says of them. */
import { createJudge, type LogFacts, type Verdict } from '../../../src/insight/judge/judge';
import type { JudgeOptions } from '../../../src/insight/judge/reading/options';
import { usualOptions } from './usual-options';
import type { LogRemark, LogStep, Series, SeriesRole } from '../../../src/insight/logs/log-step';

/** A series as a test names it: `Ux`, or with its role. */
export const series = (name: string, role: SeriesRole = 'residual', field?: string): Series => ({
  name,
  role,
  usual: true,
  ...(field !== undefined && { field }),
});

export type Values = Record<string, number>;

export interface HandMade {
  series: readonly Series[];
  options?: Partial<JudgeOptions>;
  facts?: Partial<LogFacts>;
}

/** What is known when nobody says more: an OpenFOAM run that counts iterations. */
const usualFacts: Omit<LogFacts, 'series'> = {
  solver: 'openfoam',
  kind: 'steady',
  progress: { progress: null, end: null, stepsLeft: null },
};

/** Any time; judging asks no clock. */
export const NOW = Date.UTC(2024, 0, 1);

export function judgeOf({ series: list, options = {}, facts = {} }: HandMade) {
  const judge = createJudge({ ...usualOptions, ...options });
  const known: LogFacts = { ...usualFacts, series: list, ...facts };
  const verdicts: Verdict[] = [];
  let number = 0;
  return {
    judge,
    facts: known,
    verdicts,
    /** One step; NaN stands for a value that was printed and is no number, a missing one is left out. */
    step(values: Values, more: Partial<LogStep> = {}): Verdict[] {
      number += 1;
      const row = list.map(({ name }) => values[name] ?? NaN);
      const notNumbers = list.flatMap(({ name }, index) => (Number.isNaN(values[name]) ? [index] : []));
      const step = {
        step: number,
        time: number,
        wall: null,
        values: row,
        notNumbers,
        solves: null,
        line: number,
        kind: known.kind,
        progress: known.progress,
      };
      const told = judge.step({ ...step, ...more }, known, NOW);
      verdicts.push(...told);
      return told;
    },
    steps(
      count: number,
      values: (step: number) => Values,
      more: (step: number) => Partial<LogStep> = () => ({}),
    ) {
      for (let at = 0; at < count; at += 1) this.step(values(number + 1), more(number + 1));
      return this;
    },
    remark(kind: LogRemark['kind'], more: Partial<LogRemark> = {}): Verdict[] {
      const remark = {
        kind,
        rule: kind,
        reason: `the log says ${kind}`,
        text: 'its words',
        step: number,
        line: number,
        wall: null,
      };
      const told = judge.remark({ ...remark, ...more }, NOW);
      verdicts.push(...told);
      return told;
    },
    /** `diverging courant-limit 30`, one for each verdict. */
    get told() {
      return verdicts.map(({ verdict, rule, step }) => `${verdict} ${rule} ${step}`);
    },
    get finalVerdict() {
      return judge.finalVerdict(known);
    },
  };
}

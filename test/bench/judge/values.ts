/** Are the values at named steps right, however the text comes: whole, in pieces, with CRLF, with stamps in front? */
import type { LogStep } from '../../../src/insight/logs/log-step';
import { createLogReader } from '../../../src/insight/logs/reader/create-log-reader';
import { atLeast } from '../figures';
import type { CorpusLog, Judgement, Truth } from './corpus';

interface ReadLog {
  steps: LogStep[];
  value(step: LogStep, name: string): number | undefined;
}

const FORMS: Record<string, (text: string) => string[]> = {
  whole: (text) => [text],
  pieces: (text) => pieces(text),
  CRLF: (text) => [text.replace(/\r?\n/g, '\r\n')],
  stamps: (text) => [text.replace(/^/gm, '[2022-10-27T13:18:37Z]: ')],
};

/** Pieces of 1 to 2,000 characters from a fixed seed, so that a fault comes again. */
function pieces(text: string): string[] {
  const cut: string[] = [];
  let seed = 7;
  for (let from = 0; from < text.length;) {
    seed = (seed * 48_271) % 0x7fffffff;
    const length = 1 + (seed % 2_000);
    cut.push(text.slice(from, from + length));
    from += length;
  }
  return cut;
}

function read(parts: readonly string[]): ReadLog {
  const reader = createLogReader();
  const items = [...parts.flatMap((part) => reader.read(part)), ...reader.end()];
  const numbers = new Map(reader.series.map(({ name }, index) => [name, index]));
  return {
    steps: items.flatMap((item) => ('step' in item ? [item.step] : [])),
    value(step, name) {
      const index = numbers.get(name);
      if (index === undefined) return undefined;
      const value = step.values[index];
      return value === undefined || (Number.isNaN(value) && !step.notNumbers.includes(index))
        ? undefined
        : value;
    },
  };
}

/** Names that labels use for our series. */
const NAMES: Record<string, string> = {
  continuityLocalLast: 'continuity_local',
  courantMax: 'courant_max',
  totalIter: 'cumIter',
  wall: 'Wall',
  elapsedSeconds: 'elapsedSeconds',
};

type Check = [name: string, reached: number | undefined, wanted: unknown];

/** How the step of a label is found: the first of these keys that it has. */
function stepOf(log: ReadLog, truth: Truth, solver: string): LogStep | undefined {
  const by = (name: string) => (step: LogStep) => log.value(step, name) === truth[name];
  const { steps } = log;
  if (truth.solve !== undefined) return steps[Number(truth.solve) - 1];
  if (truth.line !== undefined) return steps.find(({ line }) => line === truth.line);
  if (truth.iteration !== undefined) return steps.find(({ time }) => time === truth.iteration);
  if (truth.increment !== undefined)
    return steps.find(
      (step) =>
        by('increment')(step) && by('attempt')(step) && log.value(step, 'analysisStep') === truth.step,
    );
  for (const key of ['cumIter', 'loadStep', 'designCycle'])
    if (truth[key] !== undefined) return steps.find(by(key));
  if (truth.cycle !== undefined) return steps.find((step) => by('cycle')(step) && step.time === truth.time);
  if (truth.step !== undefined && solver === 'openfoam') return steps.find(({ step }) => step === truth.step);
  return steps.find(({ time }) => time === truth.time);
}

function checksOf(log: ReadLog, truth: Truth, step: LogStep): Check[] {
  const numbers = (key: string): [string, unknown][] => Object.entries(truth[key] ?? {});
  if (truth.solve !== undefined) {
    const field = String(truth.field);
    return [
      [field, log.value(step, field), truth.initial],
      [`${field}_final`, log.value(step, `${field}_final`), truth.final],
      [`${field}_sweeps`, log.value(step, `${field}_sweeps`), truth.iterations],
    ];
  }
  const checks: Check[] = [];
  for (const [name, wanted] of [...numbers('residual'), ...numbers('columns')]) {
    // A label may name a field's region: the first region's fields have none.
    const reached =
      name === 'Time'
        ? (step.time ?? undefined)
        : (log.value(step, name.replace('/', '_')) ?? log.value(step, name));
    if (typeof wanted === 'number' || isNotNumber(wanted)) checks.push([name, reached, wanted]);
  }
  for (const [name, wanted] of Object.entries(truth)) {
    if (name === 'wall' && typeof wanted === 'string')
      checks.push(['wall', step.wall ?? undefined, Date.parse(wanted)]);
    else if (name === 'time' || (name === 'totalTime' && log.value(step, name) === undefined))
      checks.push([name, step.time ?? undefined, wanted]);
    else if (typeof wanted === 'number' && !['step', 'line', 'iteration'].includes(name))
      checks.push([name, log.value(step, NAMES[name] ?? name), wanted]);
    else if (name === 'failed') checks.push([name, log.value(step, name), Number(wanted)]);
  }
  return checks;
}

const isNotNumber = (value: unknown): boolean => typeof value === 'string' && /^-?nan$/i.test(value);

function isRight(reached: number | undefined, wanted: unknown): boolean {
  if (reached === undefined) return false;
  if (isNotNumber(wanted)) return Number.isNaN(reached);
  return typeof wanted === 'number' && Math.abs(reached - wanted) <= 1e-6 * Math.abs(wanted);
}

export function judgeValues(logs: readonly CorpusLog[]): Judgement {
  const lines: string[] = [];
  const goals = Object.entries(FORMS).map(([form, cut]) => {
    let [right, total] = [0, 0];
    for (const { file, text, solver = '', truth = [] } of logs) {
      if (truth.length === 0) continue;
      const log = read(cut(text));
      for (const one of truth) {
        const step = stepOf(log, one, solver);
        if (!step) {
          // Totals that a log prints at its end belong to no step.
          if (one.step !== undefined || one.time !== undefined || one.iteration !== undefined) {
            total += 1;
            lines.push(`${form} ${file}: no step ${JSON.stringify(one).slice(0, 80)}`);
          }
          continue;
        }
        for (const [name, reached, wanted] of checksOf(log, one, step)) {
          total += 1;
          if (isRight(reached, wanted)) right += 1;
          else lines.push(`${form} ${file}: ${name} is ${reached}, should be ${String(wanted)}`);
        }
      }
    }
    return {
      ...atLeast(`values right, ${form}`, (right / total) * 100, 100, ' %'),
      what: `values right, ${form} (${right} of ${total})`,
    };
  });
  return {
    title: 'values at named steps',
    lines,
    goals: logs.some(({ truth }) => truth?.length) ? goals : [],
  };
}

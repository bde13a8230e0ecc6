import { shownValue } from '../../api/errors/shown-value';
import { isRescaleError, RescaleError, type ErrorText } from '../../api/errors/errors';
import { verdictNames, type JudgeOptions, type Limit } from '../../insight/judge/reading/options';
import type { UserPattern } from '../../insight/logs/reader/user-patterns';
import type { SolverName } from '../../insight/logs/log-step';
import type { MonitorOptions } from '../../insight/monitor/log-monitor';
import { nameTest } from '../../insight/names/name-test';
import { choiceField, numberField, tickField, type Field, type FieldValues } from '../fields/fields';
import { checksField, listField, plainTextField } from '../fields/list-field';
import { minutesField } from '../fields/span-fields';

const solvers = [
  'auto',
  'openfoam',
  'su2',
  'fluent',
  'starccm',
  'cfx',
  'abaqus',
  'ansys',
  'lsdyna',
  'nastran',
  'table',
  'patterns',
] as const satisfies readonly (SolverName | 'auto')[];

/** A longer window would have to be kept whole. */
const LONGEST_WINDOW = 10_000;
const MOST_ROWS = 100_000;

/** The dialog of monitor-run. */
export const monitorFields = {
  solver: choiceField(solvers, 'auto'),
  series: plainTextField(),
  patterns: listField(patternOf),
  emit: choiceField(['rows', 'all'], 'rows'),
  keep: numberField(2000, { least: 10, most: MOST_ROWS, whole: true }),
  tolerance: blankableNumber(),
  fields: plainTextField(),
  hold: numberField(10, { least: 1, whole: true }),
  monitor: plainTextField(),
  monitorTolerance: numberField(0.02, { least: 0 }),
  window: numberField(100, { least: 2, most: LONGEST_WINDOW, whole: true }),
  warmUp: numberField(20, { least: 0, whole: true }),
  kind: choiceField(['auto', 'steady', 'transient'], 'auto'),
  verdicts: checksField(verdictNames, verdictNames),
  limits: listField(limitOf),
  silence: minutesField(15),
  confirm: numberField(3, { least: 1, whole: true }),
  durable: tickField(true),
};

export type MonitorValues = FieldValues<typeof monitorFields>;

/** What the reader, the rules and the rows need of the dialog. */
export function monitorOptions(values: MonitorValues): MonitorOptions {
  const { patterns, solver, emit, keep, limits, verdicts, fields, monitor, series, ...numbers } = values;
  const judge: JudgeOptions = {
    verdicts: new Set(verdicts),
    warmUp: numbers.warmUp,
    tolerance: numbers.tolerance,
    fields: nameTest(fields),
    hold: numbers.hold,
    monitor: nameTest(monitor),
    monitorTolerance: numbers.monitorTolerance,
    window: numbers.window,
    kind: numbers.kind,
    limits: limits.map((limit) => ({ ...limit, test: nameTest(limit.series) ?? (() => false) })),
    confirm: numbers.confirm,
  };
  return { reader: { solver, patterns }, judge, series: nameTest(series), keep: emit === 'all' ? keep : 0 };
}

/** Null when blank. */
function blankableNumber(): Field<number | null> {
  return {
    read(source) {
      const value = source.config[source.name];
      const blank =
        value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
      return blank ? null : numberField(0).read(source);
    },
  };
}

/** What is wrong with it is told by the reader, which compiles it. */
function patternOf(row: Record<string, unknown>): UserPattern {
  return row as unknown as UserPattern;
}

function limitOf(value: Record<string, unknown>, field: string): Limit {
  const series = typeof value.series === 'string' ? value.series.trim() : '';
  const [above, below] = [boundOf(value.above, `${field} above`), boundOf(value.below, `${field} below`)];
  if (series === '' || (above === undefined && below === undefined))
    throw inputError('input-limit', { field });
  const hold = boundOf(value.hold, `${field} hold`) ?? 1;
  return { series, hold, ...(above !== undefined && { above }), ...(below !== undefined && { below }) };
}

function boundOf(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === ''))
    return undefined;
  const figure = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
  if (Number.isFinite(figure)) return figure;
  throw inputError('input-number', { field, value: shownValue(value) });
}

function inputError(key: ErrorText['key'], values: ErrorText['values']): RescaleError {
  return new RescaleError('RESCALE_INPUT', key, values);
}

/** The patterns are compiled when the first log comes. */
export function readable<Thing>(make: () => Thing): Thing {
  try {
    return make();
  } catch (error) {
    if (isRescaleError(error) || !(error instanceof Error) || error.constructor.name !== 'PatternProblem')
      throw error;
    throw new RescaleError('RESCALE_INPUT', 'input-pattern', { reason: error.message });
  }
}

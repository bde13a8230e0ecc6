import { shownValue } from '../../api/errors/shown-value';
import { RescaleError, type ErrorText } from '../../api/errors/errors';
import {
  verdictNames,
  type JudgeOptions,
  type Limit,
  type VerdictName,
} from '../../insight/judge/reading/options';
import type { UserPattern } from '../../insight/logs/reader/user-patterns';
import type { SolverName } from '../../insight/logs/log-step';
import type { MonitorOptions } from '../../insight/monitor/log-monitor';
import { nameTest } from '../../insight/names/name-test';
import { isRecord } from '../definition/messages';
import { choiceField, numberField, tickField, type Field, type FieldValues } from '../fields/fields';

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
  series: textField(),
  patterns: listField(patternOf),
  emit: choiceField(['rows', 'all'], 'rows'),
  keep: numberField(2000, { least: 10, most: MOST_ROWS, whole: true }),
  tolerance: blankableNumber(),
  fields: textField(),
  hold: numberField(10, { least: 1, whole: true }),
  monitor: textField(),
  monitorTolerance: numberField(0.02, { least: 0 }),
  window: numberField(100, { least: 2, most: LONGEST_WINDOW, whole: true }),
  warmUp: numberField(20, { least: 0, whole: true }),
  kind: choiceField(['auto', 'steady', 'transient'], 'auto'),
  verdicts: verdictsField(),
  limits: listField(limitOf),
  silence: numberField(15, { least: 0 }),
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

/** A text that only the dialog sets; '' when blank. */
function textField(): Field<string> {
  return {
    read({ name, config }) {
      const value = config[name] ?? '';
      if (typeof value === 'string') return value.trim();
      throw inputError('input-text', { field: name, value: shownValue(value) });
    },
  };
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

/** Rows of a dialog, or JSON in an environment variable. */
function listField<Item>(itemOf: (value: unknown, field: string) => Item): Field<Item[]> {
  return {
    read({ name, config }) {
      const stored = config[name] ?? [];
      const value = typeof stored === 'string' ? parsed(stored) : stored;
      if (!Array.isArray(value)) throw inputError('input-list', { field: name, value: shownValue(stored) });
      return value.map((item, place) => itemOf(item, `${name} ${place + 1}`));
    },
  };
}

function parsed(text: string): unknown {
  try {
    return text.trim() === '' ? [] : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

/** What is wrong with it is told by the reader, which compiles it. */
function patternOf(value: unknown, field: string): UserPattern {
  if (isRecord(value)) return value as unknown as UserPattern;
  throw inputError('input-row', { field, value: shownValue(value) });
}

function limitOf(value: unknown, field: string): Limit {
  if (!isRecord(value)) throw inputError('input-row', { field, value: shownValue(value) });
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

/** Ticked boxes; all of them while nobody has ticked any off. */
function verdictsField(): Field<VerdictName[]> {
  return {
    read({ name, config }) {
      const value = config[name];
      if (value === undefined || value === null || value === '') return [...verdictNames];
      const ticked: unknown[] = Array.isArray(value) ? value : [value];
      const unknown = ticked.find((verdict) => !verdictNames.includes(verdict as VerdictName));
      if (unknown === undefined) return verdictNames.filter((verdict) => ticked.includes(verdict));
      throw inputError('input-choice', {
        field: name,
        choices: verdictNames.join(', '),
        value: shownValue(unknown),
      });
    },
  };
}

function inputError(key: ErrorText['key'], values: ErrorText['values']): RescaleError {
  return new RescaleError('RESCALE_INPUT', key, values);
}

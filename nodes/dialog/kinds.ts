/** The field kinds, as a dialog names them. Each exists once, here; how its row looks stands in `rows.ts`. */
import { offeredEncodings } from '../../src/runs/files/offered-encodings';
import type {
  Accepts,
  Bounds,
  CheckboxField,
  ChecksField,
  Column,
  Field,
  FieldOptions,
  FoldField,
  Lookup,
  Measure,
  NumberField,
  OwnField,
  PlatformField,
  RowsField,
  SelectField,
  SourceType,
  TextField,
  TypedField,
} from './field';

/** What a field of a message can come from. */
const ANYWHERE: readonly SourceType[] = ['msg', 'flow', 'global', 'env', 'jsonata'];

interface TypedOptions extends FieldOptions, Bounds {
  /** Fixed and blank unless told. */
  initial?: { type: SourceType; value: string };
  /** What a fixed value is: `str` unless told. */
  literal?: 'str' | 'num' | 'bool' | 'json';
  /** The other sources, when they are not all of them. */
  types?: readonly SourceType[];
  accepts?: Accepts;
  blank?: boolean;
  pick?: Lookup;
  several?: boolean;
  measure?: Measure;
  zero?: string;
}

export function typed(name: string, options: TypedOptions = {}): TypedField {
  const { initial, literal = 'str', types = ANYWHERE, accepts, blank = false, ...rest } = options;
  return {
    kind: 'typed',
    name,
    initial: initial ?? { type: literal, value: '' },
    types: [literal, ...types.filter((type) => type !== literal)],
    accepts: accepts ?? (literal === 'num' ? 'number' : literal === 'json' ? 'json' : 'text'),
    blank,
    ...rest,
  };
}

export function platform(): PlatformField {
  return { kind: 'platform', name: 'platform', icon: 'cloud' };
}

const fromMessage = (name: string) => ({ type: 'msg', value: name }) as const;

/** Which job: `msg.jobId` unless told. */
export function job(options: TypedOptions = {}): TypedField {
  const initial = fromMessage('jobId');
  return typed('jobId', { icon: 'briefcase', accepts: 'id', pick: 'jobs', initial, ...options });
}

/** Which run of the job: `msg.runId` unless told. */
export function run(options: TypedOptions = {}): TypedField {
  const initial = fromMessage('runId');
  return typed('runId', { icon: 'play', accepts: 'id', pick: 'runs', initial, ...options });
}

/** Which file of the run: `msg.path` unless told. */
export function path(options: TypedOptions = {}): TypedField {
  const initial = fromMessage('path');
  return typed('path', { icon: 'file-text-o', accepts: 'path', pick: 'files', initial, ...options });
}

/** A pattern that paths must match; blank is no filter. */
export function glob(options: TypedOptions = {}): TypedField {
  return typed('glob', { icon: 'asterisk', blank: true, ...options });
}

/** How long to wait, typed, in seconds. */
export function deadline(seconds: number, options: TypedOptions = {}): TypedField {
  const initial = { type: 'num', value: String(seconds) } as const;
  const bounds = { least: 0, fraction: true, blank: true };
  return typed('deadline', {
    icon: 'clock-o',
    literal: 'num',
    initial,
    measure: 'seconds',
    ...bounds,
    ...options,
  });
}

export function number(
  name: string,
  initial: number | '',
  options: Omit<NumberField, 'kind' | 'name' | 'initial'> = {},
): NumberField {
  return { kind: 'number', name, initial, ...options };
}

/** How often to look, in seconds. */
export function interval(seconds: number, least: number): NumberField {
  return number('interval', seconds, {
    icon: 'refresh',
    measure: 'seconds',
    least,
    most: 86_400,
    fraction: true,
  });
}

export function text(name: string, initial = '', options: FieldOptions = {}): TextField {
  return { kind: 'text', name, initial, ...options };
}

/** A choice; the first one is the default unless told. */
export function select(
  name: string,
  options: readonly [string, ...string[]],
  { initial = options[0], ...rest }: FieldOptions & { initial?: string } = {},
): SelectField {
  return { kind: 'select', name, options, initial, ...rest };
}

export function checkbox(name: string, initial: boolean, options: FieldOptions = {}): CheckboxField {
  return { kind: 'checkbox', name, initial, ...options };
}

export function checks(
  name: string,
  options: readonly string[],
  { initial = options, needed = true, ...rest }: FieldOptions & Partial<ChecksField> = {},
): ChecksField {
  return { ...rest, kind: 'checks', name, options, initial, needed };
}

/** An editable list with these columns. */
export function rows(name: string, columns: readonly Column[], options: FieldOptions = {}): RowsField {
  return { kind: 'rows', name, columns, ...options };
}

/** Find out how a run ended. */
export function outcome(initial: boolean): CheckboxField {
  return checkbox('outcome', initial);
}

/** Keep the work on disk over a restart. */
export function durable(): CheckboxField {
  return checkbox('durable', true);
}

/** How the bytes of a file are text. */
export function encoding(): SelectField {
  return select('encoding', offeredEncodings, { icon: 'font' });
}

/** How a list comes out, at most how many, and how many for each request. */
export function list(): Field[] {
  return [
    select('emit', ['array', 'each', 'page'], { icon: 'sign-out' }),
    number('limit', 0, { icon: 'filter', least: 0, measure: 'items', zero: 'all' }),
    fold([number('pageSize', 100, { icon: 'files-o', least: 1, most: 1000 })]),
  ];
}

/** A section of a long dialog; its caption is `fold.<name>`. */
export function section(name: string, fields: readonly Field[]): FoldField {
  return { kind: 'fold', name, open: true, fields };
}

export function fold(fields: readonly Field[], name = 'advanced'): FoldField {
  return { kind: 'fold', name, fields };
}

export function own(name: string, field: Omit<OwnField, 'kind' | 'name'>): OwnField {
  return { kind: 'own', name, ...field };
}

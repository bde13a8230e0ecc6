/** The fields of a dialog: what they are called, what they may hold and what a blank one means. */
import { shortened, shownValue } from '../../api/errors/shown-value';
import type { NodeDef } from 'node-red';
import { RescaleError, type ErrorText, type ErrorTextValues } from '../../api/errors/errors';
import type { ErrorTextKey } from '../../api/errors/texts/error-texts';
import { isSparse } from '../../api/errors/sparse-list';

/** The stored properties of a node, as Node-RED hands them over: `${ENV}` is already replaced. */
export type NodeConfig = NodeDef & Record<string, unknown>;

/** What a field needs to find its value. */
export interface FieldSource {
  /** The stored name: a typed field keeps its type in `name` + `Type`. */
  name: string;
  config: NodeConfig;
  /** What it is read for; none outside of any message. */
  message?: FieldMessage;
  /** Evaluates a typed property; undefined when there is nothing. A promise only where the value is not at hand. */
  evaluate(value: string, type: string, message?: FieldMessage): unknown;
}

type FieldMessage = Readonly<Record<string, unknown>>;

/** One field. `read` rejects with RESCALE_INPUT when the value can't be used. */
export interface Field<Value> {
  read(source: FieldSource): Promise<Value> | Value;
}

export type Fields = Record<string, Field<unknown>>;

export type FieldValues<Shape extends Fields> = {
  [Name in keyof Shape]: Shape[Name] extends Field<infer Value> ? Value : never;
};

/** Evaluates the fields of a node for one message. */
export async function readFields<Shape extends Fields>(
  { config, evaluate }: Pick<FieldSource, 'config' | 'evaluate'>,
  shape: Shape,
  message: FieldMessage,
): Promise<FieldValues<Shape>> {
  const values: Record<string, unknown> = {};
  for (const name in shape) {
    const value = shape[name]!.read({ name, config, message, evaluate });
    values[name] = value instanceof Promise ? await value : value;
  }
  return values as FieldValues<Shape>;
}

/** Turns what came out of a field into what the node works with; `shown` is how the user knows the field. */
export type Check<Value> = (value: unknown, shown: string) => Value;

/** A typed field as one node stores it, and as an error names it. */
interface FieldPlace {
  /** The stored name. */
  name: string;
  /** What has to be evaluated. */
  value: string;
  type: string;
  /** The property of the message that holds it, where it has a plain name. */
  ofMessage: string | null;
  /** Where its value comes from, as a person writes it; null where the dialog itself holds the value. */
  property: string | null;
  /** How a user finds the field again: where its value came from. */
  shown: string;
}

/** What a typed field holds while the dialog has not been touched. */
interface TypedDefault {
  value: string;
  type: string;
}

/** A typed field that must have a value. */
export function requiredField<Value>(initial: TypedDefault, check: Check<Value>): Field<Value> {
  return typedField(initial, check, (place) => {
    throw missing(place);
  });
}

/**
 * A typed field that may be left blank; but where it names a property, that must be there and hold more than blanks: what is
 * taken in its place costs money. Null says that nothing is meant.
 */
export function blankOrThere<Value, Blank>(
  initial: TypedDefault,
  check: Check<Value>,
  blank: Blank,
): Field<Value | Blank> {
  return typedField<Value | Blank>(initial, check, (place, found) => {
    if (found !== null && IN_MESSAGE_OR_CONTEXT.includes(place.type)) throw missing(place);
    return blank;
  });
}

/** A typed field that may be blank; then it is `blank`. */
export function optionalField<Value, Blank>(
  initial: TypedDefault,
  check: Check<Value>,
  blank: Blank,
): Field<Value | Blank> {
  return typedField<Value | Blank>(initial, check, () => blank);
}

function typedField<Value>(
  initial: TypedDefault,
  checkFull: Check<Value>,
  whenBlank: (place: FieldPlace, found: unknown) => Value,
): Field<Value> {
  const check: Check<Value> = (found, shown) => {
    if (isSparse(found)) throw inputError('input-sparse', { field: shown });
    return checkFull(found, shown);
  };
  // A node's configuration stays as it is, and thousands of messages read it.
  const places = new WeakMap<NodeConfig, FieldPlace>();

  async function readLater(place: FieldPlace, evaluated: Promise<unknown>): Promise<Value> {
    let found: unknown;
    try {
      found = await evaluated;
    } catch (error) {
      throw inputError('input-expression', { field: place.shown, reason: reasonOf(error) });
    }
    return isBlank(found) ? whenBlank(place, found) : check(found, place.shown);
  }

  return {
    read(source) {
      const { name, config } = source;
      let place = places.get(config);
      if (place?.name !== name) places.set(config, (place = placeOf(name, config, initial)));
      const { value, type, ofMessage, shown } = place;
      // What nearly every message brings.
      const brought = ofMessage !== null && source.message?.[ofMessage];
      if (typeof brought === 'string' && brought.trim() !== '') return check(brought, shown);
      // What is no text stands for itself, and is not written out into one: an object is no id.
      if (type === 'str' && !isBlank(config[name]) && typeof config[name] !== 'string')
        return check(config[name], shown);
      // Before evaluation: a blank number would become 0, and a blank message property the whole message.
      if (value.trim() === '') return whenBlank({ ...place, property: null, type: '' }, '');
      const found = source.evaluate(value, type, source.message);
      if (found instanceof Promise) return readLater(place, found);
      return isBlank(found) ? whenBlank(place, found) : check(found, shown);
    },
  };
}

const PLAIN_NAME = /^[a-z_$][\w$]*$/i;

function placeOf(name: string, config: NodeConfig, initial: TypedDefault): FieldPlace {
  const storedType = config[`${name}Type`];
  const type = typeof storedType === 'string' && storedType !== '' ? storedType : initial.type;
  // What an untouched dialog holds means nothing beside another type: `jobId` is the name of a property, and no id.
  const stored = config[name] ?? (type === initial.type ? initial.value : '');
  // Node-RED puts the value of an environment variable here as it is, so it need not be a string.
  const value = typeof stored === 'string' ? stored : JSON.stringify(stored);
  const isElsewhere = IN_MESSAGE_OR_CONTEXT.includes(type);
  const written = isElsewhere ? `${type}.${shortened(value)}` : `\${${shortened(value)}}`;
  return {
    name,
    value,
    type,
    ofMessage: type === 'msg' && PLAIN_NAME.test(value) ? value : null,
    property: isElsewhere || type === 'env' ? written : type === 'jsonata' ? shortened(value) : null,
    shown: isElsewhere ? written : name,
  };
}

/** A choice that only the dialog makes. */
export function choiceField<const Choice extends string>(
  choices: readonly Choice[],
  initial: NoInfer<Choice>,
): Field<Choice> {
  return {
    read({ name, config }) {
      const value = config[name];
      if (isBlank(value)) return initial;
      const choice = choices.find((one) => one === String(value));
      if (choice !== undefined) return choice;
      throw inputError('input-choice', {
        field: name,
        choices: choices.join(', '),
        value: shownValue(value),
      });
    },
  };
}

/** A box to tick that only the dialog ticks. `${ENV}` makes it a text. */
export function tickField(initial: boolean): Field<boolean> {
  return {
    read({ name, config }) {
      const value = config[name] ?? initial;
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      if (isBlank(value)) return initial;
      throw inputError('input-choice', { field: name, choices: 'true, false', value: shownValue(value) });
    },
  };
}

/** A number that only the dialog sets. */
export function numberField(initial: number, bounds: Bounds = {}): Field<number> {
  const check = number(bounds);
  return {
    read: ({ name, config }) => (isBlank(config[name]) ? initial : check(config[name], name)),
  };
}

/** A field that is read only where the dialog's other choices ask for it; undefined elsewhere. */
export function fieldWhen<Value>(
  needed: (config: NodeConfig) => boolean,
  field: Field<Value>,
): Field<Value | undefined> {
  return { read: (source) => (needed(source.config) ? field.read(source) : undefined) };
}

export interface Bounds {
  /** Inclusive. */
  least?: number;
  most?: number;
  whole?: boolean;
}

/** A number, or a text that is one. Beyond the default no figure means anything, and a span of it would be none in milliseconds. */
export function number({
  least = -Infinity,
  most = Number.MAX_SAFE_INTEGER,
  whole = false,
}: Bounds): Check<number> {
  return (value, shown) => {
    const figure = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof figure !== 'number' || !Number.isFinite(figure) || (whole && !Number.isInteger(figure))) {
      const sentence = whole ? 'input-whole-number' : 'input-number';
      throw inputError(sentence, { field: shown, value: shownValue(value) });
    }
    if (figure < least) {
      throw inputError('input-least', { field: shown, least, value: shownValue(value) });
    }
    if (figure > most) {
      throw inputError('input-most', { field: shown, most, value: shownValue(value) });
    }
    return figure;
  };
}

/** A text; a number is written out. */
export const text: Check<string> = (value, shown) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw inputError('input-text', { field: shown, value: shownValue(value) });
};

/** Anything at all; for fields whose node looks closer. */
export const anything: Check<unknown> = (value) => value;

/** What ends a path segment, may be read as something that does by whoever reads escapes twice, or can't be written in an address. */
const NOT_IN_IDS = /[\p{Cc}\p{Cs}/\\]|%[\da-f]{2}/iu;

/**
 * An id of the platform: case-sensitive, never parsed as a number (docs/platform.md, ids). A number is sent
 * as its digits. What could change the address of the request is refused before there is one.
 */
export const id: Check<string> = (value, shown) => {
  const written =
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : value;
  if (typeof written === 'string') {
    const trimmed = written.trim();
    if (trimmed !== '.' && trimmed !== '..' && !NOT_IN_IDS.test(trimmed) && trimmed.length <= 256) {
      return trimmed;
    }
  }
  throw inputError('input-id', { field: shown, value: shownValue(value) });
};

export const jobIdField = (): Field<string> => requiredField({ value: 'jobId', type: 'msg' }, id);
export const runIdField = (): Field<string> => requiredField({ value: 'runId', type: 'msg' }, id);
/** Nothing, or a text that says nothing. */
export const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const IN_MESSAGE_OR_CONTEXT = ['msg', 'flow', 'global'];

/** Says where a value can be set: where it comes from, and in the dialog. */
function missing({ name, property }: FieldPlace): RescaleError {
  if (property === null) return inputError('input-blank', { field: name });
  return inputError('input-unset', { field: name, property });
}

/** JSONata rejects with plain objects that carry a message. */
export function reasonOf(error: unknown): string | ErrorText {
  const told = error !== null && typeof error === 'object' && 'message' in error ? error.message : error;
  return shownValue(told);
}

const inputError = (sentence: ErrorTextKey, values: ErrorTextValues): RescaleError =>
  new RescaleError('RESCALE_INPUT', sentence, values);

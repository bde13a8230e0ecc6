/** What a dialog is made of: one plain description for each field. The build writes its row, the editor runs it. */

/** Where the value of a typed field can come from, by Node-RED's names. */
export type SourceType = 'msg' | 'flow' | 'global' | 'env' | 'jsonata' | 'json' | 'str' | 'num' | 'bool';

/** What the platform can list for a field. */
export type Lookup = 'jobs' | 'runs' | 'files' | 'outputs' | 'coretypes' | 'versions' | 'projects';

/** What a fixed value of a typed field must look like. */
export type Accepts = 'id' | 'jobs' | 'path' | 'text' | 'number' | 'json';

/** What a quantity counts; it is stored in the unit that it is named after. */
export type Measure = 'seconds' | 'minutes' | 'hours' | 'bytes' | 'items' | 'price' | 'rate';

/** Shown, and checked, only while another field holds one of these values; a checkbox holds true or false. */
export type Condition = readonly [field: string, ...values: (string | boolean)[]];

export interface Bounds {
  /** Inclusive. */
  least?: number;
  most?: number;
  /** Not only whole numbers. */
  fraction?: boolean;
}

export interface FieldOptions {
  /** A Font Awesome name such as `briefcase`. */
  icon?: string;
  when?: Condition;
}

interface Base extends FieldOptions {
  /** The stored property. */
  name: string;
}

/** The config node that says where and as whom to call. */
export interface PlatformField extends Base {
  kind: 'platform';
}

/** A value that is fixed, or comes from the message, a context, the environment or an expression. */
export interface TypedField extends Base, Bounds {
  kind: 'typed';
  initial: { type: SourceType; value: string };
  types: readonly SourceType[];
  accepts: Accepts;
  /** May be left blank. */
  blank: boolean;
  pick?: Lookup;
  /** Several values side by side, with commas. */
  several?: boolean;
  /** A number with a choice of units; `zero` is what 0 means, as a key below `zero`. */
  measure?: Measure;
  zero?: string;
}

export interface NumberField extends Base, Bounds {
  kind: 'number';
  initial: number | '';
  /** May be left blank. */
  blank?: boolean;
  /** With a choice of units, instead of a fixed word behind the number. */
  measure?: Measure;
  /** What 0 means, offered as a choice of its own: a key below `zero`. */
  zero?: string;
}

export interface TextField extends Base {
  kind: 'text';
  initial: string;
}

export interface SelectField extends Base {
  kind: 'select';
  options: readonly string[];
  initial: string;
}

export interface CheckboxField extends Base {
  kind: 'checkbox';
  initial: boolean;
}

/** Several boxes; the ticked values are stored as an array. */
export interface ChecksField extends Base {
  kind: 'checks';
  options: readonly string[];
  initial: readonly string[];
  /** At least one must be ticked. */
  needed: boolean;
}

/** A column of an editable list. */
export interface Column extends Bounds {
  name: string;
  kind: 'text' | 'number' | 'select';
  options?: readonly string[];
  /** May be left blank. */
  blank?: boolean;
  /** A regular expression is checked as one. */
  expression?: boolean;
}

/** An editable list; stored as an array of objects with the columns' names. */
export interface RowsField extends Base {
  kind: 'rows';
  columns: readonly Column[];
}

/** Rarely used fields, folded away; open when one of them is not at its default or is wrong. */
export interface FoldField {
  kind: 'fold';
  /** The key of its caption: `fold.<name>`. */
  name: string;
  /** A section of a long dialog: open from the start. */
  open?: boolean;
  fields: readonly Field[];
}

/** Something of this node's own. `stores` are the properties it has controls for, `rule` checks the first of them. */
export interface OwnField extends FieldOptions {
  kind: 'own';
  name: string;
  html: string;
  stores: readonly {
    name: string;
    initial: string | number | boolean;
    rule?: string;
    configType?: string;
  }[];
}

export type Field =
  | PlatformField
  | TypedField
  | NumberField
  | TextField
  | SelectField
  | CheckboxField
  | ChecksField
  | RowsField
  | FoldField
  | OwnField;

/**
 * A dialog: its fields in order; the name comes last by itself. A `dialog.ts` exports it as a function, so that the
 * build can leave it out of what runs in the editor.
 */
export interface Dialog {
  /** 1 unless told; a config node has none. */
  inputs?: 0 | 1;
  outputs?: number;
  category?: 'rescale' | 'config';
  fields: readonly Field[];
  /** Stored properties that Node-RED keeps encrypted, with the rule that checks each. */
  credentials?: Readonly<Record<string, { rule: string }>>;
  /** It changes something on the platform, so a read-only one refuses it. */
  changes?: boolean;
  /** Error codes besides those of every node that asks a platform. */
  errors?: readonly string[];
  /** A message that it sends, for the help. */
  example?: Readonly<Record<string, unknown>>;
}

/** All fields in their order, those in folds too. */
export function allFields(fields: readonly Field[]): Exclude<Field, FoldField>[] {
  return fields.flatMap((field) => (field.kind === 'fold' ? allFields(field.fields) : [field]));
}

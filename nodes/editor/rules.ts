/**
 * The validators: true, or a sentence in the reader's language. `${ENV}` is known only at run time, so it passes. What
 * is not stored at all, because the node is older than the field or was written by hand, is at its default.
 */
import type { Accepts, Bounds, Condition, Measure } from '../dialog/field';
import { current } from './current';
import { isReadOnly, platformOf } from './platforms';
import { shownQuantity, withPoint } from './quantity';
import { language, text } from './texts';
import { neverInjected } from './upstream';
import { written } from './written';

type Verdict = true | string;

interface RuleOptions extends Bounds {
  /** The stored property. */
  name: string;
  /** The catalog key of its label. */
  field: string;
  accepts?: Accepts;
  blank?: boolean;
  when?: Condition;
  measure?: Measure;
  columns?: ColumnRule[];
  /** The node changes something on the platform. */
  changes?: boolean;
}

export interface ColumnRule extends Bounds {
  name: string;
  kind: 'text' | 'number' | 'select';
  label: string;
  blank?: boolean;
  expression?: boolean;
  options?: { value: string; label: string }[];
}

type Rule = (node: EditorNode, value: unknown, given: object, options: RuleOptions) => Verdict;

/** An environment variable, whose value only the server knows. */
const isVariable = (value: unknown): boolean => /^\$\{[^}]+\}$/.test(written(value));

/** Whether the field matters: the one it depends on holds what makes it matter. */
export function applies(node: EditorNode, when: Condition | undefined): boolean {
  if (!when) return true;
  const [name, ...values] = when;
  return values.map(String).includes(String(current(node, name)));
}

function wrongNumber(value: unknown, { field, least, most, fraction, measure }: RuleOptions): Verdict {
  const typed = written(value).trim();
  const number = Number(withPoint(typed));
  const inside = Number.isFinite(number) && number >= (least ?? -Infinity) && number <= (most ?? Infinity);
  // Times and sizes may be typed with a fraction of their unit; items are counted.
  const broken = fraction || (measure !== undefined && measure !== 'items');
  if (typed !== '' && inside && (broken || Number.isInteger(number))) return true;
  const shown = (bound: number | undefined) =>
    measure && measure !== 'items' && bound !== undefined ? inUnits(bound, measure) : bound;
  const whole = broken ? 'number' : 'whole';
  const range = most !== undefined ? 'range' : least !== undefined ? 'least' : 'any';
  return text(`validation.${whole}-${range}`, {
    field: RED._(field),
    least: shown(least),
    most: shown(most),
  });
}

/** A bound as a person would say it, in the reader's language: a day, not 86,400 seconds. */
function inUnits(bound: number, measure: Measure): string {
  const { number, unit } = shownQuantity(bound, measure, false);
  const figure = Number(number);
  if (unit === measure && !unit.endsWith('s')) {
    return `${new Intl.NumberFormat(language()).format(figure)} ${text(`common.unit.${unit}`)}`;
  }
  const singular = unit.replace(/s$/, '');
  return new Intl.NumberFormat(language(), { style: 'unit', unit: singular, unitDisplay: 'long' }).format(
    figure,
  );
}

/** What a fixed value of each kind may hold: an id is one path segment, a path stays inside its folder. */
const fixed: Record<Accepts, (value: string, options: RuleOptions) => Verdict> = {
  id: (value, { field }) =>
    /[/\\\p{Cc}]|^\.{1,2}$/u.test(value) ? text('validation.id', { field: RED._(field) }) : true,
  path: (value, { field }) =>
    /\p{Cc}/u.test(value) || value.split('/').includes('..')
      ? text('validation.path', { field: RED._(field) })
      : true,
  jobs: (value, options) =>
    value
      .split(',')
      .map((job) => fixed.id(job.trim(), options))
      .find((said) => said !== true) ?? true,
  number: wrongNumber,
  json(value, { field }) {
    try {
      JSON.parse(value);
      return true;
    } catch {
      return text('validation.json', { field: RED._(field) });
    }
  },
  text: () => true,
};

/** A platform that is known to have no key. What Node-RED stores it only tells when the dialog is opened. */
function lacksToken(node: EditorNode): boolean {
  const { token, has_token: stored } = node.credentials ?? {};
  return stored === false && !token && !current(node, 'token');
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
}

export const rules: Record<string, Rule> = {
  address(node, value) {
    const address = written(value);
    if (address === 'simulator' || isVariable(address)) return true;
    let url: URL;
    try {
      url = new URL(address);
    } catch {
      return text('validation.address');
    }
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) return text('validation.address-http');
    const extra = url.username || url.password || url.search || url.hash || url.pathname !== '/';
    if (!/^https?:$/.test(url.protocol) || extra) return text('validation.address');
    return lacksToken(node) ? text('validation.token') : true;
  },
  /** Not chosen, gone, in need of attention, or read-only for a node that changes something there. */
  platform(node, value, _given, { field, changes }) {
    const platform = platformOf(node, value);
    if (!platform) return text('validation.no-platform', { field: RED._(field) });
    if (platform['valid'] === false) return text('validation.platform', { field: RED._(field) });
    return changes && isReadOnly(platform) ? text('validation.read-only', { field: RED._(field) }) : true;
  },
  token(node, value) {
    return value || current(node, 'url') === 'simulator' ? true : text('validation.token');
  },
  number(node, value, _given, options) {
    if (value === undefined || !applies(node, options.when) || isVariable(value)) return true;
    if (options.blank && written(value).trim() === '') return true;
    return wrongNumber(value, options);
  },
  checks(node, value, _given, { field, when }) {
    if (value === undefined || !applies(node, when)) return true;
    if (Array.isArray(value) && value.length > 0) return true;
    return text('validation.checks', { field: RED._(field) });
  },
  /** An editable list: each row must be usable. */
  rows(node, value, _given, { field, columns = [], when }) {
    if (!applies(node, when) || !Array.isArray(value)) return true;
    for (const [index, row] of (value as Record<string, unknown>[]).entries()) {
      for (const column of columns) {
        const said = wrongCell(row[column.name], column);
        if (said !== true)
          return text('validation.row', { field: RED._(field), row: index + 1, reason: said });
      }
    }
    return true;
  },
  /** A typed field; a fixed value is looked at closely, what comes from elsewhere must be a property or an expression. */
  typed(node, value, _given, options) {
    const { name, field, blank, when, accepts = 'text' } = options;
    if (value === undefined || !applies(node, when)) return true;
    const given = written(value);
    if (given.trim() === '') return blank ? true : text('validation.blank', { field: RED._(field) });
    if (isVariable(given)) return true;
    const type = written(current(node, `${name}Type`));
    if (type === 'str' || type === 'num' || type === 'json')
      return fixed[type === 'json' ? 'json' : accepts](given, options);
    if (type === 'bool') return true;
    if (type === 'msg' && !blank && neverInjected(node, given)) {
      return text('validation.not-injected', { field: RED._(field), property: given });
    }
    const said = RED.utils.validateTypedProperty(given, type, { label: RED._(field) });
    // Of a property Node-RED speaks English in every language, and says at which character it stumbled.
    if (said === true || !/^(msg|flow|global)$/.test(type)) return said;
    return text('validation.property', { field: RED._(field), property: given });
  },
};

function wrongCell(value: unknown, column: ColumnRule): Verdict {
  const typed = written(value).trim();
  const field = column.label;
  if (typed === '') return column.blank ? true : text('validation.blank', { field: RED._(field) });
  if (column.kind === 'number' && !isVariable(typed)) {
    return wrongNumber(typed, { ...column, field });
  }
  if (!column.expression) return true;
  try {
    new RegExp(typed);
    return true;
  } catch {
    return text('validation.expression', { field: RED._(field) });
  }
}

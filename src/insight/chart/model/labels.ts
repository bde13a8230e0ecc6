import { abbreviated, cleanText } from './text';

/**
 * How numbers become texts in a picture, as plain data: a picture is drawn in a thread of its own, and functions can't be
 * sent there.
 */
export type LabelRule =
  | { rule: 'number' }
  | { rule: 'decade' }
  /** Both ends of an axis have their numbers; a tick nearer to one of them than `least` has none. */
  | { rule: 'span'; min: number; max: number; least: number }
  /** The texts of rows, by their number. */
  | { rule: 'row'; texts: readonly string[] }
  /** The names of points, by their place (`placeKey`). */
  | { rule: 'place'; names: ReadonlyMap<string, string> }
  | { rule: 'text'; text: string };

/** A number at an axis: short, exact, without the digits that computing adds. */
function axisNumber(value: number): string {
  const number = Number(value.toPrecision(10));
  const size = Math.abs(number);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return number.toExponential().replace('e+', 'e');
  return String(number);
}

/** The power of ten at a tick of a logarithmic axis. */
function decade(value: number): string {
  const exponent = Math.round(Math.log10(value));
  return Math.abs(exponent) <= 2 ? String(Number(`1e${exponent}`)) : `1e${exponent}`;
}

export const placeKey = (x: number, y: number): string => `${x} ${y}`;

/** What the engine hands over: the number of a tick, or a point. */
type Labelled = number | { value: [number, number] };

/** The text at a tick or at a point. */
function labelText(label: LabelRule, of: Labelled): string {
  const value = typeof of === 'number' ? of : NaN;
  switch (label.rule) {
    case 'number':
      return axisNumber(value);
    case 'decade':
      return decade(value);
    case 'span': {
      const fromEnd = Math.min(value - label.min, label.max - value);
      return fromEnd > 0 && fromEnd < label.least ? '' : axisNumber(Number(value.toPrecision(4)));
    }
    case 'row':
      return abbreviated(cleanText(label.texts[value] ?? ''), 12, 140);
    case 'place':
      return typeof of === 'number' ? '' : (label.names.get(placeKey(...of.value)) ?? '');
    case 'text':
      return label.text;
  }
}

const isRule = (value: object): value is LabelRule => 'rule' in value;

/** The option of a picture with functions where its rules are. The option is changed, not copied. */
export function withLabels(option: object): object {
  for (const [key, value] of Object.entries(option) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null) continue;
    if (key === 'formatter' && isRule(value)) {
      Reflect.set(option, key, (of: Labelled) => labelText(value, of));
    } else withLabels(value);
  }
  return option;
}

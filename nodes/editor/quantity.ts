/** Numbers with a unit: how they are typed, shown and stored. Pure, so that it is tested without a browser. */
import type { Measure } from '../dialog/field';
import { written } from './written';

interface Unit {
  name: string;
  /** How many of what is stored. */
  factor: number;
  /** How people write it, in any of our languages, in small letters. */
  spellings: readonly string[];
}

const TIME: readonly (readonly [name: string, seconds: number, spellings: readonly string[]])[] = [
  ['seconds', 1, ['s', 'sec', 'secs', 'second', 'seconds', 'sek', 'sekunde', 'sekunden', '秒', '초']],
  ['minutes', 60, ['m', 'min', 'mins', 'minute', 'minutes', 'minuten', '分', '분']],
  ['hours', 3600, ['h', 'hour', 'hours', 'std', 'stunde', 'stunden', '時間', '시간']],
  ['days', 86_400, ['d', 'day', 'days', 't', 'tag', 'tage', '日', '일']],
];
const BYTES: readonly Unit[] = [
  { name: 'bytes', factor: 1, spellings: ['b', 'byte', 'bytes', 'バイト', '바이트'] },
  { name: 'kilobytes', factor: 1024, spellings: ['k', 'kb', 'kib'] },
  { name: 'megabytes', factor: 1024 ** 2, spellings: ['m', 'mb', 'mib'] },
  { name: 'gigabytes', factor: 1024 ** 3, spellings: ['g', 'gb', 'gib'] },
];

/** What has one unit only, beside the choice that 0 is. */
const plain = (name: string): Unit => ({ name, factor: 1, spellings: [] });

/** Smallest first; the first one is what is stored. */
function unitsOf(measure: Measure): readonly Unit[] {
  if (measure === 'bytes') return BYTES;
  if (measure === 'items' || measure === 'price' || measure === 'rate') return [plain(measure)];
  const first = TIME.findIndex(([name]) => name === measure);
  const base = TIME[first]![1];
  return TIME.slice(first).map(([name, seconds, spellings]) => ({ name, factor: seconds / base, spellings }));
}

interface Quantity {
  /** As a person types it. */
  number: string;
  /** The name of a unit, or `zero` where 0 has a meaning of its own. */
  unit: string;
}

/** What is stored, in the largest unit that shows it exactly. What is no number is shown as it is. */
export function shownQuantity(stored: unknown, measure: Measure, zero: boolean): Quantity {
  const units = unitsOf(measure);
  const typed = written(stored).trim();
  const value = Number(typed);
  if (typed === '' || !Number.isFinite(value)) return { number: typed, unit: units[0]!.name };
  if (value === 0 && zero) return { number: '', unit: 'zero' };
  const fitting =
    [...units].reverse().find(({ factor }) => value !== 0 && isShort(value / factor)) ?? units[0]!;
  return { number: String(value / fitting.factor), unit: fitting.name };
}

/** A whole number, or one with a half: what a person would write in this unit. */
function isShort(value: number): boolean {
  return Math.abs(value) >= 1 && Number.isInteger(value * 2);
}

/** What a person typed: a number, perhaps with its unit, with a point or a comma. Null where it is none. */
export function parseQuantity(typed: string, measure: Measure): { number: number; unit?: string } | null {
  const found = /^\s*([-+]?\d+(?:[.,]\d+)?|[-+]?[.,]\d+)\s*([^\d\s.,+-]*)\s*$/u.exec(typed);
  if (!found) return null;
  const number = Number(found[1]!.replace(',', '.'));
  const word = found[2]!.toLowerCase();
  if (word === '') return { number };
  const unit = unitsOf(measure).find(({ spellings }) => spellings.includes(word));
  return unit ? { number, unit: unit.name } : null;
}

/** What is stored for what a person typed beside this unit; what can't be read stays, so that it is shown as wrong. */
export function storedQuantity({ number, unit }: Quantity, measure: Measure): string {
  if (unit === 'zero') return '0';
  const parsed = parseQuantity(number, measure);
  if (!parsed) return number.trim();
  const units = unitsOf(measure);
  const { factor } = units.find(({ name }) => name === (parsed.unit ?? unit)) ?? units[0]!;
  const stored = parsed.number * factor;
  // Bytes are whole; 0.1 days are 8640.000000000001 seconds only to a computer.
  return String(measure === 'bytes' ? Math.round(stored) : Number(stored.toPrecision(12)));
}

/** A decimal comma as a point, where the text is a number otherwise. */
export function withPoint(typed: string): string {
  return /^\s*[-+]?\d*,\d+\s*$/.test(typed) ? typed.trim().replace(',', '.') : typed;
}

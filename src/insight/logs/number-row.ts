/**
 * Rows of numbers, read by hand: the widest lines there are, hundreds of thousands of them in a log. A row is read into
 * one buffer that all rows share, so that nothing is made for a cell but its number.
 */
import { readNumber } from './numbers';
import { splitCells, type Delimiter } from './table-cells';

/** What stands in a cell. `notNumber` is a text that says so (`nan`, `1.#IND`), `text` any other word. */
export const CELL = { empty: 0, number: 1, notNumber: 2, text: 3 } as const;

/** A row as it was read last; the next one takes its place. */
export interface NumberRow {
  count: number;
  values: Float64Array;
  kinds: Uint8Array;
  /** Where each cell begins and ends, in characters from the start of the line. */
  starts: Int32Array;
  ends: Int32Array;
}

const row: NumberRow = sized(256);

function sized(capacity: number): NumberRow {
  return {
    count: 0,
    values: new Float64Array(capacity),
    kinds: new Uint8Array(capacity),
    starts: new Int32Array(capacity),
    ends: new Int32Array(capacity),
  };
}

function grow(): void {
  const larger = sized(row.values.length * 2);
  larger.values.set(row.values);
  larger.kinds.set(row.kinds);
  larger.starts.set(row.starts);
  larger.ends.set(row.ends);
  Object.assign(row, larger, { count: row.count });
}

/** Cells of a line between `from` and `to`. An empty cell at the end is none: a trailing delimiter makes no cell. */
export function readRow(text: string, delimiter: Delimiter, from = 0, to = text.length): NumberRow {
  row.count = 0;
  if (delimiter === ' ') readBlankParted(text, from, to);
  else if (text.includes('"')) readQuoted(text, delimiter);
  else readParted(text, delimiter, from, to);
  while (row.count > 0 && row.kinds[row.count - 1] === CELL.empty) row.count -= 1;
  return row;
}

/** undefined: nothing, or a word; NaN: the text says that it is no number. */
export function valueAt({ count, kinds, values }: NumberRow, index: number): number | undefined {
  if (index < 0 || index >= count) return undefined;
  const kind = kinds[index];
  if (kind === CELL.number) return values[index];
  return kind === CELL.notNumber ? NaN : undefined;
}

/** The line as bytes, which are read several times as fast as the characters of a string. */
let bytes = Buffer.allocUnsafe(4096);

/** Characters beyond Latin-1 become others of it: no number has one, and words are read from the text. */
function toBytes(text: string, to: number): void {
  if (to >= bytes.length) bytes = Buffer.allocUnsafe(2 * to);
  bytes.write(text, 0, to, 'latin1');
  // Something that ends any number.
  bytes[to] = 0;
}

function readBlankParted(text: string, from: number, to: number): void {
  toBytes(text, to);
  let at = from;
  for (;;) {
    while (at < to && isBlank(bytes[at]!)) at += 1;
    if (at >= to) return;
    const start = at;
    at = readPlainNumber(start);
    if (at < to && !isBlank(bytes[at]!)) {
      while (at < to && !isBlank(bytes[at]!)) at += 1;
      plain = NaN;
    }
    addCell(text, start, at);
  }
}

function readParted(text: string, delimiter: string, from: number, to: number): void {
  toBytes(text, to);
  const parting = delimiter.charCodeAt(0);
  let at = from;
  let end = to;
  if (delimiter === '|') {
    while (at < end && isBlank(bytes[at]!)) at += 1;
    while (end > at && isBlank(bytes[end - 1]!)) end -= 1;
    if (bytes[at] === parting) at += 1;
    if (end > at && bytes[end - 1] === parting) end -= 1;
  }
  for (; at <= end; at += 1) {
    while (at < end && bytes[at] !== parting && isBlank(bytes[at]!)) at += 1;
    const start = at;
    at = readPlainNumber(start);
    let last = at;
    while (at < end && bytes[at] !== parting) {
      if (!isBlank(bytes[at]!)) {
        plain = NaN;
        last = at + 1;
      }
      at += 1;
    }
    addCell(text, start, Math.min(last, end));
  }
}

function readQuoted(text: string, delimiter: Delimiter): void {
  for (const cell of splitCells(text, delimiter)) {
    toBytes(cell, cell.length);
    if (readPlainNumber(0) < cell.length) plain = NaN;
    addCell(cell, 0, cell.length);
  }
}

function isBlank(code: number): boolean {
  return code <= 32 || code === 160;
}

/** Takes in the cell whose number, if it is a plain one, is in `plain`. */
function addCell(text: string, start: number, end: number): void {
  if (row.count === row.values.length) grow();
  const index = row.count;
  row.count += 1;
  row.starts[index] = start;
  row.ends[index] = end;
  if (start === end) {
    row.kinds[index] = CELL.empty;
    return;
  }
  let value = plain;
  if (value !== value) {
    const read = readNumber(text.slice(start, end));
    if (read === undefined) {
      row.kinds[index] = CELL.text;
      return;
    }
    value = read;
  }
  row.kinds[index] = value === value ? CELL.number : CELL.notNumber;
  row.values[index] = value;
}

/** Powers of ten that a double holds exactly. */
const TENS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const EXACT_DIGITS = 15;

let plain = NaN;

/**
 * Reads what may be a number from `start` on into `plain`, and gives where it ends. A decimal number whose digits and
 * power of ten are both exact as doubles: one multiplication or division then rounds as correctly as `Number` does.
 * NaN for all others, which `readNumber` reads.
 */
function readPlainNumber(start: number): number {
  plain = NaN;
  let at = start;
  let code = bytes[at]!;
  const negative = code === 45;
  if (negative || code === 43) code = bytes[++at]!;
  let digits = 0;
  let power = 0;
  let mantissa = 0;
  const first = at;
  while (code >= 48 && code <= 57) {
    mantissa = mantissa * 10 + (code - 48);
    if (mantissa > 0) digits += 1;
    code = bytes[++at]!;
  }
  let places = at - first;
  if (code === 46) {
    code = bytes[++at]!;
    const fraction = at;
    while (code >= 48 && code <= 57) {
      mantissa = mantissa * 10 + (code - 48);
      if (mantissa > 0) digits += 1;
      code = bytes[++at]!;
    }
    power = fraction - at;
    places -= power;
  }
  if (places === 0 || digits > EXACT_DIGITS) return at;
  if (code === 101 || code === 69) {
    code = bytes[++at]!;
    const down = code === 45;
    if (down || code === 43) code = bytes[++at]!;
    const exponentAt = at;
    let exponent = 0;
    while (code >= 48 && code <= 57) {
      exponent = exponent * 10 + (code - 48);
      code = bytes[++at]!;
    }
    if (at === exponentAt) return at;
    power += down ? -exponent : exponent;
  }
  if (power < -22 || power > 22) return at;
  if (power < 0) mantissa /= TENS[-power]!;
  else if (power > 0) mantissa *= TENS[power]!;
  plain = negative ? -mantissa : mantissa;
  return at;
}

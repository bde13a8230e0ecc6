import { rawNumber } from '../answers/raw-numbers';
import { isoMicroseconds } from '../content/dates';
import type { OddRowKind } from '../scripts/fault-rule';

type ListRow = Record<string, unknown>;

/** 2^53: from here on, neighbours are one number for whoever reads them as floating point. */
const FIRST_UNSAFE = 9_007_199_254_740_992n;

const DATE_KEYS = /^date|Date$/;

/** @param position of the row, so that the ids of neighbours differ by one */
const transforms: Record<OddRowKind, (row: ListRow, position: number) => unknown> = {
  'no-relative-path': (row) =>
    Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'relativePath')),
  'numeric-id': (row, position) => ({ ...row, id: rawNumber(FIRST_UNSAFE + BigInt(position)) }),
  'null-id': (row) => ({ ...row, id: null }),
  'null-dates': (row) => withDates(row, () => null),
  'zoneless-dates': (row) => withDates(row, (date) => isoMicroseconds(Date.parse(date)).slice(0, -1)),
  'word-as-end': (row) => withEnd(row, 'yes'),
  'impossible-end': (row) => withEnd(row, '2026-13-40T25:00:00'),
  'end-in-2099': (row) => withEnd(row, '2099-01-01T00:00:00Z'),
  'proto-variable': (row) => {
    const odd = { name: '__proto__', displayValue: '1', isRelative: false, value: 1 };
    const { variables } = row;
    return Array.isArray(variables)
      ? { ...row, variables: [...(variables as unknown[]), odd] }
      : { ...row, name: '__proto__' };
  },
  'not-an-object': () => 'row',
};

/** The row with one value that no description of the API knows, and that a client must not fall over. */
export function oddRow(row: unknown, kind: OddRowKind, position: number): unknown {
  return row !== null && typeof row === 'object' && !Array.isArray(row)
    ? transforms[kind](row as ListRow, position)
    : row;
}

const withEnd = (row: ListRow, dateCompleted: string): ListRow =>
  'dateCompleted' in row ? { ...row, dateCompleted } : row;

function withDates(row: ListRow, change: (date: string) => string | null): ListRow {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      DATE_KEYS.test(key) && typeof value === 'string' ? change(value) : value,
    ]),
  );
}

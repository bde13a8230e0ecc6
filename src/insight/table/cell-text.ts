import type { TableLabels } from './labels';

/** A cell as people read it: numbers to six significant figures, a date to the second, a tick for yes, nothing for nothing. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return numberText(cell);
  if (typeof cell === 'boolean') return cell ? '✓' : '';
  if (typeof cell === 'string') return cell.replace(DATE, '$1 $2');
  if (typeof cell === 'bigint') return String(cell);
  if (cell instanceof Date) return cellText(Number.isNaN(cell.getTime()) ? null : cell.toISOString());
  return objectText(cell);
}

/** An object as text; nothing for one that can't be written, such as one that holds itself. */
export function objectText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

/** An instant as the platform writes it; what is left out is its fraction and the mark for UTC. */
const DATE = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z?$/;

const isUtc = (cell: unknown): boolean =>
  cell instanceof Date || (typeof cell === 'string' && cell.endsWith('Z') && DATE.test(cell));

export const isTimeText = (cell: unknown): boolean =>
  cell instanceof Date || (typeof cell === 'string' && DATE.test(cell));

/** What a page or a mail shows: without the column of links where no row has one, as on the simulator. */
export function shownColumns<Column extends { name: string }>(
  columns: readonly Column[],
  rows: readonly Record<string, unknown>[],
): Column[] {
  const linked = rows.length === 0 || rows.some(({ link }) => isWebLink(link));
  return columns.filter(({ name }) => linked || name !== 'link');
}

export function numberText(number: number): string {
  if (!Number.isFinite(number)) return '';
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return String(number);
  const figure = Number(number.toPrecision(6));
  const size = Math.abs(figure);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? figure.toExponential() : String(figure);
}

/** Only what a person may safely follow. */
export const isWebLink = (cell: unknown): cell is string =>
  typeof cell === 'string' && /^https?:\/\/[^\s"'<>]+$/i.test(cell);

/** What stands for a row of which nobody can tell whether it is best or on the front; null for all other cells. */
export const rankText = (column: string, cell: unknown): string | null =>
  (column === 'best' || column === 'front') && cell === null ? '?' : null;

/**
 * Footnotes of a table, collected while its rows are written: the time zone of its dates, and what a `?` means.
 */
export function createNotes(columns: readonly { name: string }[]) {
  let unknownRank = false;
  let utc = false;
  return {
    add(row: Record<string, unknown>): void {
      for (const { name } of columns) {
        unknownRank ||= rankText(name, row[name]) !== null;
        utc ||= isUtc(row[name]);
      }
    },
    notes: ({ utc: times, noRank }: Pick<TableLabels, 'utc' | 'noRank'>): string[] => [
      ...(unknownRank ? [noRank] : []),
      ...(utc ? [times] : []),
    ],
  };
}

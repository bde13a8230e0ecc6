/** A cell as people read it: numbers to six significant figures, a date to the second, a tick for yes, nothing for nothing. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return numberText(cell);
  if (typeof cell === 'boolean') return cell ? '✓' : '';
  if (typeof cell === 'string') return cell.replace(DATE, '$1 $2');
  if (typeof cell === 'bigint') return String(cell);
  if (cell instanceof Date) return cellText(Number.isNaN(cell.getTime()) ? null : cell.toISOString());
  try {
    return JSON.stringify(cell) ?? '';
  } catch {
    return '';
  }
}

/** An instant as the platform writes it; what is left out is its fraction and the mark for UTC. */
const DATE = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z?$/;

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

/** Headings of tables in logs: cells of a line, columns by name or by their right edge. */
import type { SeriesRole } from './log-step';

export type Delimiter = ',' | ';' | '\t' | '|' | ' ';

export interface Column {
  readonly name: string;
  readonly role: SeriesRole;
  readonly usual: boolean;
  readonly field?: string;
  /** The number of its series, once it has had a value. */
  series?: number;
}

/** Cells without the blanks and quotes around them; a delimiter within quotes parts nothing. */
export function splitCells(text: string, delimiter: Delimiter): string[] {
  if (delimiter === ' ') {
    const trimmed = text.trim();
    return trimmed === '' ? [] : trimmed.split(/\s+/);
  }
  if (delimiter === '|') {
    const inner = text.trim().replace(/^\|/, '').replace(/\|$/, '');
    return inner.split('|').map((cell) => cell.trim());
  }
  if (!text.includes('"')) return text.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at <= text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') quoted = !quoted;
    else if (at === text.length || (character === delimiter && !quoted)) {
      cells.push(text.slice(from, at).replaceAll('"', '').trim());
      from = at + 1;
    }
  }
  return cells;
}

/** A trailing delimiter makes no cell. */
export function withoutEmptyEnd(cells: string[]): string[] {
  let { length } = cells;
  while (length > 0 && cells[length - 1] === '') length -= 1;
  return length === cells.length ? cells : cells.slice(0, length);
}

/** The code of the first character that is no blank; NaN for a blank line. */
export function firstOf(text: string): number {
  let at = 0;
  while (text.charCodeAt(at) <= 32) at += 1;
  return text.charCodeAt(at);
}

/** Whether a line is a row of numbers rather than text: its first cell is a number. */
export function beginsWithNumber(text: string): boolean {
  const first = firstOf(text);
  return (first >= 48 && first <= 57) || first === 45 || first === 43 || first === 46;
}

/** Whether a row has the cells of its heading; a text that was cut has lost the last one of its last row. */
export function fits(columns: number, cells: number, complete: boolean): boolean {
  return cells === columns || (!complete && cells === columns - 1);
}

interface PlacedCell {
  readonly text: string;
  /** Where it begins and ends, in characters from the start of the line. */
  readonly start: number;
  readonly end: number;
}

export function placedCells(text: string): PlacedCell[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * Names of right-aligned columns, of which some contain blanks: each ends where a value of the first row ends. Names
 * that stand apart by two blanks or more are apart in any case, so a column without a value in that row keeps its own.
 */
export function namesByRightEdge(
  heading: string,
  row: string,
  known: readonly number[] = [],
): { name: string; end: number }[] {
  const ends = new Set([...known, ...placedCells(row).map(({ end }) => end)]);
  const names: { name: string; end: number }[] = [];
  for (const chunk of heading.matchAll(/\S+(?: \S+)*/g)) {
    const chunkEnd = chunk.index + chunk[0].length;
    let from = chunk.index;
    for (let at = from + 1; at <= chunkEnd; at++) {
      const parted = at === chunkEnd || (ends.has(at) && heading.charAt(at) === ' ');
      if (!parted) continue;
      const name = heading.slice(from, at).trim();
      if (name !== '') names.push({ name, end: at });
      from = at;
    }
  }
  return names;
}

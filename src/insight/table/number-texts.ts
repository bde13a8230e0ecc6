import type { TableRow } from './row';

/** As a program prints a number. A zero before other digits is no way to print one: `007` is a name. */
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** What stands where a number could not be computed. */
const NO_NUMBER = /^(?:|-+|\?|n\/?a|none|null|[+-]?(?:nan|inf|infinity))$/i;

/** Values of variables that are texts although the platform promises numbers: whether a column holds numbers, all its texts tell together. */
export interface NumberTexts {
  /** `cell` is what stands in the row for it by now, `value` what the platform says. */
  note(row: TableRow, column: string, cell: unknown, value: unknown): void;
  /** Puts the numbers in place of the texts, in the columns of which every text is one. */
  apply(): void;
}

export function collectNumberTexts(): NumberTexts {
  const found: { row: TableRow; column: string; number: number }[] = [];
  const ofWords = new Set<string>();
  return {
    note(row, column, cell, value) {
      if (typeof cell === 'number') return;
      const text = typeof value === 'string' ? value.trim() : cell;
      if (typeof text !== 'string' || NO_NUMBER.test(text.trim())) return;
      const number = numberIn(text.trim());
      if (number === null) ofWords.add(column);
      // What is only displayed like a number, without a value, stays as it is and says nothing of the others.
      else if (typeof value === 'string') found.push({ row, column, number });
    },
    apply() {
      for (const { row, column, number } of found) if (!ofWords.has(column)) row[column] = number;
    },
  };
}

/** Null for what is no number, and for one of which digits would be lost: it may be an id. */
function numberIn(text: string): number | null {
  const number = NUMBER.test(text) ? Number(text) : NaN;
  const isWhole = /^[+-]?\d+$/.test(text);
  return Number.isFinite(number) && (!isWhole || Number.isSafeInteger(number)) ? number : null;
}

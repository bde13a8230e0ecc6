export const CHART_KINDS = ['residuals', 'line', 'scatter', 'front', 'bars', 'parallel'] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

/** A line across the picture at a value that matters, such as a limit. */
export interface Mark {
  value: number;
  label: string;
}

export interface ChartRequest {
  kind: ChartKind;
  /** A column; blank = what the kind usually has there. */
  x: string;
  /** Which columns; null = what the kind usually shows. */
  isY: ((column: string) => boolean) | null;
  /** A column whose values name the series; blank = none. */
  split: string;
  logX: boolean;
  logY: boolean;
  title: string;
  marks: readonly Mark[];
  /** Pixels. */
  width: number;
  height: number;
  theme: 'light' | 'dark';
  /** Columns that matter most, such as the goals of a table; what the kind usually shows begins with them. */
  goals: readonly string[];
}

/** What a picture says in words of its own, in the reader's language. */
export interface ChartLabels {
  noRows: string;
  noValues: string;
  rowNumber: string;
  front: string;
  otherRuns: string;
  best: string;
  /** So many values at or below zero are not on a logarithmic axis. */
  notOnLogAxis(count: number): string;
  /** So many rows failed and are left out. */
  failedLeftOut(count: number): string;
  /** So many of so many rows are left out: runs of which nothing came yet, and rows without the numbers that are drawn. */
  awaitedLeftOut(count: number, all: number): string;
  blankLeftOut(count: number, all: number): string;
  /** So many of so many columns, series, rows or bars are shown. */
  columnsShown(shown: number, all: number): string;
  seriesShown(shown: number, all: number): string;
  rowsShown(shown: number, all: number): string;
}

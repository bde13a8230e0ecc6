import type { ChartKind, ChartLabels, ChartRequest } from '../../../src/insight/chart/model/request';

export const labels: ChartLabels = {
  noRows: 'no rows',
  noValues: 'no numbers',
  rowNumber: 'row',
  front: 'front',
  otherRuns: 'other runs',
  best: 'best',
  notOnLogAxis: (count) => `not on the axis: ${count}`,
  failedLeftOut: (count) => `failed: ${count}`,
  awaitedLeftOut: (count, all) => `awaited: ${count} of ${all}`,
  blankLeftOut: (count, all) => `without numbers: ${count} of ${all}`,
  columnsShown: (shown, all) => `columns: ${shown} of ${all}`,
  seriesShown: (shown, all) => `series: ${shown} of ${all}`,
  rowsShown: (shown, all) => `rows: ${shown} of ${all}`,
};

export const requestOf = (kind: ChartKind, changes: Partial<ChartRequest> = {}): ChartRequest => ({
  kind,
  x: '',
  isY: null,
  split: '',
  logX: false,
  logY: false,
  title: '',
  marks: [],
  width: 900,
  height: 500,
  theme: 'light',
  goals: [],
  ...changes,
});

export const rowsOf = <Row>(count: number, row: (index: number) => Row): Row[] =>
  Array.from({ length: count }, (_, index) => row(index));

import { RescaleError, type ErrorText } from '../../api/errors/errors';
import type * as charts from '../../insight/chart';
import type { ChartLabels, ChartRequest } from '../../insight/chart/model/request';
import type { TableRow } from '../../insight/table/row';

/** Loaded at the first picture: a palette that only waits needs none of it. */
const load = () => module.require('../../insight/chart') as typeof charts;

/** A picture of rows: SVG as text, PNG as bytes. Rejects with RESCALE_INPUT where the rows can't be that picture. */
export async function renderChart(
  rows: readonly TableRow[],
  request: ChartRequest,
  format: 'svg' | 'png',
  translate: (text: ErrorText) => string,
): Promise<string | Buffer> {
  const { drawSvg, rasterise, ChartProblem } = load();
  try {
    const svg = await drawSvg(rows, request, labelsOf(translate));
    return format === 'svg' ? svg : await rasterise(svg);
  } catch (error) {
    if (!(error instanceof ChartProblem)) throw error;
    throw new RescaleError('RESCALE_INPUT', error.text.key, error.text.values);
  }
}

function labelsOf(translate: (text: ErrorText) => string): ChartLabels {
  const of = (key: ErrorText['key']) => (shown: number, all: number) =>
    translate({ key, values: { shown, all } });
  return {
    noRows: translate({ key: 'chart-no-rows' }),
    noValues: translate({ key: 'chart-no-values' }),
    rowNumber: translate({ key: 'label-row' }),
    front: translate({ key: 'label-front' }),
    otherRuns: translate({ key: 'label-other-runs' }),
    best: translate({ key: 'label-best' }),
    notOnLogAxis: (count) => translate({ key: 'chart-not-on-log', values: { count } }),
    failedLeftOut: (count) => translate({ key: 'chart-failed', values: { count } }),
    awaitedLeftOut: (count, all) => translate({ key: 'chart-awaited', values: { count, all } }),
    blankLeftOut: (count, all) => translate({ key: 'chart-blank', values: { count, all } }),
    columnsShown: of('chart-columns-shown'),
    seriesShown: of('chart-series-shown'),
    rowsShown: of('chart-rows-shown'),
  };
}

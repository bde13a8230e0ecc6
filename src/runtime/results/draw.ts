import { RescaleError, type ErrorText } from '../../api/errors/errors';
import type * as charts from '../../insight/chart';
import type { ChartLabels, ChartRequest } from '../../insight/chart/model/request';
import type { Row } from '../../insight/table/row';

/** Loaded at the first picture: a palette that only waits needs none of it. */
const load = () => module.require('../../insight/chart') as typeof charts;

/** A picture of rows: SVG as text, PNG as bytes. Rejects with RESCALE_INPUT where the rows can't be that picture. */
export async function draw(
  rows: readonly Row[],
  request: ChartRequest,
  format: 'svg' | 'png',
  say: (text: ErrorText) => string,
): Promise<string | Buffer> {
  const { drawSvg, rasterise, ChartProblem } = load();
  try {
    const svg = await drawSvg(rows, request, labelsOf(say));
    return format === 'svg' ? svg : await rasterise(svg);
  } catch (error) {
    if (!(error instanceof ChartProblem)) throw error;
    throw new RescaleError('RESCALE_INPUT', error.text.key, error.text.values);
  }
}

function labelsOf(say: (text: ErrorText) => string): ChartLabels {
  const of = (key: ErrorText['key']) => (shown: number, all: number) => say({ key, values: { shown, all } });
  return {
    noRows: say({ key: 'chart-no-rows' }),
    noValues: say({ key: 'chart-no-values' }),
    rowNumber: say({ key: 'label-row' }),
    front: say({ key: 'label-front' }),
    otherRuns: say({ key: 'label-other-runs' }),
    best: say({ key: 'label-best' }),
    notOnLogAxis: (count) => say({ key: 'chart-not-on-log', values: { count } }),
    failedLeftOut: (count) => say({ key: 'chart-failed', values: { count } }),
    columnsShown: of('chart-columns-shown'),
    seriesShown: of('chart-series-shown'),
    rowsShown: of('chart-rows-shown'),
  };
}

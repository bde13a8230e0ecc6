/**
 * The drawing library, with what the kinds of pictures need of it. The build bundles this file with the library into one
 * that loads with `require` (docs/decisions/charts-library.md).
 */
import { BarChart, LineChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  ParallelComponent,
  TitleComponent,
} from 'echarts/components';
import { init, setPlatformAPI, use, type EChartsCoreOption } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

use([
  BarChart,
  LineChart,
  ParallelChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  ParallelComponent,
  TitleComponent,
  LabelLayout,
  SVGRenderer,
]);

/** Tells the library how wide texts are; by itself it guesses with another font. */
export function setTextWidth(textWidth: (text: string, size: number, bold: boolean) => number): void {
  setPlatformAPI({
    measureText: (text, font = '12px sans-serif') => ({
      width: textWidth(text, Number(/([\d.]+)px/.exec(font)?.[1] ?? 12), /\b(?:bold|[6-9]00)\b/.test(font)),
    }),
  });
}

export function renderSvg(option: object, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option as EChartsCoreOption);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

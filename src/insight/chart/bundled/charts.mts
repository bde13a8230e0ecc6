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
import { withLabels } from '../model/labels.js';
import { textWidth } from '../model/text.js';

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

// By itself the library guesses with another font.
setPlatformAPI({
  measureText: (text, font = '12px sans-serif') => ({
    width: textWidth(text, Number(/([\d.]+)px/.exec(font)?.[1] ?? 12), /\b(?:bold|[6-9]00)\b/.test(font)),
  }),
});

/** Coordinates in paths to a tenth of a pixel: more digits can't be seen, and are half of the picture. */
const PATH = / d="([^"]*)"/g;
const FRACTION = /-?\d*\.\d{2,}(?:e-?\d+)?/g;
/** What only a pointer in a browser would ask for. No text of the picture is like it: quotes in texts are escaped. */
const FOR_POINTERS =
  / (?:ecmeta_\w+|class|pointer-events)="[^"]*"|<style ?>(?:(?!<\/style>)[\s\S])*<\/style>\n?/g;
/** Cuts at the edge of the plot. All lies within it, and for the rasteriser each is a layer that takes longer than all lines. */
const CUTS =
  / clip-path="[^"]*"|<defs ?>\s*(?:<clipPath [^>]*>(?:(?!<\/clipPath>)[\s\S])*<\/clipPath>\s*)+<\/defs>\n?/g;

/** A picture as SVG. */
export function renderSvg(option: object, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(withLabels(option) as EChartsCoreOption);
    return chart
      .renderToSVGString()
      .replace(PATH, (_, path: string) => ` d="${path.replace(FRACTION, shortNumber)}"`)
      .replace(FOR_POINTERS, '')
      .replace(CUTS, '');
  } finally {
    chart.dispose();
  }
}

const shortNumber = (written: string): string => String(Math.round(Number(written) * 10) / 10);

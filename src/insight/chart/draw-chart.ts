import { renderSvg } from './engine/pictures';
import { barsOption } from './kinds/bars';
import { linesOption } from './kinds/lines';
import { parallelOption } from './kinds/parallel';
import { frontOption, scatterOption } from './kinds/points';
import type { Option } from './layout/option';
import { readColumns, type Columns, type ChartRow } from './model/columns';
import { PALETTES, type Palette } from './model/palette';
import type { ChartKind, ChartLabels, ChartRequest } from './model/request';

type Builder = (
  columns: Columns,
  request: ChartRequest,
  labels: ChartLabels,
  palette: Palette,
) => Promise<Option>;

const BUILDERS: Record<ChartKind, Builder> = {
  residuals: linesOption,
  line: linesOption,
  scatter: scatterOption,
  front: frontOption,
  bars: barsOption,
  parallel: parallelOption,
};

/**
 * Rows as what the engine draws. Rejects with ChartProblem when they can't be that picture; rows without anything to draw
 * become a picture that says so.
 */
export async function pictureOf(
  rows: readonly ChartRow[],
  request: ChartRequest,
  labels: ChartLabels,
): Promise<Option> {
  const columns = await readColumns(rows);
  return BUILDERS[request.kind](columns, request, labels, PALETTES[request.theme]);
}

/** Rows as a picture. */
export async function drawSvg(
  rows: readonly ChartRow[],
  request: ChartRequest,
  labels: ChartLabels,
): Promise<string> {
  return renderSvg(await pictureOf(rows, request, labels), request.width, request.height);
}

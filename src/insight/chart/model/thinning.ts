/** A point, or a gap in the line. */
export type Point = [number, number | null];

/**
 * A series as so many points as the picture can show: of the rows that fall into one of `bins` spans along x, the lowest
 * and the highest are kept, so that no spike is lost. Spans without any number are gaps. With x out of order (a restart)
 * spans are of rows instead.
 *
 * @param x no NaN where there is to be a point; rows with NaN are left out
 * @param y NaN is a gap
 */
export function thinned(x: Float64Array, y: Float64Array, bins: number): Point[] {
  const rows = rowsWithPlace(x);
  if (rows.length <= 2 * bins) return rows.map((row) => pointAt(x, y, row));
  const first = x[rows[0]!]!;
  const span = x[rows[rows.length - 1]!]! - first;
  const ordered = span > 0 && rows.every((row, index) => index === 0 || x[row]! >= x[rows[index - 1]!]!);
  const binOf = (row: number, index: number) =>
    Math.min(
      bins - 1,
      Math.floor(ordered ? ((x[row]! - first) / span) * bins : (index / rows.length) * bins),
    );

  const points: Point[] = [];
  for (let start = 0; start < rows.length;) {
    const bin = binOf(rows[start]!, start);
    let low = -1;
    let high = -1;
    let end = start;
    for (; end < rows.length && binOf(rows[end]!, end) === bin; end++) {
      const row = rows[end]!;
      if (Number.isNaN(y[row]!)) continue;
      if (low < 0 || y[row]! < y[low]!) low = row;
      if (high < 0 || y[row]! > y[high]!) high = row;
    }
    if (low < 0) points.push([x[rows[start]!]!, null]);
    else {
      points.push(pointAt(x, y, Math.min(low, high)));
      if (low !== high) points.push(pointAt(x, y, Math.max(low, high)));
    }
    start = end;
  }
  return points;
}

function rowsWithPlace(x: Float64Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < x.length; row++) if (!Number.isNaN(x[row]!)) rows.push(row);
  return rows;
}

function pointAt(x: Float64Array, y: Float64Array, row: number): Point {
  return [x[row]!, Number.isNaN(y[row]!) ? null : y[row]!];
}

/**
 * Of points that cover each other one each: the plane is cut into cells of two pixels, larger ones while more than
 * `most` are left. A point that stands alone keeps its own cell. Returns rows, in their order.
 */
export function thinnedPlane(
  across: Float64Array,
  up: Float64Array,
  rows: readonly number[],
  pixels: { width: number; height: number },
  most: number,
): number[] {
  if (rows.length <= most) return [...rows];
  const [left, right] = extentOf(across, rows);
  const [bottom, top] = extentOf(up, rows);
  for (let size = 2; ; size *= 1.5) {
    const columns = Math.ceil(pixels.width / size) + 1;
    const cells = new Map<number, number>();
    for (const row of rows) {
      const column = Math.floor((((across[row]! - left) / (right - left || 1)) * pixels.width) / size);
      const line = Math.floor((((up[row]! - bottom) / (top - bottom || 1)) * pixels.height) / size);
      const cell = line * columns + column;
      if (!cells.has(cell)) cells.set(cell, row);
    }
    if (cells.size <= most) return [...cells.values()].sort((one, other) => one - other);
  }
}

/** The least and the largest number of these rows; NaN without any. */
export function extentOf(numbers: Float64Array, rows?: readonly number[]): [number, number] {
  let least = NaN;
  let most = NaN;
  const count = rows?.length ?? numbers.length;
  for (let index = 0; index < count; index++) {
    const number = numbers[rows ? rows[index]! : index]!;
    if (Number.isNaN(number)) continue;
    if (!(number >= least)) least = number;
    if (!(number <= most)) most = number;
  }
  return [least, most];
}

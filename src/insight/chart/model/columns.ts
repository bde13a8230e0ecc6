import { forEachRow } from '../../pauses/pauses';

export type ChartRow = Record<string, unknown>;

/**
 * The rows of a picture, column by column. Columns are read when they are asked for: of 200, a picture shows a few. All
 * reading pauses now and then, so that a large table keeps no other flow waiting.
 */
export interface Columns {
  readonly count: number;
  /** In the order of their first appearance. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** True when at least one row that was looked at has a number there. */
  isNumeric(name: string): boolean;
  /** True when all texts there are instants (ISO 8601). */
  isTime(name: string): boolean;
  /** NaN for what can't be drawn. */
  numbers(name: string): Promise<Float64Array>;
  /** Milliseconds since the epoch; NaN for what is no instant. */
  instants(name: string): Promise<Float64Array>;
  texts(name: string): Promise<string[]>;
  /** True for rows that say that their run failed. */
  readonly failed: (row: number) => boolean;
  /** True for rows whose run is not over, or whose end is not in the list of runs yet. */
  readonly isAwaited: (row: number) => boolean;
  cell(name: string, row: number): unknown;
}

const AWAITED = new Set<unknown>(['pending', 'running', 'ended']);

/** So many cells, of rows spread evenly, are looked at to learn what columns there are. */
const SAMPLE = 400_000;

const INSTANT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)/;

export async function readColumns(rows: readonly ChartRow[]): Promise<Columns> {
  const kinds = await kindsOf(rows);
  const numbers = async (name: string, convert: (cell: unknown) => number) => {
    const column = new Float64Array(rows.length);
    await forEachRow(rows.length, (row) => (column[row] = convert(rows[row]![name])));
    return column;
  };
  return {
    count: rows.length,
    names: [...kinds.keys()],
    has: (name) => kinds.has(name),
    isNumeric: (name) => kinds.get(name)?.numeric ?? false,
    isTime: (name) => {
      const kind = kinds.get(name);
      return kind !== undefined && kind.time && !kind.text && !kind.numeric;
    },
    numbers: (name) => numbers(name, numberOf),
    instants: (name) => numbers(name, instantOf),
    async texts(name) {
      const column = new Array<string>(rows.length);
      await forEachRow(rows.length, (row) => (column[row] = textOf(rows[row]![name])));
      return column;
    },
    failed: (row) => rows[row]?.result === 'failed',
    isAwaited: (row) => AWAITED.has(rows[row]?.state),
    cell: (name, row) => rows[row]?.[name],
  };
}

interface Kind {
  numeric: boolean;
  time: boolean;
  text: boolean;
}

async function kindsOf(rows: readonly ChartRow[]): Promise<Map<string, Kind>> {
  const kinds = new Map<string, Kind>();
  const most = Math.max(200, SAMPLE / Math.max(1, Object.keys(rows[0] ?? {}).length));
  const step = Math.max(1, (rows.length - 1) / (most - 1));
  const sampled = rows.length === 0 ? 0 : Math.floor((rows.length - 1) / step) + 1;
  await forEachRow(sampled, (place) => {
    const row = rows[Math.round(place * step)] ?? {};
    for (const name in row) {
      const kind = kinds.get(name);
      const cell = row[name];
      if (kind === undefined) kinds.set(name, kindOf(cell));
      else if (!kind.numeric && typeof cell === 'number') kind.numeric = !Number.isNaN(numberOf(cell));
      else if (typeof cell === 'string' && cell !== '') {
        if (INSTANT.test(cell)) kind.time = true;
        else kind.text = true;
      }
    }
  });
  return kinds;
}

function kindOf(cell: unknown): Kind {
  const filled = typeof cell === 'string' && cell !== '';
  const time = filled && INSTANT.test(cell);
  return { numeric: !Number.isNaN(numberOf(cell)), time, text: filled && !time };
}

/** Beyond these a span of numbers, or the power of ten below them, is no number any more. */
const LARGEST = 1e300;
const SMALLEST = 1e-300;

/** What can be drawn: NaN for what is no number, or beyond all that an axis can show; what is next to nothing is 0. */
function numberOf(cell: unknown): number {
  if (typeof cell !== 'number') return NaN;
  const size = Math.abs(cell);
  if (size < SMALLEST) return 0;
  return size <= LARGEST ? cell : NaN;
}

const instantOf = (cell: unknown): number => (typeof cell === 'string' ? Date.parse(cell) : NaN);

function textOf(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number' || typeof cell === 'boolean' || typeof cell === 'bigint') return String(cell);
  return '';
}

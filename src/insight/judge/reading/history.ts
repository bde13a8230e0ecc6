/**
 * A series over its whole length in a bounded number of spans. Spans begin with two steps, so that a value that
 * alternates from step to step has one mean; when all spans are taken, neighbours are joined.
 */
export interface History {
  /** Steps in each span. */
  span: number;
  /** Of each closed span: its mean, and its first and last value, which stand for its values where their spread is asked. */
  mean: number[];
  first: number[];
  last: number[];
  /** The open span. */
  open: { count: number; sum: number; first: number };
}

/** Enough that half of any length has at least 128 spans, which places a slope and a quantile well. */
const SPANS = 512;

export function startHistory(): History {
  return { span: 2, mean: [], first: [], last: [], open: { count: 0, sum: 0, first: 0 } };
}

export function addToHistory(history: History, value: number): void {
  const { open } = history;
  if (open.count === 0) open.first = value;
  open.count += 1;
  open.sum += value;
  if (open.count < history.span) return;
  history.mean.push(rounded(open.sum / open.count));
  history.first.push(rounded(open.first));
  history.last.push(rounded(value));
  history.open = { count: 0, sum: 0, first: 0 };
  if (history.mean.length === SPANS) joinNeighbours(history);
}

/** Closed spans of the last so many steps: their means, and the values that stand for all. */
export function lastSteps(history: History, steps: number): { means: number[]; values: number[] } {
  const from = Math.max(0, history.mean.length - Math.round(steps / history.span));
  return {
    means: history.mean.slice(from),
    values: [...history.first.slice(from), ...history.last.slice(from)],
  };
}

function joinNeighbours(history: History): void {
  const half = SPANS / 2;
  for (let place = 0; place < half; place += 1) {
    history.mean[place] = rounded((history.mean[2 * place]! + history.mean[2 * place + 1]!) / 2);
    history.first[place] = history.first[2 * place]!;
    history.last[place] = history.last[2 * place + 1]!;
  }
  for (const list of [history.mean, history.first, history.last]) list.length = half;
  history.span *= 2;
}

/** A thousandth of a decade is far below what any rule looks at, and short where it is stored. */
function rounded(decades: number): number {
  return Math.round(decades * 10_000) / 10_000;
}

/** Builds steps and remarks out of what a profile reads. Its state is plain JSON, so that reading can go on elsewhere. */
import { ownText } from './line-text';
import type { LogItem, LogProgress, LogRemark, Series, SeriesRole } from './log-step';
import { restoreNumber, storeNumber, type StoredNumber } from './numbers';

/** More series than this are not taken: a table of thousands of columns is a dump, not a log. */
export const SERIES_LIMIT = 600;

const REMARK_TEXT_LIMIT = 200;

interface Solves {
  worstRatio: number;
  worseWithManySweeps: number;
}

interface OpenStep {
  step: number;
  time: number | null;
  wall: number | null;
  values: number[];
  notNumbers: number[];
  solves: Solves | null;
}

export interface StoredBuilder {
  series: Series[];
  steps: number;
  line: number;
  wall: number | null;
  open: {
    step: number;
    time: StoredNumber;
    wall: number | null;
    values: StoredNumber[];
    notNumbers: number[];
    solves: { worstRatio: StoredNumber; worseWithManySweeps: number } | null;
  } | null;
  /** Values for the step that begins next. */
  kept: (readonly [number, StoredNumber])[];
  remarked: Record<string, number>;
  progress: LogProgress;
  kind: 'steady' | 'transient' | null;
}

export interface StepBuilder {
  readonly series: readonly Series[];
  progress: LogProgress;
  kind: 'steady' | 'transient' | null;
  /** Steps closed or open so far; 0 before the first. */
  readonly steps: number;
  readonly isOpen: boolean;
  /** The printed time of the open step; NaN where it has none or nothing is open. */
  readonly openTime: number;
  /** Says which line is being read, and its stamp. */
  at(line: number, wall: number | null): void;
  /** The number of a series, made when it is new; -1 when there are too many. */
  define(name: string, role: SeriesRole, usual: boolean, field?: string): number;
  /** Begins a step; one that is open is closed. */
  begin(time: number | null): void;
  /** Opens what stands before the first step, as step 0. */
  beginLoose(): void;
  /** A value of the open step; a later one of the same series replaces it. NaN stands for "printed, but not a number". */
  set(series: number, value: number): void;
  /** The same for the open step or, where none is open, for the next one. */
  setOrKeep(series: number, value: number): void;
  has(series: number): boolean;
  get(series: number): number;
  /** One linear solve of the open step. */
  solve(initial: number, final: number, sweeps: number): void;
  close(): void;
  /** Lets go of what stood before the first step. */
  dropLoose(): void;
  /** The same rule is told once a step. */
  remark(kind: LogRemark['kind'], rule: string, reason: string, text: string): void;
  takeItems(): LogItem[];
  store(): StoredBuilder;
}

/** Sweeps from which on a solve counts as one that used all it was given. */
const MANY_SWEEPS = 100;

export function createStepBuilder(stored?: StoredBuilder): StepBuilder {
  const series: Series[] = stored ? [...stored.series] : [];
  const numbers = new Map(series.map(({ name }, index) => [name, index]));
  const remarked = new Map(Object.entries(stored?.remarked ?? {}));
  let items: LogItem[] = [];
  let kept = (stored?.kept ?? []).map(([index, value]) => [index, restoreNumber(value)] as const);
  let steps = stored?.steps ?? 0;
  let line = stored?.line ?? 0;
  let wall = stored?.wall ?? null;
  let open: OpenStep | null = stored?.open ? restoreOpen(stored.open) : null;

  const emptyValues = (): number[] => new Array<number>(series.length).fill(NaN);

  const builder: StepBuilder = {
    series,
    progress: stored?.progress ?? { progress: null, end: null, stepsLeft: null },
    kind: stored?.kind ?? null,
    get steps() {
      return steps;
    },
    get isOpen() {
      return open !== null;
    },
    get openTime() {
      return open?.time ?? NaN;
    },
    at(atLine, atWall) {
      line = atLine;
      if (atWall !== null) wall = atWall;
    },
    define(name, role, usual, field) {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      if (series.length >= SERIES_LIMIT) return -1;
      const own = ownText(name);
      series.push({ name: own, role, usual, ...(field === undefined ? {} : { field: ownText(field) }) });
      numbers.set(own, series.length - 1);
      return series.length - 1;
    },
    begin(time) {
      builder.close();
      steps += 1;
      open = { step: steps, time, wall, values: emptyValues(), notNumbers: [], solves: null };
      for (const [index, value] of kept) builder.set(index, value);
      kept = [];
    },
    beginLoose() {
      builder.close();
      open = { step: 0, time: null, wall, values: emptyValues(), notNumbers: [], solves: null };
    },
    set(index, value) {
      if (!open || index < 0) return;
      const { values, notNumbers } = open;
      while (values.length <= index) values.push(NaN);
      values[index] = value;
      open.wall = wall;
      if (value !== value) {
        if (!notNumbers.includes(index)) notNumbers.push(index);
      } else if (notNumbers.length > 0 && notNumbers.includes(index)) {
        notNumbers.splice(notNumbers.indexOf(index), 1);
      }
    },
    setOrKeep(index, value) {
      if (open) builder.set(index, value);
      else if (index >= 0) kept = [...kept.filter(([other]) => other !== index), [index, value]];
    },
    has(index) {
      const value = open?.values[index];
      return value === value ? value !== undefined : (open?.notNumbers.includes(index) ?? false);
    },
    get(index) {
      return open?.values[index] ?? NaN;
    },
    solve(initial, final, sweeps) {
      if (!open) return;
      const solves = (open.solves ??= { worstRatio: 0, worseWithManySweeps: 0 });
      // A solve that began at 0 has nothing to be worse than.
      const ratio = initial > 0 ? final / initial : 0;
      if (ratio > solves.worstRatio) solves.worstRatio = ratio;
      if (ratio > 1 && sweeps >= MANY_SWEEPS) solves.worseWithManySweeps += 1;
    },
    close() {
      if (!open) return;
      const { step, time, wall: at, values, notNumbers, solves } = open;
      while (values.length < series.length) values.push(NaN);
      const { kind, progress } = builder;
      items.push({ step: { step, time, wall: at, values, notNumbers, solves, line, kind, progress } });
      open = null;
    },
    dropLoose() {
      if (open?.step === 0) open = null;
    },
    remark(kind, rule, reason, text) {
      if (remarked.get(rule) === steps) return;
      remarked.set(rule, steps);
      const own = ownText(text.trim().slice(0, REMARK_TEXT_LIMIT));
      items.push({ remark: { kind, rule, reason, text: own, step: steps, line, wall } });
    },
    takeItems() {
      const taken = items;
      items = [];
      return taken;
    },
    store() {
      return {
        series: [...series],
        steps,
        line,
        wall,
        open: open ? storeOpen(open) : null,
        kept: kept.map(([index, value]) => [index, storeNumber(value)]),
        remarked: Object.fromEntries(remarked),
        progress: { ...builder.progress },
        kind: builder.kind,
      };
    },
  };
  return builder;
}

function storeOpen(open: OpenStep): StoredBuilder['open'] {
  return {
    ...open,
    time: open.time === null ? null : storeNumber(open.time),
    values: open.values.map(storeNumber),
    notNumbers: [...open.notNumbers],
    solves: open.solves && { ...open.solves, worstRatio: storeNumber(open.solves.worstRatio) },
  };
}

function restoreOpen(stored: NonNullable<StoredBuilder['open']>): OpenStep {
  return {
    ...stored,
    time: stored.time === null ? null : restoreNumber(stored.time),
    values: stored.values.map(restoreNumber),
    notNumbers: [...stored.notNumbers],
    solves: stored.solves && {
      ...stored.solves,
      worstRatio: restoreNumber(stored.solves.worstRatio),
    },
  };
}

/**
 * Reads one solver's log in pieces, cut anywhere. Without a fixed solver the first lines are kept until it is clear
 * who writes, and are then read again from the start.
 */
import { cutLines, newCutter, type CutterState } from '../line-cutter';
import { withoutColours, withoutRank, withoutStamp } from '../line-text';
import type { LogReader, SolverName } from '../log-step';
import type { OpenLog } from '../profile';
import { GENERAL_RULES } from '../remark-rules';
import { remarksOf, screenOf, type RemarkScreen } from '../remark-screen';
import { profileOf, SOLVER_PROFILES } from '../solvers/solver-profiles';
import { isTable } from '../solvers/table';
import { createStepBuilder, type StoredBuilder } from '../step-builder';
import { keepLine, KEPT_LINES, type KeptLine, type KeptLines } from './kept-lines';
import { endsWhole, lastWord, withoutHalfNumber } from './last-number';
import { createRecogniser, type Points } from './recogniser';
import { applyPatterns, compilePatterns, type UserPattern } from './user-patterns';

/** A text that is a table shows it in its first lines; later ones are tables within a log. */
const TABLE_LINES = 60;

export interface LogReaderOptions {
  /** A name switches the recogniser off. */
  readonly solver?: SolverName | 'auto';
  /** The user's own, added to any solver. */
  readonly patterns?: readonly UserPattern[];
}

/** What a reader needs to go on, as plain JSON. */
interface ReaderState {
  version: number;
  solver: SolverName | null;
  cutter: CutterState;
  lines: number;
  /** The last word of the last whole line: it tells how long a number at the end of a line is. */
  lastWord: string;
  builder: StoredBuilder;
  profile: unknown;
  kept: KeptLines;
  points: Points;
}

const STATE_VERSION = 2;
const recogniser = createRecogniser(SOLVER_PROFILES);
const generalScreen = screenOf(GENERAL_RULES);
const screens = new Map<SolverName, RemarkScreen>();

function screenFor(solver: SolverName): RemarkScreen | null {
  const rules = profileOf(solver)?.remarks ?? [];
  if (rules.length === 0) return null;
  const screen = screens.get(solver) ?? screenOf(rules);
  screens.set(solver, screen);
  return screen;
}

/** Whether `state()` of a reader of this version gave this; another one must not be gone on from. */
export function isReaderState(stored: unknown): boolean {
  return (
    typeof stored === 'object' && stored !== null && 'version' in stored && stored.version === STATE_VERSION
  );
}

/**
 * `stored` is what `state()` of a reader with the same options gave; the new one goes on as if it had never stopped.
 * Throws a PatternProblem when a pattern can't be used. A text of whole lines must end with an end of line: a last
 * line without one is taken for one that is still being written.
 */
export function createLogReader(options: LogReaderOptions = {}, stored?: unknown): LogReader {
  const from = isReaderState(stored) ? (structuredClone(stored) as ReaderState) : null;
  const patterns = compilePatterns(options.patterns ?? []);
  const cutter = from?.cutter ?? newCutter();
  const log = createStepBuilder(from?.builder);
  const points: Points = from?.points ?? {};
  const kept: KeptLines = from?.kept ?? { lines: [], characters: 0 };
  let lines = from?.lines ?? 0;
  let previous = from?.lastWord ?? '';
  let solver: SolverName | null = null;
  let open: OpenLog | null = null;
  let screen: RemarkScreen | null = null;
  const fixed = from ? from.solver : options.solver === 'auto' ? null : (options.solver ?? null);
  if (fixed) use(fixed, from?.profile);

  return {
    get solver() {
      return solver;
    },
    get series() {
      return log.series;
    },
    get progress() {
      return log.progress;
    },
    get kind() {
      return log.kind;
    },
    read(piece) {
      cutLines(cutter, piece, (line) => takeLine(line, true));
      return log.takeItems();
    },
    end() {
      const { rest } = cutter;
      cutter.rest = '';
      if (rest !== '') takeLine(rest, endsWhole(rest, lastWord(previous)));
      if (!solver && patterns.length > 0) readAgain('patterns');
      open?.end?.();
      log.close();
      return log.takeItems();
    },
    state: () =>
      structuredClone({
        version: STATE_VERSION,
        solver,
        cutter,
        lines,
        lastWord: lastWord(previous),
        builder: log.store(),
        profile: open?.state ?? null,
        kept,
        points,
      } satisfies ReaderState),
  };

  function use(name: SolverName, state?: unknown): void {
    solver = name;
    open = profileOf(name)?.open(log, state) ?? null;
    screen = screenFor(name);
  }

  function takeLine(line: string, complete: boolean): void {
    lines += 1;
    const stamped = withoutStamp(line);
    const text = withoutColours(stamped.text);
    if (complete) previous = text;
    log.at(lines, stamped.wall);
    if (solver) feed(text, complete, true);
    else takeUnknown({ text, line: lines, wall: stamped.wall, complete });
  }

  function takeUnknown(line: KeptLine): void {
    const text = withoutRank(line.text);
    remarksOf(generalScreen, text, (rule) => log.remark(rule.kind, rule.rule, rule.reason, text));
    keepLine(kept, line);
    const name = recogniser.look(points, text);
    if (name) readAgain(name);
    else if (lines <= TABLE_LINES && isTable(kept.lines.map((one) => withoutRank(one.text))))
      readAgain('table');
    else if (patterns.length > 0 && lines >= KEPT_LINES) readAgain('patterns');
  }

  function readAgain(name: SolverName): void {
    const again = kept.lines;
    Object.assign(kept, { lines: [], characters: 0 });
    use(name);
    for (const { text, line, wall, complete } of again) {
      log.at(line, wall);
      // The general words were looked for when the line came.
      feed(text, complete, false);
    }
  }

  function feed(stampless: string, complete: boolean, general: boolean): void {
    const text = withoutRank(stampless);
    const done = open?.line(complete ? text : withoutHalfNumber(text), complete) ?? false;
    if (patterns.length > 0 && complete) applyPatterns(patterns, log, stampless, solver === 'patterns');
    if (done) return;
    const tell = (rule: Parameters<Parameters<typeof remarksOf>[2]>[0]): void =>
      log.remark(rule.kind, rule.rule, rule.reason, text);
    if (screen) remarksOf(screen, text, tell);
    if (general) remarksOf(generalScreen, text, tell);
  }
}

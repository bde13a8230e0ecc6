/**
 * Reads one solver's log in pieces, cut anywhere. Without a fixed solver the first lines are kept until it is clear
 * who writes, and are then read again from the start.
 */
import { cutLines, newCutter, type CutterState } from '../line-cutter';
import { withoutColours, withoutRank, withoutStamp } from '../line-text';
import type { LogReader, SolverName } from '../log-step';
import type { OpenLog } from '../profile';
import { GENERAL_RULES, remarksOf, screenOf, type RemarkScreen } from '../remark-rules';
import { profileOf, SOLVER_PROFILES } from '../solvers/solver-profiles';
import { createStepBuilder, type StoredBuilder } from '../step-builder';
import { createRecogniser, type Points } from './recogniser';

/** Lines kept while the solver is unknown; the oldest go first. */
const KEPT_LINES = 200;
/** Characters kept of them. */
const KEPT_CHARACTERS = 200_000;

export interface LogReaderOptions {
  /** A name switches the recogniser off. */
  readonly solver?: SolverName | 'auto';
}

interface KeptLine {
  text: string;
  line: number;
  wall: number | null;
}

/** What a reader needs to go on, as plain JSON. */
interface ReaderState {
  version: 1;
  solver: SolverName | null;
  cutter: CutterState;
  lines: number;
  builder: StoredBuilder;
  profile: unknown;
  kept: KeptLine[];
  keptCharacters: number;
  points: Points;
}

const STATE_VERSION = 1;
const recogniser = createRecogniser(SOLVER_PROFILES);
const generalScreen = screenOf(GENERAL_RULES);
const screens = new Map<SolverName, RemarkScreen>();

function screenFor(solver: SolverName): RemarkScreen {
  let screen = screens.get(solver);
  if (!screen) {
    screen = screenOf(profileOf(solver)?.remarks ?? []);
    screens.set(solver, screen);
  }
  return screen;
}

/** Whether `state()` of a reader of this version gave this; another one must not be gone on from. */
export function isReaderState(stored: unknown): boolean {
  return (
    typeof stored === 'object' && stored !== null && 'version' in stored && stored.version === STATE_VERSION
  );
}

/** `stored` is what `state()` gave; the reader goes on as if it had never stopped. */
export function createLogReader(options: LogReaderOptions = {}, stored?: unknown): LogReader {
  const from = isReaderState(stored) ? (structuredClone(stored) as ReaderState) : null;
  const cutter = from?.cutter ?? newCutter();
  const log = createStepBuilder(from?.builder);
  const points: Points = from?.points ?? {};
  let lines = from?.lines ?? 0;
  let kept = from?.kept ?? [];
  let keptCharacters = from?.keptCharacters ?? 0;
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
      if (rest !== '') takeLine(rest, false);
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
        builder: log.store(),
        profile: open?.state ?? null,
        kept,
        keptCharacters,
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
    log.at(lines, stamped.wall);
    const text = withoutRank(withoutColours(stamped.text));
    if (open) {
      feed(text, complete, true);
      return;
    }
    remarksOf(generalScreen, text, (rule) => log.remark(rule.kind, rule.rule, rule.reason, text));
    keep({ text, line: lines, wall: stamped.wall });
    const name = recogniser.look(points, text);
    if (name) readAgain(name, complete);
  }

  function keep(line: KeptLine): void {
    kept.push(line);
    keptCharacters += line.text.length;
    // Cut down only when twice as many are there: to move all of them at each line would cost more than reading.
    if (kept.length <= 2 * KEPT_LINES && keptCharacters <= 2 * KEPT_CHARACTERS) return;
    let from = Math.max(0, kept.length - KEPT_LINES);
    for (
      let index = 0;
      index < kept.length - 1 && (index < from || keptCharacters > KEPT_CHARACTERS);
      index++
    ) {
      keptCharacters -= kept[index]?.text.length ?? 0;
      from = index + 1;
    }
    kept = kept.slice(from);
  }

  function readAgain(name: SolverName, complete: boolean): void {
    const again = kept;
    kept = [];
    keptCharacters = 0;
    use(name);
    again.forEach((line, index) => {
      log.at(line.line, line.wall);
      // The general words were looked for when the line came.
      feed(line.text, complete || index < again.length - 1, false);
    });
  }

  function feed(text: string, complete: boolean, general: boolean): void {
    if (!open) return;
    if (open.line(complete ? text : withoutHalfNumber(text), complete)) return;
    if (screen) remarksOf(screen, text, (rule) => log.remark(rule.kind, rule.rule, rule.reason, text));
    if (general)
      remarksOf(generalScreen, text, (rule) => log.remark(rule.kind, rule.rule, rule.reason, text));
  }
}

/** What touches the end of a text without an end of line may go on: it is not taken for a number. */
function withoutHalfNumber(text: string): string {
  let end = text.length;
  while (end > 0 && !/[\s,;|]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

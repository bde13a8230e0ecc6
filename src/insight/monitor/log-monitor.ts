import { createJudge, type Judge, type Verdict } from '../judge/judge';
import type { JudgeOptions, FinalVerdict, VerdictName } from '../judge/reading/options';
import { isJudgeState, type JudgeState } from '../judge/state';
import type { TimeToEnd } from '../judge/time-to-end';
import type { LogItem, LogStep, SolverName } from '../logs/log-step';
import { createLogReader, isReaderState, type LogReaderOptions } from '../logs/reader/create-log-reader';
import type { NameTest } from '../names/name-test';
import { addRow, allRows, rowOf, startRows, type KeptRows, type StepRow } from './kept-rows';
import { restoreNumbers, storeNumbers, type StoredRows } from './stored-rows';

export interface MonitorOptions {
  readonly reader: LogReaderOptions;
  readonly judge: JudgeOptions;
  /** Which series become columns; null = the solver's usual ones. */
  readonly series: NameTest | null;
  /** Rows that stay in memory; 0 where nobody asks for all of them. */
  readonly keep: number;
}

/** What `msg.rescale.log` says. */
export interface LogStanding {
  solver: SolverName | null;
  step: number;
  time: number | null;
  progress: number | null;
  eta: TimeToEnd | null;
}

/** What a piece of a log gave. */
export interface ReadLog {
  rows: StepRow[];
  verdicts: Verdict[];
}

/** Reads and judges one log as it grows. `now` is milliseconds since the epoch. */
export interface LogMonitor {
  read(piece: string, now: number): ReadLog;
  /** The log has ended: what stood in an unfinished line is read, and the final verdict comes last. */
  end(now: number): ReadLog & { finalVerdict: FinalVerdict };
  /** No line has come for so long (ms). */
  silent(quiet: number, now: number): Verdict[];
  /** All rows that are kept. */
  allRows(): StepRow[];
  readonly standing: LogStanding;
  /** The gravest of what was told and is so still; null while all is well. */
  readonly trouble: VerdictName | null;
  /** Everything needed to go on after a restart, as plain JSON. */
  state(): MonitorState;
}

export interface MonitorState {
  readonly version: 1;
  readonly reader: unknown;
  readonly judge: JudgeState;
  readonly rows: StoredRows | null;
}

const STATE_VERSION = 1;

export function isMonitorState(stored: unknown): stored is MonitorState {
  if (typeof stored !== 'object' || stored === null) return false;
  const { version, reader, judge } = stored as Partial<MonitorState>;
  return version === STATE_VERSION && isReaderState(reader) && isJudgeState(judge);
}

/** `stored` is what `state()` gave. */
export function createLogMonitor(options: MonitorOptions, stored?: MonitorState): LogMonitor {
  const reader = createLogReader(options.reader, stored?.reader);
  const judge: Judge = createJudge(options.judge, stored && structuredClone(stored.judge));
  const kept: KeptRows = stored?.rows ? restoreNumbers(stored.rows) : startRows();
  const chosen: { name: string; index: number }[] = [];
  const chosenPlaces: number[] = [];
  let looked = 0;

  /** Series only ever come on, so that a choice is made once for each. */
  function choose(): void {
    const { series } = reader;
    for (; looked < series.length; looked += 1) {
      const { name, usual } = series[looked]!;
      if (options.series ? !options.series(name) : !usual) continue;
      chosen.push({ name, index: looked });
      chosenPlaces.push(looked);
    }
  }

  function take(items: readonly LogItem[], now: number, read: ReadLog): void {
    choose();
    for (const item of items) {
      if ('remark' in item) read.verdicts.push(...judge.remark(item.remark, now));
      else {
        read.verdicts.push(...judge.step(item.step, reader, now));
        takeRow(item.step, read.rows);
      }
    }
  }

  /** What stands before the first step is judged, but is no step of the run. */
  function takeRow(step: LogStep, rows: StepRow[]): void {
    if (step.step === 0) return;
    rows.push(rowOf(step, chosen));
    if (options.keep > 0) addRow(kept, step, chosenPlaces, options.keep);
  }

  return {
    read(piece, now) {
      const read: ReadLog = { rows: [], verdicts: [] };
      take(reader.read(piece), now, read);
      return read;
    },
    end(now) {
      const read: ReadLog = { rows: [], verdicts: [] };
      take(reader.end(), now, read);
      return { ...read, finalVerdict: judge.finalVerdict(reader) };
    },
    silent: (quiet, now) => judge.silent(quiet, now),
    allRows() {
      choose();
      return allRows(kept, chosen);
    },
    get standing() {
      const { step, time } = judge.state;
      const { solver, progress } = reader;
      return { solver, step, time, progress: progress.progress, eta: judge.timeToEnd(reader) };
    },
    get trouble() {
      return judge.trouble;
    },
    state: () => ({
      version: STATE_VERSION,
      reader: reader.state(),
      judge: judge.state,
      rows: options.keep > 0 ? storeNumbers(kept) : null,
    }),
  };
}

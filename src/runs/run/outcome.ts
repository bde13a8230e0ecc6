import type { JobStatus, Run } from '../../api/client/types';
import { rowsOfAttempt } from './attempts';
import {
  doubtPhrase,
  endDoubt,
  type EndDoubt,
  hasBegun,
  instant,
  isTerminalStatus,
  latestStatus,
  normalisedStatus,
} from './run-state';
import { exitText } from './exit-meaning';
import { meaningOf, shortReason, statusText } from './status-reasons';

export type OutcomeResult = 'succeeded' | 'failed' | 'stopped' | 'unknown';

/**
 * How a run or a job ended. `reason` and `evidence` are English, like the platform's own words beside them: flows
 * test `result`, people read the rest.
 */
export interface Outcome {
  result: OutcomeResult;
  /** A short phrase: `exited with code 137 (killed or out of memory)`. */
  reason: string;
  /** One sentence per fact that was looked at. */
  evidence: string[];
  /** Something speaks against a success: no good word of the job makes the run one. Only with `unknown`. */
  doubtful?: true;
}

/**
 * What `process_output.log` says. `unread`: neither its lists nor it could be read. `missing`: it is not listed. `silent`: it was
 * read, and does not end with the line `Exited with code N`. `followed`: it has such a line near its end, with a code that is not 0, and
 * others after it. `several`: there is more than one, nobody can tell which came last, and they don't agree. `partial`: what was read
 * is not the whole of what is listed, so its end is not known.
 */
export type LogEvidence =
  | { kind: 'unread' | 'missing' | 'partial' | 'silent' | 'several' }
  | { kind: 'exit' | 'followed'; code: number };

export interface OutcomeFacts {
  /** Null for a run that was never listed. */
  run: Pick<Run, 'dateStarted' | 'dateCompleted'> | null;
  /** The job has this run and no other, so that what the job says holds for it. */
  onlyRun: boolean;
  /** The job's status history, null while it is not known. */
  statuses: readonly JobStatus[] | null;
  log: LogEvidence;
  /** The platform's time of day (ms since the epoch); without it nothing is said of an end that has not come yet. */
  platformNow?: number;
  /** When the run ended before it began anew (ms since the epoch), where that was seen. */
  formerEnd?: number | null;
  /** This flow asked the platform to stop the run while it had not ended. */
  stopRequested: boolean;
  /** The answer to that was lost, so nobody knows whether the stop arrived. */
  stopDoubtful?: boolean;
}

interface OutcomeDecision {
  outcome: Outcome;
  /** False while later evidence (the log, the job's last status) may still say more. */
  conclusive: boolean;
}

const STOP_ASKED = 'This flow asked to stop the run.';
const STOP_LOST =
  'This flow asked to stop the run, but the answer was lost: nobody knows whether the stop was carried out.';
const PERHAPS_STOPPED = 'perhaps by a stop whose answer was lost';

/**
 * How a run that is over has ended. A run has neither status nor exit code (docs/platform.md), so this weighs
 * what there is: a stop beats everything, because a killed program may exit with any code; then what a single-run
 * job says against itself; then the exit code; then the job's good word. In a job of several runs the job's failure
 * condemns no run, because it does not say which one failed.
 *
 * A stop of which nobody knows whether it arrived explains an end only where the platform speaks of a stop itself. It does not
 * hide a failure, and with it no success is certain: a program that is killed may exit with 0.
 */
export function decideOutcome(facts: OutcomeFacts): OutcomeDecision {
  const { run, onlyRun, log } = facts;
  const doubt = run && endDoubt(run, facts.platformNow ?? Infinity);
  const history = readHistory(facts.statuses && rowsOfAttempt(facts.statuses, run, facts.formerEnd));
  const evidence = evidenceOf(facts, history, doubt);
  const stopping =
    history.stopping && !(run && !doubt && endedBefore(run, history.stopping)) ? history.stopping : null;
  const perhapsStopped = facts.stopRequested && facts.stopDoubtful === true;
  const stopped = facts.stopRequested && (!perhapsStopped || stopping !== null);
  const decide = (result: OutcomeResult, reason: string, conclusive: boolean): OutcomeDecision => {
    if (!perhapsStopped || result === 'stopped') return { outcome: { result, reason, evidence }, conclusive };
    const why = `${reason}, ${PERHAPS_STOPPED}`;
    return {
      outcome:
        result === 'succeeded'
          ? { result: 'unknown', reason: why, evidence, doubtful: true }
          : { result, reason: why, evidence },
      // The job's last word may still be that it was stopped.
      conclusive: conclusive && (history.terminal || !onlyRun),
    };
  };
  const unclear = (reason: string, conclusive: boolean): OutcomeDecision => {
    const decision = decide('unknown', reason, conclusive);
    return { ...decision, outcome: { ...decision.outcome, doubtful: true } };
  };

  if (!hasBegun(run)) {
    if (stopped) return decide('stopped', 'never started: stopped by this flow', true);
    const telling = history.stop ?? history.failure ?? history.stopping ?? history.latest;
    const reason = telling ? `never started: ${shortReason(telling)}` : 'never started';
    if (history.stop) return decide('stopped', reason, true);
    return decide(onlyRun && history.failure ? 'failed' : 'unknown', reason, true);
  }

  if (stopped) return decide('stopped', 'stopped by this flow', true);
  if (history.stop && !(run && !doubt && endedBefore(run, history.stop)))
    return decide('stopped', shortReason(history.stop), true);

  const exit = log.kind === 'exit' ? exitText(log.code) : null;
  if (exit !== null && log.kind === 'exit' && log.code !== 0) return decide('failed', exit, true);
  const jobIsOver = history.terminal && (log.kind === 'silent' || log.kind === 'followed');
  if (onlyRun && history.failure)
    return decide('failed', shortReason(history.failure), exit !== null || jobIsOver);
  if (exit !== null) return decide('succeeded', exit, true);
  if (stopping?.statusReason?.trim()) return unclear(stoppingText(stopping), onlyRun && jobIsOver);
  if (stopping) return decide('stopped', shortReason(stopping), onlyRun && jobIsOver);
  if (log.kind === 'followed') return unclear(`perhaps ${exitText(log.code)}`, onlyRun && jobIsOver);
  if (log.kind === 'several') return unclear('several logs don’t agree how it ended', false);
  if (onlyRun && history.terminal && history.success) {
    return decide('succeeded', shortReason(history.success), jobIsOver);
  }
  const reason = 'no evidence tells how it ended';
  return decide('unknown', doubt ? `${reason}, and ${doubtPhrase(doubt)}` : reason, onlyRun && jobIsOver);
}

/** How the runs of a job ended, as far as they were examined. */
interface RunResults {
  total: number;
  succeeded: number;
  failed: number;
  stopped: number;
  /** Of those that are none of these, how many something speaks against. */
  doubtful?: number;
}

/** How a job that is over has ended: its runs' results first, then its own last word. */
export function decideJobOutcome(statuses: readonly JobStatus[] | null, results: RunResults): Outcome {
  const history = readHistory(statuses && rowsOfAttempt(statuses));
  const { total, succeeded, failed, stopped, doubtful = 0 } = results;
  const evidence = [
    `${count(total, 'run')}: ${succeeded} known to have succeeded, ${failed} failed, ${stopped} stopped.`,
    ...historySentences(history),
  ];
  const decide = (result: OutcomeResult, reason: string): Outcome => ({ result, reason, evidence });

  if (failed > 0) return decide('failed', `${failed} of ${count(total, 'run')} failed`);
  if (history.stop) return decide('stopped', shortReason(history.stop));
  if (history.failure) return decide('failed', shortReason(history.failure));
  if (stopped > 0) return decide('stopped', `${stopped} of ${count(total, 'run')} stopped`);
  if (total === 0) return decide('unknown', 'the job had no runs');
  if (succeeded === total)
    return decide('succeeded', total === 1 ? 'its run succeeded' : 'all runs succeeded');
  if (history.stopping?.statusReason?.trim()) return decide('unknown', stoppingText(history.stopping));
  if (history.stopping) return decide('stopped', shortReason(history.stopping));
  if (doubtful > 0)
    return decide('unknown', `how ${doubtful} of ${count(total, 'run')} ended is not certain`);
  if (history.success) return decide('succeeded', shortReason(history.success));
  return decide('unknown', 'no evidence tells how it ended');
}

interface History {
  latest: JobStatus | null;
  terminal: boolean;
  /** The newest row of each meaning. */
  success: JobStatus | null;
  failure: JobStatus | null;
  /** A stop that says so itself. */
  stop: JobStatus | null;
  /** `Stopping` without a reason that is known: the job was brought to an end (docs/platform.md). */
  stopping: JobStatus | null;
}

function readHistory(statuses: readonly JobStatus[] | null): History {
  const rows = statuses ?? [];
  const latest = latestStatus(rows);
  const newest = (matches: (row: JobStatus) => boolean) => latestStatus(rows.filter(matches));
  const bareStopping = (row: JobStatus) => normalisedStatus(row.status) === 'stopping' && !knownStop(row);
  const meaning = latest ? meaningOf(latest) : 'none';
  return {
    latest,
    terminal: latest !== null && isTerminalStatus(latest.status),
    success: meaning === 'success' ? latest : null,
    failure: newest((row) => meaningOf(row) === 'failure'),
    stop: newest((row) => meaningOf(row) === 'stop' && !bareStopping(row)),
    stopping: newest((row) => meaningOf(row) === 'stop' && bareStopping(row)),
  };
}

/** True when a reason, not the status alone, speaks of a stop. */
function knownStop(row: JobStatus): boolean {
  return meaningOf({ ...row, status: '' }) === 'stop';
}

/** Both dates are the platform's, so they may be compared. An unreadable one proves nothing. */
function endedBefore(run: Pick<Run, 'dateCompleted'>, row: JobStatus): boolean {
  return instant(run.dateCompleted) < instant(row.statusDate);
}

function evidenceOf(facts: OutcomeFacts, history: History, doubt: EndDoubt | null): string[] {
  const { run, log } = facts;
  const sentences: string[] = [];
  if (!run) sentences.push('The run was never listed.');
  else if (!hasBegun(run)) sentences.push('The run never started.');
  else if (!run.dateCompleted) sentences.push('The job is over, but the run has no end date.');
  if (doubt) sentences.push(`About the run: ${doubtPhrase(doubt)}.`);
  if (facts.stopRequested) sentences.push(facts.stopDoubtful ? STOP_LOST : STOP_ASKED);
  if (hasBegun(run)) sentences.push(logSentence(log));
  sentences.push(...historySentences(history));
  if (!facts.onlyRun && history.failure) {
    sentences.push('The job has several runs, and its status does not say which one failed.');
  }
  return sentences;
}

/** A stop, a failure, a limit: a reason that nobody knows may be any of them. */
const stoppingText = (row: JobStatus) => `stopped or failed: ${shortReason(row)}`;

function logSentence(log: LogEvidence): string {
  if (log.kind === 'exit') return `process_output.log says “Exited with code ${log.code}”.`;
  if (log.kind === 'followed')
    return `process_output.log says “Exited with code ${log.code}” near its end, but other lines follow.`;
  if (log.kind === 'several')
    return 'There are several process_output.log: which came last can’t be told, and they don’t agree.';
  if (log.kind === 'silent') return 'process_output.log does not say with which code the run exited.';
  if (log.kind === 'partial') return 'process_output.log could not be read to its end.';
  if (log.kind === 'unread') return 'process_output.log could not be read.';
  return 'process_output.log was not found.';
}

function historySentences(history: History): string[] {
  const rows = [history.stop, history.failure, history.stopping].filter((row) => row !== null);
  const earlier = rows.filter((row) => row !== history.latest);
  const sentences = earlier.map((row) => `The job went through ${statusText(row)}.`);
  if (history.latest) sentences.push(`The job’s status is ${statusText(history.latest)}.`);
  else sentences.push('The job’s status is not known.');
  return sentences;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

import type { Verdict } from '../../insight/judge/judge';
import type { FinalVerdict } from '../../insight/judge/reading/options';
import type { LogStanding } from '../../insight/monitor/log-monitor';
import type { StepRow } from '../../insight/monitor/kept-rows';
import type { Result } from '../definition/definition';
import type { StreamName } from './log-input';

/** Everything that one piece, silence or end of a log gives to send, in order. */
export interface StreamReport {
  rows: StepRow[];
  verdicts: Verdict[];
  /** The log has ended. */
  end: { reason: string; finalVerdict: FinalVerdict } | null;
  standing: LogStanding;
  /** When it was read, ms since the epoch. */
  at: number;
}

/** A control of an earlier node means another thing to a dashboard behind this one. */
const REMOVED = ['action'] as const;

/** The messages of an outcome: rows to the first output, verdicts to the second. `name` is null for a whole log. */
export function resultsOf(
  { rows, verdicts, end, standing, at }: StreamReport,
  name: StreamName | null,
  redelivered: boolean,
): Result[] {
  const log = redelivered ? { ...standing, redelivered } : standing;
  const results: Result[] = [];
  if (rows.length > 0) results.push({ payload: rows, remove: REMOVED, rescale: { log } });
  const told = (topic: string, payload: Record<string, unknown>, summary: string) =>
    results.push({ output: 1, payload, set: { topic }, remove: REMOVED, rescale: { log, summary } });
  for (const verdict of verdicts) {
    const payload = { ...verdict, solver: standing.solver, redelivered };
    told(`run/${verdict.verdict}`, payload, summaryOf(name, verdict));
  }
  if (!end) return results;
  const { step, time, solver } = standing;
  const { reason, finalVerdict } = end;
  const evidence = [endSentence(finalVerdict, step)];
  const last = { verdict: finalVerdict, rule: 'log-ended', step, time, at, evidence, values: {} };
  const sentence = `The log of ${subjectOf(name)} has ended: ${FINAL_SENTENCES[finalVerdict]}`;
  told('run/log-ended', { ...last, solver, reason, redelivered }, sentence);
  return results;
}

const VERBS: Partial<Record<Verdict['verdict'], string>> = {
  converged: 'has converged',
  diverging: 'diverges',
  stalled: 'makes no progress',
  oscillating: 'oscillates without progress',
  crashed: 'has crashed',
  silent: 'has fallen silent',
  limit: 'has passed a limit',
};

const FINAL_SENTENCES: Record<FinalVerdict, string> = {
  converged: 'the run converged',
  completed: 'the run came to its end',
  diverging: 'the run diverged',
  crashed: 'the run crashed',
  stalled: 'the run made no more progress',
  oscillating: 'the run oscillated without progress',
  unfinished: 'the run was not at its end',
  unknown: 'nothing in it tells how the run ended',
};

/** One sentence without a full stop, ready for a mail: `Job foamSweep run 6 diverges: the Courant number …`. */
function summaryOf(name: StreamName | null, { verdict, evidence }: Verdict): string {
  const subject = subjectOf(name);
  const [first = ''] = evidence;
  const because = first.startsWith('The ') ? `the ${first.slice(4)}` : first;
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} ${VERBS[verdict] ?? verdict}: ${because}`;
}

function subjectOf(name: StreamName | null): string {
  if (name && name.jobId !== '') return `job ${name.jobId}${name.runId === '' ? '' : ` run ${name.runId}`}`;
  return name && name.path !== '' ? name.path : 'the run';
}

function endSentence(finalVerdict: FinalVerdict, step: number): string {
  const steps = step > 0 ? `after step ${step}` : 'before the first step';
  return `The log ended ${steps}: ${FINAL_SENTENCES[finalVerdict]}`;
}

import type { FinalVerdict, VerdictName } from '../../insight/judge/reading/options';
import type { StatusKind } from '../definition/definition';
import { unfinishedStatus } from '../status/end-status';
import type { StatusKey, StatusText } from '../status/status-texts';

/** What is shown of a log that is read, and of one that has ended, by the gravest: what needs a person, then what may heal itself. */
const TROUBLES: Partial<Record<VerdictName | FinalVerdict, { key: StatusKey; kind: 'failed' | 'trouble' }>> =
  {
    crashed: { key: 'log-crashed', kind: 'failed' },
    diverging: { key: 'log-diverging', kind: 'failed' },
    stalled: { key: 'log-stalled', kind: 'trouble' },
    oscillating: { key: 'log-oscillating', kind: 'trouble' },
    silent: { key: 'log-silent', kind: 'trouble' },
    limit: { key: 'log-limit', kind: 'trouble' },
  };
const GRAVITY = Object.keys(TROUBLES);

/** A log that has ended: its last word, and why no more is read of it. */
export interface EndedLog {
  runId: string;
  finalVerdict: FinalVerdict;
  reason: string;
}

type Shown = Omit<StatusText, 'kind'> & { kind: StatusKind };

/**
 * `3 runs, run 6 diverges`; without an open log, how those have ended that were read last.
 *
 * @param ended in the order of their ends
 */
export function monitorStatus(
  logs: readonly { runId: string; trouble: VerdictName | null }[],
  ended: readonly EndedLog[],
): Shown {
  const count = logs.length;
  const open = worst(logs.map(({ runId, trouble }) => ({ runId, verdict: trouble })));
  if (open) return troubleText(open, count);
  if (count > 0) return { key: 'logs', values: { count }, kind: 'busy' };
  const bad = worst(ended.map(({ runId, finalVerdict }) => ({ runId, verdict: finalVerdict })));
  if (bad) return troubleText(bad, ended.length);
  const doubtful = ended.filter((log) => !isGood(log));
  const last = DOUBTS.flatMap((doubt) => doubtful.filter(({ reason }) => doubt(reason)))[0] ?? ended.at(-1);
  if (!last) return { key: 'done', kind: 'done' };
  // Not the log has ended, but the reading of it.
  if (last.reason === 'stopped' || last.reason === 'deadline') {
    const { kind = 'done', ...text } = unfinishedStatus(last.reason);
    return { ...text, kind };
  }
  const values = { runId: shown(last.runId) };
  if (!isGood(last)) return { key: 'run-end-unknown', values, kind: 'trouble' };
  if (ended.length > 1) return { key: 'logs', values: { count: ended.length }, kind: 'done' };
  return { key: 'log-ended', values, kind: 'done' };
}

/** Why a log has ended, what is most in doubt first. */
const DOUBTS: readonly ((reason: string) => boolean)[] = [
  (reason) => reason !== 'stopped' && reason !== 'deadline',
  (reason) => reason === 'deadline',
  () => true,
];

function isGood({ finalVerdict }: EndedLog): boolean {
  return finalVerdict === 'converged' || finalVerdict === 'completed';
}

interface Judged {
  runId: string;
  verdict: VerdictName | FinalVerdict | null;
}

/** The first of those with the gravest verdict; null where none is bad. */
function worst(logs: readonly Judged[]): Judged | null {
  for (const verdict of GRAVITY) {
    const found = logs.find((log) => log.verdict === verdict);
    if (found) return found;
  }
  return null;
}

function troubleText({ runId, verdict }: Judged, count: number): Shown {
  const { key, kind } = TROUBLES[verdict!]!;
  return { key, values: { count, runId: shown(runId) }, kind };
}

function shown(runId: string): string {
  return runId === '' ? '?' : runId;
}

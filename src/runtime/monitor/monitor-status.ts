import type { StatusKind } from '../definition/definition';
import type { StatusKey, StatusText } from '../status/status-texts';

/** By the gravest verdict on one of the logs: what is shown, and whether it needs a person. */
const TROUBLES: Record<string, { key: StatusKey; kind: 'failed' | 'trouble' }> = {
  crashed: { key: 'log-crashed', kind: 'failed' },
  diverging: { key: 'log-diverging', kind: 'failed' },
  stalled: { key: 'log-stalled', kind: 'trouble' },
  oscillating: { key: 'log-oscillating', kind: 'trouble' },
  silent: { key: 'log-silent', kind: 'trouble' },
  limit: { key: 'log-limit', kind: 'trouble' },
};
const GRAVITY = Object.keys(TROUBLES);

/** `3 runs, run 6 diverges`; without an open log, how the last one ended. */
export function monitorStatus(
  logs: readonly { runId: string; trouble: string | null }[],
  lastEnded: { runId: string; verdict: string } | null,
): Omit<StatusText, 'kind'> & { kind: StatusKind } {
  const count = logs.length;
  const worst = GRAVITY.flatMap((trouble) => logs.filter((log) => log.trouble === trouble))[0];
  if (worst?.trouble != null) {
    const { key, kind } = TROUBLES[worst.trouble]!;
    return { key, values: { count, runId: shown(worst.runId) }, kind };
  }
  if (count > 0) return { key: 'logs', values: { count }, kind: 'busy' };
  if (!lastEnded) return { key: 'done', kind: 'done' };
  const bad = lastEnded.verdict === 'crashed' || lastEnded.verdict === 'diverging';
  return { key: 'log-ended', values: { runId: shown(lastEnded.runId) }, kind: bad ? 'failed' : 'done' };
}

function shown(runId: string): string {
  return runId === '' ? '?' : runId;
}

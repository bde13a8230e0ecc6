import type { RescaleClient } from '../../api/client/client';
import type { Outcome } from '../run/outcome';
import { pollOnce } from '../tasks/poll-until';
import type { Clock } from '../tasks/ports';
import { createFilesResolver } from './files-resolver';
import type { JobFacts } from './job-facts';
import { createOutcomeResolver } from './outcome-resolver';
import type { RequestedStops } from './requested-stops';

/**
 * Between two looks, ms. The evidence of an end mostly comes within seconds, so the pauses grow with the time that the newest end
 * is known, by this share of it.
 */
const SHORTEST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;
const SHARE_OF_AGE = 1 / 2;
/** A look at files is given up for this time after so long (ms). */
const LONGEST_LOOK = 60_000;

/** What can be known of the ended runs of a job, beside their dates. Instants are of the monotonic clock, ms. */
export interface JobEvidence {
  /** For runs that are over. Asking again changes nothing. */
  wantOutcome(runId: string): void;
  wantFiles(runId: string): void;
  /** The run has begun anew, so that nothing is known of its end. */
  forget(runId: string): void;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** By run id: whether its files are listed; false when they were waited for in vain. */
  readonly filesListed: ReadonlyMap<string, boolean>;
  /** Nothing is wanted that is not known. */
  readonly settled: boolean;
  /** When to look; null when nothing is wanted. `stretch`: how many times longer everything takes, because of the rate. */
  due(interval: number, now: number, stretch: number): number | null;
  /** One look at all that is wanted. Calls `publish` as results come. */
  look(signal: AbortSignal, publish: () => void): Promise<void>;
}

export function createJobEvidence(
  client: RescaleClient,
  jobId: string,
  job: JobFacts,
  stops: RequestedStops,
  clock: Clock,
): JobEvidence {
  const outcomes = createOutcomeResolver(client, jobId, job, stops, clock);
  const files = createFilesResolver(client, jobId, job, clock);
  let lastLook = -Infinity;
  /** Since when something is wanted that was not looked for yet. */
  let freshSince: number | null = null;
  /** When something was last wanted anew. */
  let newest = -Infinity;

  const note = () => {
    newest = clock.monotonic();
    freshSince ??= newest;
  };
  const settled = () => !outcomes.pending && !files.pending;

  return {
    outcomes: outcomes.outcomes,
    filesListed: files.listed,
    get settled() {
      return settled();
    },
    wantOutcome(runId) {
      if (outcomes.want(runId)) note();
    },
    wantFiles(runId) {
      if (files.want(runId)) note();
    },
    forget(runId) {
      outcomes.forget(runId);
      files.forget(runId);
    },
    due(interval, now, stretch) {
      if (settled()) return null;
      // Ahead of the rounds, which on a short budget are all late: an event waits for this.
      if (freshSince !== null) return Math.min(freshSince - LONGEST_PAUSE, now);
      const growing = Math.max((lastLook - newest) * SHARE_OF_AGE, SHORTEST_PAUSE * stretch);
      const end = Math.min(outcomes.nextEnd(), files.nextEnd());
      const next = lastLook + Math.min(growing, interval, LONGEST_PAUSE);
      // An end that has passed at the last look waits for the platform to answer again, and not for another look.
      return end > lastLook ? Math.min(next, end) : next;
    },
    async look(signal, publish) {
      freshSince = null;
      lastLook = clock.monotonic();
      // Side by side: files that are slow to be listed keep nobody from knowing how a run ended.
      await Promise.all([
        outcomes.look(signal, publish),
        pollOnce((end) => files.look({ signal: end, priority: 'poll' }, publish), LONGEST_LOOK, {
          clock,
          signal,
        }),
      ]);
    },
  };
}

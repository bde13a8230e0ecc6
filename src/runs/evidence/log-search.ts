import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { RescaleFile } from '../../api/client/types';
import { filesCounted } from '../files/file-row';
import { isOfFormerEnd } from '../run/seen-ends';
import { inParallel } from '../tasks/in-parallel';
import type { Clock } from '../tasks/ports';
import { findLogsOfRun, findRunLogs } from './exit-code';
import { endedLongAgo, type JobFacts } from './job-facts';
import type { TimelyReads } from './timely-read';
import { byTrial, type WantedOutcome } from './wanted-outcome';

const READ_AT_ONCE = 4;
/** Runs whose own files are listed in one look, where the job's list can't be read or does not say which log is whose. */
const ASKED_FOR = 20;
/** The same where the job's list can be read, and shows no log of theirs. */
const ASKED_AS_WELL = 100;
/** When so many of those were refused, beside the job's, no more are asked for in this look. */
const MOST_REFUSED = 3;
/**
 * A log that the search in the job's files has not shown for so long (ms, readable time) is looked for in the list of the run itself:
 * soon where the run says that it has files, later where it has perhaps none, and once more before it is given up.
 */
const SOON = 10_000;
const LATE = 60_000;

interface LogSearch {
  /** The logs of these that are listed, in the list of the job or else in that of the run itself. Null when no list could be read. */
  look(
    unread: readonly [string, WantedOutcome][],
    options: CallOptions,
  ): Promise<ReadonlyMap<string, readonly RescaleFile[]> | null>;
}

/** Looks for the logs of runs that are over. `lacks` hears of each whose lists could not be read. */
export function createLogSearch(
  client: RescaleClient,
  jobId: string,
  job: JobFacts,
  { attempt }: TimelyReads,
  lacks: (entry: WantedOutcome) => void,
  clock: Clock,
): LogSearch {
  const now = () => job.readable.now();

  /** The search of the job found nothing for this run: does its own list say more? */
  function asksOwn(runId: string, { own, noLog }: WantedOutcome): boolean {
    const run = job.runs.get(runId);
    const lacked = noLog.since === null ? 0 : now() - noLog.since;
    if (own === null) {
      const counted = run ? filesCounted(run) : 0;
      return endedLongAgo(client, jobId, run, clock.monotonic()) || lacked >= (counted > 0 ? SOON : LATE);
    }
    return own.short || (lacked >= LATE && now() - own.at > lacked - LATE);
  }

  /** Those that were never asked for stand before those that were, in vain. */
  function chosen(
    others: readonly [string, WantedOutcome][],
    logs: { someUnplaced: boolean } | null,
  ): [string, WantedOutcome][] {
    if (!logs || logs.someUnplaced) return [...others].sort(byTrial).slice(0, ASKED_FOR);
    const asked = others.filter(([runId, entry]) => asksOwn(runId, entry));
    return asked.sort(([, a], [, b]) => (a.own?.at ?? -1) - (b.own?.at ?? -1)).slice(0, ASKED_AS_WELL);
  }

  /** Without those of an attempt before the run's present one. */
  function current(runId: string, files: readonly RescaleFile[]): RescaleFile[] {
    const run = job.runs.get(runId);
    return files.filter((file) => !run || !isOfFormerEnd(client, jobId, run, file));
  }

  return {
    async look(unread, options) {
      const runIds = new Set(unread.map(([runId]) => runId));
      let refused = 0;
      const logs = await attempt(
        (more) => findRunLogs(client, jobId, runIds, job.runs, { ...options, ...more }),
        options,
        () => (refused += 1),
      );
      if (!logs && refused === 0) return null;
      const found = new Map<string, readonly RescaleFile[]>();
      for (const [runId, files] of logs?.byRun ?? []) {
        const ofNow = current(runId, files);
        if (ofNow.length > 0) found.set(runId, ofNow);
      }
      const others = unread.filter(([runId]) => !found.has(runId));
      await inParallel(chosen(others, logs), READ_AT_ONCE, async ([runId, entry]) => {
        if (refused > MOST_REFUSED) return;
        const run = job.runs.get(runId);
        const own = await attempt(
          (more) => findLogsOfRun(client, jobId, runId, run, { ...options, ...more }),
          options,
          () => {
            refused += 1;
            if (refused <= MOST_REFUSED) lacks(entry);
          },
        );
        if (!own) return;
        entry.own = { at: now(), short: run !== undefined && own.listed < filesCounted(run) };
        found.set(runId, current(runId, own.logs));
      });
      if (logs && !logs.someUnplaced)
        for (const [runId] of others) if (!found.has(runId)) found.set(runId, []);
      // No list can be read: that lacks to all of them, asked for or not.
      if (refused > MOST_REFUSED) for (const [runId, entry] of others) if (!found.has(runId)) lacks(entry);
      return found.size > 0 ? found : null;
    },
  };
}

import { filePathSegments, queryText } from '../http/addresses';
import type { CallOptions, RescaleClient } from '../client/client';
import { checkWhole } from '../errors/whole-number';
import type { Call } from '../request/request';
import { type Endpoint, isEmptyAnswer } from './endpoint';
import { toContents } from './contents';
import { readDirectory } from './directory';
import { unreadable } from './one-pass';
import { isLaterFile, isLaterRun } from './latest-copy';
import { listPages, readPage } from './paging';
import { readAcknowledgement, readArray, readFile, readRun, readSnapshot, readTailLines } from './rows';

type RunCalls =
  | 'listRuns'
  | 'readRunsPage'
  | 'getRun'
  | 'stopRun'
  | 'stopJob'
  | 'snapshotRun'
  | 'listRunFiles'
  | 'listDirectory'
  | 'tailLines'
  | 'openTail';

/** What can be asked of the runs of a job (docs/platform.md, runs). */
export function runEndpoints(endpoint: Endpoint): Pick<RescaleClient, RunCalls> {
  const { job, run, read } = endpoint;
  const list = (jobId: string) => ({ ...job(jobId, 'runs/'), expected: 'Run[]' });

  function tail(jobId: string, runId: string, path: string, query: string): Call {
    // No slash after a file's path (docs/platform.md, addresses).
    return {
      method: 'GET',
      path: run(jobId, runId, `tail/${filePathSegments(path)}${query}`).path,
      notFound: { key: 'not-found-file', values: { jobId, runId, path } },
    };
  }

  /** Accepted without a word is accepted, too. */
  async function stop(asked: Call, options: CallOptions | undefined): Promise<void> {
    const answer = await endpoint.make(asked, options);
    if (!isEmptyAnswer(answer)) endpoint.readFrom(answer, '{}', readAcknowledgement, options);
  }

  return {
    // Generators, so that an id that can't be used is an error of reading the list, like any other.
    async *listRuns(jobId, options) {
      yield* listPages(
        endpoint.listing({ ...list(jobId), isLater: isLaterRun }, readRun, ({ id }) => id, options),
      );
    },
    async readRunsPage(jobId, page, options) {
      return readPage(
        endpoint.listing({ ...list(jobId), isLater: isLaterRun }, readRun, ({ id }) => id, options),
        page,
      );
    },
    async getRun(jobId, runId, options) {
      return read({ method: 'GET', ...run(jobId, runId) }, 'Run', readRun, options);
    },
    stopRun: async (jobId, runId, options) =>
      stop({ method: 'POST', ...run(jobId, runId, 'stop/') }, options),
    stopJob: async (jobId, options) => stop({ method: 'POST', ...job(jobId, 'stop/') }, options),
    async snapshotRun(jobId, runId, options) {
      const asked: Call = { method: 'POST', ...run(jobId, runId, 'snapshot/') };
      const answer = await read(asked, 'Snapshot', readSnapshot, options);
      if (answer.exitcode === 0) return answer;
      // Then both are what some program printed, and nothing but words for an error.
      const present = (text: string) => endpoint.presented(text, options);
      return { ...answer, reason: present(answer.reason), data: present(answer.data) };
    },
    async *listRunFiles(jobId, runId, options) {
      const files = {
        path: run(jobId, runId, 'files/').path,
        // So it is for some time after the end of a run, too.
        notFound: { key: 'not-found-run-files' as const, values: { jobId, runId } },
        expected: 'File[]',
      };
      yield* listPages(
        endpoint.listing({ ...files, isLater: isLaterFile }, readFile, (file) => file.id, options),
      );
    },
    async listDirectory(jobId, runId, options) {
      const directory: Call = { method: 'GET', ...run(jobId, runId, 'directory-contents/') };
      const expected = 'DirectoryEntry[]';
      const { rows, odd, dropped } = await readDirectory(await read(directory, expected, readArray, options));
      if (dropped > 0 && rows.length === 0) throw unreadable({ platform: endpoint.platform, expected });
      endpoint.tellOdd(odd, expected);
      if (dropped > 0) options?.onDropped?.(dropped);
      return rows;
    },
    async tailLines(jobId, runId, path, lines, options) {
      checkWhole('lines', lines, 1);
      return read(tail(jobId, runId, path, queryText({ lines })), 'TailLines', readTailLines, options);
    },
    async openTail(jobId, runId, path, options) {
      const contents = { statuses: [200], lane: 'read' as const };
      return toContents(
        await endpoint.make({ ...tail(jobId, runId, path, ''), contents }, options),
        endpoint.platform,
      );
    },
  };
}

import type { RescaleClient } from '../../api/client/client';
import type { RescaleFile, Run } from '../../api/client/types';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { FILES_TIMEOUT } from '../files/complete-list';
import { storedFile } from '../files/file-row';
import { findOutputFile } from '../files/output-files';
import { isAmbiguous } from '../files/path-match';
import { isOtherFile } from '../files/stored-contents';
import type { FileEncoding } from '../lines/file-encoding';
import { finishedLog } from '../lines/log-source';
import { isApiRefusal } from '../reading/diagnosis';
import type { RunAddress, TaskContext } from '../tasks/task-context';
import { readToEnd } from './follow-log';
import { deliverGap, keyedAs, type LineDelivery, type FollowState } from './follow-state';

/** Reads what is left of a log whose run has ended. */
interface RestReader {
  /**
   * The last lines, from the output file. Returns when there will be no more; rejects where another look may find them. The
   * file is waited for 300 s, and so long as well where it is listed and the API itself, or the storage, refuses it, where
   * its contents have another size or checksum, or where it ends before what was delivered already: it may be listed before it is
   * stored to its end. What has the right size and still another checksum after that is delivered, and
   * `unread` says so: the checksum may be wrong.
   */
  read(state: FollowState, run: Run): AsyncGenerator<LineDelivery, void>;
  /** Why the last lines could not be read in that time. */
  readonly unread: RescaleError | null;
}

/** `path` as `workingPath` has it. */
export function createRestReader(
  client: RescaleClient,
  address: RunAddress & { path: string },
  context: TaskContext,
  encoding: FileEncoding,
): RestReader {
  const { jobId, runId, path } = address;
  let lateSince: number | null = null;
  let unread: RescaleError | null = null;
  /** The contents were of another checksum for so long that this is believed of the checksum. */
  let mismatch: RescaleError | null = null;
  /** The file that ended before what was delivered, and whether that is taken for all of it by now. */
  const short = { file: '', taken: false };

  /** By the path that is meant; where several end like it, the one that was followed. */
  async function findOutput(run: Run, followed: string | null): Promise<RescaleFile | null> {
    try {
      return await findOutputFile(client, address, run, path, context, FILES_TIMEOUT);
    } catch (error) {
      if (!isAmbiguous(error) || followed === null) throw error;
      return findOutputFile(client, address, run, followed, context, FILES_TIMEOUT);
    }
  }

  function unreadFor({ key, values, statusCode }: RescaleError): RescaleError {
    const about = { runId, jobId, path, seconds: FILES_TIMEOUT / 1000, reason: { key, values } };
    return new RescaleError('RESCALE_DEADLINE', 'follow-unread', about, statusCode);
  }

  /** A log that was seen and can't be read to its end may have had more lines. */
  function* endUnread(state: FollowState, reason: RescaleError): Generator<LineDelivery> {
    unread = unreadFor(reason);
    if (state.anchor.length > 0 || state.ahead !== null || state.gapDue) yield deliverGap(state);
  }

  return {
    async *read(state, run) {
      let current = state;
      try {
        const file = await findOutput(run, state.path);
        if (!file) {
          yield* endUnread(
            state,
            new RescaleError('RESCALE_NOT_FOUND', 'not-found-output', { jobId, runId, path }),
          );
          return;
        }
        const options = {
          signal: context.signal,
          trace: context.trace,
          priority: 'poll' as const,
          jobId,
          clock: context.clock,
          prove: mismatch === null,
        };
        const stored = storedFile(file);
        const lacking = () =>
          new RescaleError('RESCALE_CHECKSUM', 'follow-short', { path: stored.relativePath });
        // As long as its row says the same it need not be read again.
        const version = stored.size === null ? '' : JSON.stringify(stored);
        if (!short.taken && version !== '' && short.file === version) throw lacking();
        const source = keyedAs(state, finishedLog(client, file, options, encoding));
        const outcome = yield* noting(readToEnd(state, source, short.taken ? 'take' : 'wait'), (delivery) => {
          current = delivery.state;
        });
        if (outcome === 'short' && !short.taken) {
          short.file = version;
          throw lacking();
        }
        if (current.gapDue) yield deliverGap(current);
        if (outcome === 'short') unread = unreadFor(lacking());
        else if (mismatch) unread = unreadFor(mismatch);
      } catch (error) {
        // A file that is listed can be refused for a while, or be half written (docs/platform.md, "Files").
        const isLate = isRescaleError(error) && (isApiRefusal(error) || isOtherFile(error) || isShort(error));
        if (!isLate) lateSince = null;
        else lateSince ??= context.clock.monotonic();
        if (lateSince === null || context.clock.monotonic() - lateSince < FILES_TIMEOUT) throw error;
        const failure = error as RescaleError;
        if (failure.key === 'checksum' && !mismatch) {
          mismatch = failure;
          throw failure;
        }
        if (isShort(failure)) {
          short.taken = true;
          throw failure;
        }
        yield* endUnread(current, failure);
      }
    },
    get unread() {
      return unread;
    },
  };
}

/** The same deliveries, each noted before it is handed on. */
async function* noting<Outcome>(
  deliveries: AsyncGenerator<LineDelivery, Outcome>,
  note: (delivery: LineDelivery) => void,
): AsyncGenerator<LineDelivery, Outcome> {
  let isDone = false;
  try {
    for (;;) {
      const next = await deliveries.next();
      isDone = next.done === true;
      if (next.done) return next.value;
      note(next.value);
      yield next.value;
    }
  } finally {
    // Whoever stops in between lets go of the file that is being read.
    if (!isDone) await deliveries.return(undefined as Outcome);
  }
}

function isShort({ key }: RescaleError): boolean {
  return key === 'follow-short';
}

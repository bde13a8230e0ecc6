import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, RescaleError, type ErrorTextValues } from '../../api/errors/errors';
import type { RescaleFile, SnapshotAnswer } from '../../api/client/types';
import { diagnose, isRefusal, unreadReason } from '../reading/diagnosis';
import { CHECKPOINT_ARCHIVE, isNoList, listOutputFiles, SNAPSHOT_FILE } from '../files/output-files';
import { pollPastRefusals } from '../tasks/poll-until';
import { runReader } from '../reading/run-reader';
import { instant, isOver } from '../run/run-state';
import type { RunAddress, TaskContext } from '../tasks/task-context';

interface SnapshotRequest extends RunAddress {
  /** Wait until the new archive is listed. */
  waitForFile: boolean;
  /** Milliseconds that this may take. */
  deadline: number;
}

/** The platform's answer, and the new archive where it was awaited. */
export type SnapshotResult = (SnapshotAnswer & { file?: RescaleFile }) | UnansweredSnapshot;

/** The answer was lost, but its archive came. What the platform would have said is not made up. */
interface UnansweredSnapshot {
  answerLost: true;
  file: RescaleFile;
}

const FIRST_LOOK = 2_000;
const LONGEST_PAUSE = 30_000;
const LISTS_BEFORE = 3;
/** Looks after the end of its run, in which an archive that was ready before may still get listed; a later one can't be made any more. */
const LOOKS_AFTER_THE_END = 3;
/** An archive is looked for so long (ms) after a no. */
const AFTER_A_REFUSAL = 60_000;

/** Snapshots that this process is having made: `origin job run`. */
const inTheMaking = new Set<string>();

/**
 * Takes a snapshot of a run in progress, once: a second one of the same run while one is being made is refused with
 * RESCALE_SNAPSHOT, and a lost answer is never a reason to ask again (docs/platform.md).
 *
 * With `waitForFile` the result has the new archive: a file that was not listed before the request and is neither
 * the previous snapshot, which is what `lastSnapshotID` names (docs/platform.md), nor older than that.
 * Rejects with RESCALE_SNAPSHOT for an exit code other than 0, inside a 200, and when the run ended without an
 * archive; RESCALE_DEADLINE when none was listed in time; the failure itself when nobody can know whether a snapshot
 * was taken.
 */
export async function snapshotRun(
  client: RescaleClient,
  request: SnapshotRequest,
  ordinary: TaskContext,
): Promise<SnapshotResult> {
  // The list before it goes before everything as well: a snapshot is wanted of the run as it is now.
  const context: TaskContext = { ...ordinary, priority: 'action' };
  const key = [client.origin, request.jobId, request.runId].join(' ');
  if (inTheMaking.has(key)) throw snapshotError('snapshot-busy', request);
  inTheMaking.add(key);
  try {
    if (!request.waitForFile)
      return await ask(client, request, context).catch((failure: unknown) => {
        throw told(request, failure);
      });
    const known = await noteFiles(client, request, context);
    const answer = await askAndGoOn(client, request, context);
    // Without the list and without the answer, an old archive could not be told from the new one.
    if (answer instanceof RescaleError && known === null) throw told(request, answer);
    return await awaitArchive(client, request, known ?? new Set(), answer, context);
  } finally {
    inTheMaking.delete(key);
  }
}

async function ask(
  client: RescaleClient,
  request: SnapshotRequest,
  context: TaskContext,
): Promise<SnapshotAnswer> {
  let answer: SnapshotAnswer;
  try {
    answer = await client.snapshotRun(request.jobId, request.runId, context);
  } catch (failure) {
    throw (await diagnose(client, request, failure, context)).error;
  }
  if (answer.exitcode === 0) return answer;
  throw snapshotError('snapshot-failed', request, {
    exitcode: answer.exitcode,
    reason: answer.reason || answer.data || { key: 'reason-unsaid' },
  });
}

/**
 * The failure when the answer was lost, was not the API's, or a no to what may have been carried out all the same: whether a
 * snapshot is being made is then seen by its archive, or not at all.
 */
async function askAndGoOn(
  client: RescaleClient,
  request: SnapshotRequest,
  context: TaskContext,
): Promise<SnapshotAnswer | RescaleError> {
  try {
    return await ask(client, request, context);
  } catch (failure) {
    if (context.signal?.aborted || !isRescaleError(failure)) throw failure;
    if (isUnsettled(failure) || failure.code === 'RESCALE_REJECTED') return failure;
    throw failure;
  }
}

/**
 * Ids of what is listed before the request; null when a run in progress has its list refused, as it well may. What a gateway answers
 * in its place is over in a moment, mostly, and is no reason to take no snapshot.
 */
async function noteFiles(
  client: RescaleClient,
  request: SnapshotRequest,
  context: TaskContext,
): Promise<ReadonlySet<string> | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const files = await listOutputFiles(client, request, context);
      return new Set(files.map((file) => file.id));
    } catch (error) {
      if (!isRefusal(error) || context.signal?.aborted) throw error;
      if (error.kind === 'refused') return null;
      if (attempt === LISTS_BEFORE) throw error;
      await context.clock.sleep(FIRST_LOOK, context.signal);
    }
  }
}

async function awaitArchive(
  client: RescaleClient,
  request: SnapshotRequest,
  known: ReadonlySet<string>,
  answer: SnapshotAnswer | RescaleError,
  context: TaskContext,
): Promise<SnapshotResult> {
  const refused = answer instanceof RescaleError && !isUnsettled(answer) ? answer : null;
  const timeout = refused ? Math.min(AFTER_A_REFUSAL, request.deadline) : request.deadline;
  context.progress?.({ doing: 'awaiting-snapshot', until: context.clock.now() + timeout });
  const read = runReader(client, request, context.clock);
  const previousId = answer instanceof RescaleError ? null : answer.lastSnapshotID;
  let ended = false;

  /** What is listed and was not before. */
  const listFresh = async (options: CallOptions): Promise<RescaleFile[]> => {
    const listed = await listOutputFiles(client, request, options);
    const previous = listed.find(({ id }) => id === previousId);
    // The list before may have been empty or short for a while: what is not newer than the previous one is old too.
    const isOld = (file: RescaleFile) =>
      known.has(file.id) ||
      file === previous ||
      instant(file.dateUploaded) <= instant(previous?.dateUploaded);
    return listed.filter((file) => !isOld(file));
  };
  const snapshotIn = (fresh: RescaleFile[]) => newest(fresh.filter((file) => file.typeId === SNAPSHOT_FILE));

  /** Not by the pauses of the others, which grow: nothing is being made any more. */
  const lookAfterTheEnd = async (options: CallOptions): Promise<RescaleFile> => {
    for (let look = 1; look <= LOOKS_AFTER_THE_END; look += 1) {
      if (look > 1) await context.clock.sleep(FIRST_LOOK, options.signal);
      const fresh = await listFresh(options).catch((error: unknown) => {
        // Between the end and the outputs the platform may have no list at all.
        if (isNoList(error)) return [];
        throw error;
      });
      const snapshot = snapshotIn(fresh);
      if (snapshot) return snapshot;
    }
    throw snapshotError('snapshot-ended', request);
  };

  const poll = async (signal: AbortSignal): Promise<RescaleFile | null> => {
    const options: CallOptions = { trace: context.trace, priority: 'action', signal };
    if (ended) return lookAfterTheEnd(options);
    const fresh = await listFresh(options);
    const snapshot = snapshotIn(fresh);
    if (snapshot) return snapshot;
    // Read after the list: a run in progress now was in progress when its only new archive was listed.
    const { run, state } = await read(options);
    if (isOver(state)) {
      ended = true;
      return lookAfterTheEnd(options);
    }
    const archives = run.dateCompleted ? [] : fresh.filter(isArchive);
    return archives.length === 1 ? archives[0]! : null;
  };
  const pauses = { first: FIRST_LOOK, longest: LONGEST_PAUSE, timeout };
  const { seen: file, refusal } = await pollPastRefusals(poll, pauses, context).catch((failure: unknown) => {
    if (!isRescaleError(failure) || context.signal?.aborted) throw failure;
    throw refused ?? unread(request, failure);
  });
  if (file) return answer instanceof RescaleError ? { answerLost: true, file } : { ...answer, file };
  if (refusal) throw refused ?? unread(request, refusal);
  if (answer instanceof RescaleError) throw refused ?? told(request, answer);
  if (ended) throw snapshotError('snapshot-ended', request);
  throw new RescaleError('RESCALE_DEADLINE', 'snapshot-deadline', {
    jobId: request.jobId,
    runId: request.runId,
    seconds: Math.round(request.deadline / 1000),
  });
}

/** By type, or by name where the platform lists it as something else. */
function isArchive(file: RescaleFile): boolean {
  return file.typeId === CHECKPOINT_ARCHIVE || /\.(zip|tar|tgz|tar\.\w+|7z)$/i.test(file.name);
}

/** Somebody else may have had one made at the same time; the newest is never older than the one asked for. */
function newest(files: RescaleFile[]): RescaleFile | null {
  return files.reduce<RescaleFile | null>(
    (best, file) => (best === null || instant(file.dateUploaded) > instant(best.dateUploaded) ? file : best),
    null,
  );
}

/** No answer, or a gateway's in place of the platform's: it may have been carried out all the same. */
function isUnsettled(failure: RescaleError): boolean {
  return failure.kind === 'unsettled' || failure.code === 'RESCALE_PROTOCOL';
}

/** The failure of a snapshot as it is told. A 5xx says itself that it is not settled, and with which status. */
function told({ jobId, runId, waitForFile }: SnapshotRequest, failure: unknown): unknown {
  if (!isRescaleError(failure)) return failure;
  if (failure.code === 'RESCALE_PROTOCOL') {
    const reason = { key: failure.key, values: failure.values };
    return new RescaleError(failure.code, 'snapshot-garbled', { jobId, runId, reason }, failure.statusCode);
  }
  if (!waitForFile || failure.kind !== 'unsettled' || failure.code === 'RESCALE_SERVER') return failure;
  return new RescaleError('RESCALE_NETWORK', 'snapshot-lost', { jobId, runId });
}

/** What is said to a look by itself says nothing of the snapshot, which was asked for. */
function unread({ jobId, runId }: SnapshotRequest, failure: RescaleError): RescaleError {
  if (failure.code === 'RESCALE_SNAPSHOT') return failure;
  const reason = unreadReason(failure);
  return new RescaleError(failure.code, 'snapshot-unread', { jobId, runId, reason }, failure.statusCode);
}

function snapshotError(
  key: 'snapshot-busy' | 'snapshot-failed' | 'snapshot-ended',
  { jobId, runId }: SnapshotRequest,
  values: ErrorTextValues = {},
): RescaleError {
  return new RescaleError('RESCALE_SNAPSHOT', key, { jobId, runId, ...values });
}

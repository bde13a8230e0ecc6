import type { CallOptions, RescaleClient } from '../../api/client/client';
import { isRescaleError, type RescaleError } from '../../api/errors/errors';
import { asRescaleError, isApiRefusal, isRefusal } from '../reading/diagnosis';
import { readLive, startOfNotes } from './follow-log';
import { atStartOfFile, keyedAs, type LineDelivery, type FollowState } from './follow-state';
import type { Trouble } from '../run/job-reading';
import { createRestReader } from './rest-of-log';
import { liveLog } from '../lines/log-source';
import { findPath, isAmbiguous, workingPath, type PathMatch } from '../files/path-match';
import { fileEncoding } from '../lines/file-encoding';
import { runReader, type RunReading } from '../reading/run-reader';
import type { DirectoryEntry } from '../../api/client/types';
import { isOver, isTerminalStatus, latestStatus } from '../run/run-state';
import type { Deadline, KeptDeadline } from '../tasks/deadline';
import type { RunAddress, TaskContext } from '../tasks/task-context';

interface FollowRequest extends RunAddress {
  /** As the working directory, the output list, `resource` or the storage path shows it. */
  path: string;
  /** The encoding of the file (text-encoding.ts); default UTF-8. */
  encoding?: string;
  /** Milliseconds between two polls. */
  interval: number;
  /** When to give up; null = never. */
  deadline: Deadline | null;
}

export interface FollowBatch {
  /** New lines, in order, without their ends. Can be empty: then only the state is to be kept. */
  lines: string[];
  /** The number of the first of them, from 1, counting what was delivered. */
  seq: number;
  /** Lines are, or may be, missing before these; null for how many when nobody can know. */
  gap: { missing: number | null } | null;
  /** Another file has taken the place of the one that was followed (cut, rotated, written anew): these are its first lines. */
  replaced?: true;
  /** Where the follow stands once these are delivered: go on from here. */
  state: FollowState;
}

export interface FollowEnd {
  reason: 'completed' | 'deadline';
  state: FollowState;
  /** Why the last lines of a run that has ended could not be read; missing where they were. */
  unread?: RescaleError | null;
}

interface FollowContext extends TaskContext {
  /** Called at each failed poll, and with null when all is well again. It never ends the follow. */
  trouble?(trouble: Trouble | null): void;
  /** The deadline is to be kept anew. */
  onDeadline?(kept: KeptDeadline): void;
  /** Told at each reading of its run. */
  reading?(reading: RunReading): void;
}

/** Polls of a live log between two readings of its run. */
const POLLS_PER_READING = 6;
/** Polls of a missing file, and of a file that only ends like the path, between two readings of the directory. */
const MISSES_PER_DIRECTORY = 3;
const POLLS_PER_DIRECTORY = 6;
/** The follow ends when job or run are not found this often in a row. */
const CONFIRMATIONS = 3;
/** While polls fail the pauses grow, to this (ms) at most; a longer interval stays as it is. */
const LONGEST_PAUSE = 10_000;
const PAUSE_GROWTH = 1.5;

/**
 * Follows a log from `state` on: every new line once and in order, until its run has ended and its output file was
 * read to the last line. A run that has not started, a file that is not there yet, 5xx, a refused key and whatever a gateway
 * says in the platform's place are waited out. Only what the API itself refuses of a run that has ended, contents of
 * another size than the listed, and a file that lacks what was delivered, are given up, after 300 s; `unread` of the end says so. Rejects with RESCALE_NOT_FOUND when job or run are not found again and again, RESCALE_INPUT for a path that
 * means several files, RESCALE_TOO_LARGE for a line of more than 16 MiB, and when it is aborted.
 */
export async function* followFile(
  client: RescaleClient,
  request: FollowRequest,
  state: FollowState,
  context: FollowContext,
): AsyncGenerator<FollowBatch, FollowEnd> {
  const poller = createLogPoller(client, request, context);
  let current = state;
  let since: number | null = null;
  let failed = 0;
  const { deadline } = request;
  for (;;) {
    let over = false;
    try {
      const deliveries = poller.poll(current);
      for (;;) {
        const next = await deliveries.next();
        if (next.done) {
          over = next.value;
          break;
        }
        const { lines, gap, replaced, state: after } = next.value;
        const seq = current.delivered + 1;
        current = after;
        const stated = gap ? { missing: null } : null;
        yield { lines, seq, gap: stated, ...(replaced && { replaced }), state: after };
      }
      if (since !== null) context.trouble?.(null);
      since = null;
      failed = 0;
      if (deadline?.observe(client.platformNow())) context.onDeadline?.(deadline.kept);
    } catch (thrown) {
      failed += 1;
      const error = asRescaleError(thrown);
      if (context.signal?.aborted || poller.isFinal(error)) throw thrown;
      since ??= context.clock.monotonic();
      context.trouble?.({ error, since });
    }
    if (over) return { reason: 'completed', state: current, unread: poller.unread };
    const left = deadline?.left() ?? Infinity;
    if (left <= 0) return { reason: 'deadline', state: current };
    const pause = Math.max(
      request.interval,
      Math.min(request.interval * PAUSE_GROWTH ** failed, LONGEST_PAUSE),
    );
    await context.clock.sleep(Math.min(pause, left), context.signal);
  }
}

interface LogPoller {
  /** What is new since the state; returns true when there will be no more. */
  poll(state: FollowState): AsyncGenerator<LineDelivery, boolean>;
  /** True for an error that ends the follow. */
  isFinal(error: RescaleError): boolean;
  readonly unread: RescaleError | null;
}

function createLogPoller(client: RescaleClient, request: FollowRequest, context: FollowContext): LogPoller {
  const path = workingPath(request.path, request);
  const options: CallOptions = { signal: context.signal, trace: context.trace, priority: 'poll' };
  const read = runReader(client, request, context.clock);
  const encoding = fileEncoding(request.encoding);
  const notes = startOfNotes();
  let reading: RunReading | null = null;
  let polls = 0;
  let misses = 0;
  let notActive = 0;
  let pollsOfSubstitute = 0;
  let unknown = 0;
  const rest = createRestReader(client, { ...request, path }, context, encoding);
  let final: RescaleError | null = null;

  /** Null for a run that is not listed yet. */
  async function readRun(): Promise<RunReading | null> {
    polls = 0;
    try {
      reading = await read(options);
      context.reading?.(reading);
      unknown = 0;
    } catch (error) {
      if (!isRescaleError(error) || error.code !== 'RESCALE_NOT_FOUND') throw error;
      reading = null;
      unknown = (await mayStillCome()) ? 0 : unknown + 1;
      if (unknown >= CONFIRMATIONS) final = error;
      if (unknown > 0) throw error;
    }
    return reading;
  }

  /** A run is listed some time after its job was submitted, as long as the job is there and goes on. */
  async function mayStillCome(): Promise<boolean> {
    try {
      await client.getJob(request.jobId, options);
    } catch (error) {
      if (isRescaleError(error) && error.code === 'RESCALE_NOT_FOUND') return false;
      throw error;
    }
    const latest = latestStatus(await client.listJobStatuses(request.jobId, options));
    return latest === null || !isTerminalStatus(latest.status);
  }

  async function* poll(state: FollowState): AsyncGenerator<LineDelivery, boolean> {
    if (reading?.state !== 'running' || polls >= POLLS_PER_READING) await readRun();
    if (reading && isOver(reading.state)) return yield* readRest(state, reading);
    if (reading?.state !== 'running') {
      context.progress?.({ doing: 'awaiting-run' });
      yield* notThereYet(state);
      return false;
    }
    const better = yield* leaveSubstitute(state);
    let current = better ?? state;
    let refusal: RescaleError;
    try {
      polls += 1;
      const source = keyedAs(current, liveLog(client, request, current.path ?? path, options, encoding));
      for await (const delivery of readLive(current, source, notes, context.clock)) {
        current = delivery.state;
        yield delivery;
      }
      misses = notActive = 0;
      context.progress?.({ doing: 'following', lines: current.delivered });
      return false;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal = error;
    }
    // Refused: the run may have ended between two looks, or the file is not there.
    const now = await readRun();
    if (now && isOver(now.state)) return yield* readRest(current, now);
    // A gateway that refuses the address says nothing of the file.
    if (!isApiRefusal(refusal)) throw refusal;
    context.progress?.({ doing: 'awaiting-file' });
    if (now?.state !== 'running') return false;
    yield* searchElsewhere(current, now);
    return notActive >= (now.doubt ? CONFIRMATIONS : 1) && (yield* readRest(current, now));
  }

  /** What the working directory shows of the file; null when that is nothing, or several that fit equally well by now. */
  async function findLive(): Promise<PathMatch<DirectoryEntry> | null> {
    const entries = await client.listDirectory(request.jobId, request.runId, options);
    try {
      return findPath(path, entries, (candidate) => candidate.path, request);
    } catch (error) {
      // A file of the very path may still come, and is then the one that is meant.
      if (isAmbiguous(error)) return null;
      throw error;
    }
  }

  /** The working directory may show the file under another form of its path, or tell that the run is not in progress any more. */
  async function* searchElsewhere(
    state: FollowState,
    { run, doubt }: RunReading,
  ): AsyncGenerator<LineDelivery> {
    misses += 1;
    if (notActive === 0 && (misses - 1) % MISSES_PER_DIRECTORY !== 0) return;
    let match: PathMatch<DirectoryEntry> | null;
    try {
      match = await findLive();
    } catch (error) {
      // That it has ended, and not when, is what the platform says by this, where it has something in the place of an end date.
      if (!(run.dateCompleted || doubt) || !isRescaleError(error) || !isApiRefusal(error)) throw error;
      notActive += 1;
      return;
    }
    notActive = 0;
    if (!match) {
      yield* notThereYet(state);
      return;
    }
    const found = workingPath(match.item.path, request);
    if (found !== (state.path ?? path)) yield stateOnly({ ...state, path: found });
  }

  /**
   * What is followed may only end like the path that is meant (`tutorial/log` for `log`): it is left as soon as that one is
   * there, and that lines of it may be missing is stated.
   */
  async function* leaveSubstitute(state: FollowState): AsyncGenerator<LineDelivery, FollowState | null> {
    if (state.path === null || isForm(state.path)) return null;
    pollsOfSubstitute += 1;
    if (pollsOfSubstitute % POLLS_PER_DIRECTORY !== 0) return null;
    const match = await findLive();
    if (match?.by !== 'exact') return null;
    const begun = { ...atStartOfFile(state), path: workingPath(match.item.path, request), gapDue: true };
    yield stateOnly(begun);
    return begun;
  }

  /** True for another form of the path that is meant, false for one that only ends like it. */
  function isForm(candidate: string): boolean {
    return findPath(path, [candidate], (form) => form, request)?.by === 'exact';
  }

  /** Of a file that comes later every line is new. */
  function* notThereYet(state: FollowState): Generator<LineDelivery> {
    if (state.fromNow) yield stateOnly({ ...state, fromNow: false });
  }

  /** The last lines, from the output file. */
  async function* readRest(state: FollowState, { run }: RunReading): AsyncGenerator<LineDelivery, boolean> {
    for await (const delivery of rest.read(state, run)) yield delivery;
    return true;
  }

  return {
    poll,
    isFinal: (error) => error === final || isPermanent(error),
    get unread() {
      return rest.unread;
    },
  };
}

/** What another poll will not change. An answer of senseless size is the platform's trouble, a line of one is the log's. */
function isPermanent({ code, kind, key }: RescaleError): boolean {
  return kind === 'fatal' && code !== 'RESCALE_CHECKSUM' && key !== 'too-large-answer';
}

function stateOnly(state: FollowState): LineDelivery {
  return { lines: [], gap: false, state };
}

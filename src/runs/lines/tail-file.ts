import type { RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import type { Run } from '../../api/client/types';
import { forEachInTurns, ownTurn } from '../../api/time/turns';
import { diagnose, isRefusal } from '../reading/diagnosis';
import { readChecked } from '../files/checked-bytes';
import { collect, keepLastLines } from '../files/file-bytes';
import { fileEncoding, readLastMarked, readMark } from './file-encoding';
import { storedFile } from '../files/file-row';
import { readAgain } from '../files/resumed-read';
import { markedEncoding, withoutByteOrderMark, type TextEncoding } from '../files/text-encoding';
import { openLive, readTail } from './live-contents';
import { withoutCarriageReturn } from './log-lines';
import { createLateFiles } from '../files/late-files';
import { findOutputFile, GAP } from '../files/output-files';
import { matchPath, workingPath } from '../files/path-match';
import type { RunAddress, TaskContext } from '../tasks/task-context';

export interface TailRequest extends RunAddress {
  /** As the working directory, the output list, `resource` or the storage path shows it. */
  path: string;
  /** How many lines from the end; null = the whole file. */
  lines: number | null;
  format: 'lines' | 'text' | 'buffer';
  /** What to do once the run has ended: read the output file, or fail with RESCALE_NOT_ACTIVE. */
  finished: 'file' | 'error';
  /** Bytes that may be held in memory; more is RESCALE_TOO_LARGE. */
  limitBytes: number;
  /** The encoding of a file without a mark of the byte order (text-encoding.ts); default UTF-8. */
  encoding?: string;
}

interface TailResult {
  /** string[] for `lines`, string for `text`, Buffer for `buffer`. */
  content: string[] | string | Buffer;
  /** As the platform's `file` command sees it; null where it does not say. */
  fileType: string | null;
  source: 'live' | 'file';
  /** The path at which the file was found. */
  path: string;
}

/** What was read: whole lines where the platform sends lines, bytes otherwise. */
interface Reading {
  content: string[] | Buffer;
  /** Of bytes. */
  encoding: TextEncoding;
  fileType: string | null;
}

/**
 * The end of a file, or all of it: from the working directory while its run is in progress, from the output file
 * afterwards, and in the gap between the two as soon as the file is listed (up to 120 s).
 *
 * `lines` and `text` are decoded, without line ends (`\r\n` too) and without a mark of the byte order; `buffer` has the bytes
 * as they are, except for the last lines of a live file, which the platform sends as text. The last lines of a live file that
 * is not UTF-8 are cut from the whole of it, unless they are plain ASCII.
 * Rejects with RESCALE_NOT_ACTIVE before the run has started (or after its end, if told), RESCALE_NOT_FOUND,
 * RESCALE_INPUT for a path that means several files, RESCALE_TOO_LARGE.
 */
export async function tailFile(
  client: RescaleClient,
  request: TailRequest,
  context: TaskContext,
): Promise<TailResult> {
  const path = workingPath(request.path, request);
  try {
    return await present(await readLive(client, request, path, context), request, 'live', path);
  } catch (failure) {
    if (!isRefusal(failure)) throw failure;
    const missing = notFound('not-found-file', request, failure.statusCode);
    const { run, error } = await diagnose(client, request, failure, context, missing);
    if (run?.dateCompleted && request.finished === 'file')
      return readFinished(client, request, run, path, context);
    if (error !== missing) throw error;
    return readElsewhere(client, request, path, missing, context);
  }
}

async function readLive(
  client: RescaleClient,
  request: TailRequest,
  path: string,
  context: TaskContext,
): Promise<Reading> {
  const { lines, limitBytes } = request;
  const file = fileEncoding(request.encoding);
  const tail = lines === null ? null : await readTail(client, request, path, lines, file, context);
  if (tail) {
    await ownTurn(tail.lines.length * FEW_BYTES);
    const size = tail.lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    if (size > limitBytes) {
      throw new RescaleError('RESCALE_TOO_LARGE', 'too-large', { what: path, limit: limitBytes });
    }
    return { content: tail.lines, encoding: file.now, fileType: tail.fileType };
  }
  return readAgain(path, context, async (opened) => {
    const live = await openLive(client, request, path, context, opened);
    const { contents, encoding } = await readMark(live, file);
    const content =
      lines === null
        ? await collect(contents, path, limitBytes)
        : await keepLastLines(contents, path, { lines, limitBytes, encoding });
    return { content, encoding, fileType: null };
  });
}

/** The run is in progress and has no such file: the directory may show it under another form of the path. */
async function readElsewhere(
  client: RescaleClient,
  request: TailRequest,
  path: string,
  missing: RescaleError,
  context: TaskContext,
): Promise<TailResult> {
  const entries = await client
    .listDirectory(request.jobId, request.runId, context)
    .catch((error: unknown) => {
      if (isRefusal(error)) throw missing;
      throw error;
    });
  const entry = matchPath(path, entries, (candidate) => candidate.path, request);
  if (!entry) throw missing;
  const found = workingPath(entry.path, request);
  if (found === path) throw missing;
  return present(await readLive(client, request, found, context), request, 'live', found);
}

async function readFinished(
  client: RescaleClient,
  request: TailRequest,
  run: Run,
  path: string,
  context: TaskContext,
): Promise<TailResult> {
  const file = await findOutputFile(client, request, run, path, context);
  if (!file) throw notFound('not-found-output', request);
  const stored = storedFile(file);
  const { jobId, lines, limitBytes } = request;
  const options = { ...context, jobId };
  const encoding = fileEncoding(request.encoding);
  const read = async (): Promise<Reading> => {
    if (lines === null) {
      const content = await readChecked(client, file, limitBytes, options);
      return { content, encoding: markedEncoding(content) ?? encoding.told, fileType: null };
    }
    const last = await readLastMarked(client, stored, { lines, limitBytes, file: encoding }, options);
    return { content: last.bytes, encoding: last.encoding, fileType: null };
  };
  // A file that is listed may still not be there.
  const reading = await createLateFiles(client, context, GAP)(request.jobId, request.runId, read);
  return present(reading, request, 'file', stored.relativePath);
}

async function present(
  reading: Reading,
  request: TailRequest,
  source: TailResult['source'],
  path: string,
): Promise<TailResult> {
  return { content: await shape(reading, request), fileType: reading.fileType, source, path };
}

/** Of a large file each step has a turn of its own. */
async function shape(
  { content, encoding }: Reading,
  { format }: TailRequest,
): Promise<TailResult['content']> {
  if (format === 'buffer') {
    return Buffer.isBuffer(content) ? content : Buffer.from(content.map((line) => line + '\n').join(''));
  }
  let lines: string[];
  if (Buffer.isBuffer(content)) {
    await ownTurn(content.length);
    const text = encoding.decode(content);
    await ownTurn(content.length);
    lines = linesOf(text);
  } else lines = content;
  const plain = new Array<string>(lines.length);
  await forEachInTurns(
    lines,
    (line, index) => (plain[index] = withoutByteOrderMark(withoutCarriageReturn(line))),
  );
  if (format === 'lines') return plain;
  await ownTurn(plain.length * FEW_BYTES);
  return plain.join('\n');
}

/** Of a line, at the least, where its length is not worth while to know. */
const FEW_BYTES = 32;

/** Lines as the platform's tail sends them: a line end at the very end begins no further line. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function notFound(
  key: 'not-found-file' | 'not-found-output',
  { jobId, runId, path }: TailRequest,
  statusCode?: number,
): RescaleError {
  return new RescaleError('RESCALE_NOT_FOUND', key, { jobId, runId, path }, statusCode);
}

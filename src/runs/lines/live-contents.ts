import type { CallOptions, Contents, RescaleClient } from '../../api/client/client';
import type { TailLines } from '../../api/client/types';
import { readContent } from '../../api/endpoints/endpoint';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { FileEncoding } from './file-encoding';
import { utf8 } from '../files/text-encoding';
import { isAscii, lineHash } from './line-key';
import type { RunAddress } from '../tasks/task-context';

/** Bytes up to which an answer can be a notice or a gateway's page in place of the file. */
const LARGEST_NOTICE = 64 * 1024;
/** More lines than such an answer has. */
const NOTICE_LINES = LARGEST_NOTICE;

/**
 * The whole file of a run in progress. A notice or a page of a gateway can come with 200 where the bytes were expected, but a
 * file may hold the same (docs/platform.md, tail). So an answer that looks like one is compared with the file's last lines,
 * which come in a shape of their own. Rejects with RESCALE_PROTOCOL when it is not the file. `opened` is called when the
 * answer has begun.
 */
export async function openLive(
  client: RescaleClient,
  { jobId, runId }: RunAddress,
  path: string,
  options: CallOptions,
  opened?: () => void,
): Promise<Contents> {
  const contents = await client.openTail(jobId, runId, path, options);
  opened?.();
  try {
    const { beginning, isAll, chunks } = await peek(contents);
    const file = { ...contents, chunks };
    if (!mayBeNotice(beginning, isAll)) return file;
    const { lines } = await client.tailLines(jobId, runId, path, NOTICE_LINES, options);
    if (beginning.length === 0 ? lines.join('') === '' : isBeginningOf(beginning, lines)) return file;
    // A page that is longer than all that was compared may still be the file's.
    if (!isAll && lines.length >= NOTICE_LINES) return file;
  } catch (error) {
    contents.discard();
    throw error;
  }
  contents.discard();
  const values = { platform: client.origin, status: contents.status };
  throw new RescaleError('RESCALE_PROTOCOL', 'protocol-page', values, contents.status);
}

/** Nothing, a page of any length, or a short answer that is JSON, has tags, or is a sentence more than a file of lines. */
function mayBeNotice(bytes: Buffer, isAll: boolean): boolean {
  const text = bytes.toString('utf8');
  if (isPage(text)) return true;
  // Gateways write text; what is binary, or of two bytes a letter, is the file.
  if (!isAll || text.includes('\0') || text.includes('\ufffd')) return false;
  return bytes.indexOf('\n') === bytes.lastIndexOf('\n') || /^[\s\ufeff]*</.test(text) || isJson(text);
}

function isPage(text: string): boolean {
  return /^[\s\ufeff]*<(?:!doctype html|html|head|body|script)/i.test(text);
}

function isJson(text: string): boolean {
  if (!/^[\s\ufeff]*[[{"]/.test(text)) return false;
  return readContent(Buffer.from(text)).kind === 'json';
}

/** The first line of the answer is among those of the file; one without an end may have grown since. */
function isBeginningOf(beginning: Buffer, lines: readonly string[]): boolean {
  const first = beginning.toString('utf8').split('\n', 1)[0]!;
  const key = lineHash(first);
  if (lines.some((line) => lineHash(line) === key)) return true;
  // A tail that ends lines at carriage returns tells the first line in pieces.
  const piece = lineHash(first.split('\r', 1)[0]!);
  if (first.includes('\r') && lines.some((line) => lineHash(line) === piece)) return true;
  return first.trim() !== '' && !beginning.includes('\n') && lines.some((line) => line.startsWith(first));
}

/**
 * The last lines of a live file as the platform tells them: as text, decoded by it as UTF-8 at best (docs/platform.md, "Tail").
 * So a file of another encoding is told rightly only as far as its lines are plain ASCII; null where that is not so, or where
 * what came for a line is no text.
 */
export async function readTail(
  client: RescaleClient,
  { jobId, runId }: RunAddress,
  path: string,
  lines: number,
  file: FileEncoding,
  options: CallOptions,
): Promise<TailLines | null> {
  const encoding = file.now;
  // What has zeros may be UTF-16, which its beginning tells.
  const isText = (tail: TailLines) =>
    !tail.odd && (file.isSeen || !tail.lines.some((line) => line.includes('\0')));
  if (encoding === utf8) {
    const tail = await client.tailLines(jobId, runId, path, lines, options);
    return isText(tail) ? tail : null;
  }
  if (!encoding.keepsAscii) return null;
  try {
    const tail = await client.tailLines(jobId, runId, path, lines, options);
    return isText(tail) && tail.lines.every(isAscii) ? tail : null;
  } catch (error) {
    // It may stumble over bytes that it can't decode.
    if (isRescaleError(error) && error.statusCode === 500) return null;
    throw error;
  }
}

/** What arrives first, up to the length of a notice, whether that is all, and all bytes with them. A page is not waited for. */
async function peek(
  contents: Contents,
): Promise<{ beginning: Buffer; isAll: boolean; chunks: AsyncIterable<Buffer> }> {
  const rest = contents.chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  let isAll = false;
  while (!isAll && size <= LARGEST_NOTICE && !(first[0] && isPage(first[0].toString('utf8')))) {
    const next = await rest.next();
    isAll = next.done === true;
    if (next.done) break;
    first.push(next.value);
    size += next.value.length;
  }
  async function* all(): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* first;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      contents.discard();
    }
  }
  return { beginning: Buffer.concat(first), isAll: isAll && size <= LARGEST_NOTICE, chunks: all() };
}

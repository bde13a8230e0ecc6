import type { CallOptions, Contents, RescaleClient } from '../../api/client/client';
import type { TailLines } from '../../api/client/types';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { utf8, type TextEncoding } from '../files/text-encoding';
import { isAscii, lineHash } from './line-key';
import type { RunAddress } from '../work/work';

/** Bytes up to which an answer can be a notice or a gateway's page in place of the file. */
const LARGEST_NOTICE = 64 * 1024;
/** Lines that such an answer has at most. */
const NOTICE_LINES = 1_000;

/**
 * The whole file of a run in progress. An error object or a page of a gateway can come where the bytes were expected,
 * but a file may hold the same (docs/platform.md, tail). So a small answer that looks like one is compared with
 * the file's last lines, which come in a shape of their own. Rejects with RESCALE_PROTOCOL when it is not the file.
 */
export async function openLive(
  client: RescaleClient,
  { jobId, runId }: RunAddress,
  path: string,
  options: CallOptions,
): Promise<Contents> {
  const contents = await client.openTail(jobId, runId, path, options);
  if (contents.bytes === 0 || (contents.bytes ?? 0) > LARGEST_NOTICE) return contents;
  try {
    const { beginning, chunks } = await peek(contents);
    const file = { ...contents, chunks };
    if (!/^\s*(\{\s*"detail"\s*:|<!doctype html|<html)/i.test(beginning)) return file;
    const first = lineHash(beginning.split('\n', 1)[0]!);
    const { lines } = await client.tailLines(jobId, runId, path, NOTICE_LINES, options);
    if (lines.some((line) => lineHash(line) === first)) return file;
  } catch (error) {
    contents.discard();
    throw error;
  }
  contents.discard();
  const values = { platform: client.origin, status: contents.status };
  throw new RescaleError('RESCALE_PROTOCOL', 'protocol-page', values, contents.status);
}

/**
 * The last lines of a live file as the platform tells them: as text, decoded by it as UTF-8 at best (docs/platform.md, "Tail").
 * So a file of another encoding is told rightly only as far as its lines are plain ASCII; null where that is not so.
 */
export async function readTail(
  client: RescaleClient,
  { jobId, runId }: RunAddress,
  path: string,
  lines: number,
  encoding: TextEncoding,
  options: CallOptions,
): Promise<TailLines | null> {
  if (encoding === utf8) return client.tailLines(jobId, runId, path, lines, options);
  if (!encoding.keepsAscii) return null;
  try {
    const tail = await client.tailLines(jobId, runId, path, lines, options);
    return tail.lines.every(isAscii) ? tail : null;
  } catch (error) {
    // It may stumble over bytes that it can't decode.
    if (isRescaleError(error) && error.statusCode === 500) return null;
    throw error;
  }
}

/** The first bytes to arrive as text, and all bytes with them. */
async function peek(contents: Contents): Promise<{ beginning: string; chunks: AsyncIterable<Buffer> }> {
  const rest = contents.chunks[Symbol.asyncIterator]();
  const first = await rest.next();
  async function* all(): AsyncGenerator<Buffer, void, undefined> {
    try {
      if (first.done) return;
      yield first.value;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      contents.discard();
    }
  }
  return { beginning: first.done ? '' : first.value.toString('utf8', 0, 1024), chunks: all() };
}

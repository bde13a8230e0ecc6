import type { CallOptions, Contents, RescaleClient } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import { lineHash } from './line-window';
import type { RunAddress } from '../work/work';

/** Bytes up to which an answer can be a notice or a gateway's page in place of the file. */
const LARGEST_NOTICE = 64 * 1024;
/** Lines that such an answer has at most. */
const NOTICE_LINES = 1_000;

/**
 * The whole file of a run in progress. An error object or a page of a gateway can come where the bytes were expected,
 * but a file may hold the same (rescale-platform.md 4, 18). So a small answer that looks like one is compared with
 * the file's last lines, which come in a shape of their own. Rejects with RESCALE_PROTOCOL when it is not the file.
 */
export async function openLive(
  client: RescaleClient,
  { jobId, runId }: RunAddress,
  path: string,
  options: CallOptions,
): Promise<Contents> {
  const contents = await client.openTail(jobId, runId, path, options);
  if (contents.bytes === null || contents.bytes === 0 || contents.bytes > LARGEST_NOTICE) return contents;
  try {
    const beginning = await peek(contents);
    if (!/^\s*(\{\s*"detail"\s*:|<!doctype html|<html)/i.test(beginning)) return contents;
    const first = lineHash(beginning.split('\n', 1)[0]!);
    const { lines } = await client.tailLines(jobId, runId, path, NOTICE_LINES, options);
    if (lines.some((line) => lineHash(line) === first)) return contents;
  } catch (error) {
    contents.stream.destroy();
    throw error;
  }
  contents.stream.destroy();
  const values = { platform: client.origin, status: contents.status };
  throw new RescaleError('RESCALE_PROTOCOL', 'protocol-page', values, contents.status);
}

/** The first bytes to arrive, which stay in the stream. */
async function peek({ stream }: Contents): Promise<string> {
  const chunk = await new Promise<Buffer | null>((resolve, reject) => {
    const settle = (act: () => void) => {
      stream.off('readable', readable).off('error', failed).off('close', closed);
      act();
    };
    const readable = () => {
      const bytes = stream.read() as Buffer | null;
      // At once, because a stream that has nothing left ends.
      if (bytes) stream.unshift(bytes);
      settle(() => resolve(bytes));
    };
    const failed = (error: Error) => settle(() => reject(error));
    const closed = () => settle(() => resolve(null));
    stream.on('readable', readable).on('error', failed).on('close', closed);
  });
  return chunk?.toString('utf8', 0, 1024) ?? '';
}

import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { RescaleFile } from '../../api/client/types';
import { readLastLines } from '../files/file-bytes';
import { storedFile } from '../files/file-row';
import { openStored } from '../files/stored-contents';
import { openLive } from './live-contents';
import { linesOfBytes, linesOfWindow, readLines, type Line, type LineBatch } from './log-lines';
import type { Clock } from '../work/ports';
import type { RunAddress } from '../work/work';

/** A log as it can be read, wherever it lies at the moment. */
export interface LogSource {
  /** It will not grow any more. */
  readonly final: boolean;
  /** The last lines. */
  window(lines: number): Promise<Line[]>;
  /** Bytes of the file as it is now, without reading it; null where that is not told. */
  size(): Promise<number | null>;
  /** The whole file, as it arrives. */
  whole(): Promise<AsyncIterable<LineBatch>>;
  /** The file from this offset (bytes) on; null where that can't be had. */
  part(offset: number): Promise<AsyncIterable<LineBatch> | null>;
}

/** Bytes held for a window of a finished file. */
const WINDOW_LIMIT = 64 * 1024 * 1024;

/** A file in the working directory of a run in progress. The platform offers no part of it. */
export function liveLog(
  client: RescaleClient,
  address: RunAddress,
  path: string,
  options: CallOptions,
): LogSource {
  return {
    final: false,
    window: async (lines) =>
      linesOfWindow((await client.tailLines(address.jobId, address.runId, path, lines, options)).lines),
    size: async () => {
      const contents = await client.openTail(address.jobId, address.runId, path, options);
      contents.discard();
      return contents.bytes;
    },
    whole: async () => readLines(await openLive(client, address, path, options), path),
    part: () => Promise.resolve(null),
  };
}

/** An output file of a run that has ended. */
export function finishedLog(
  client: RescaleClient,
  row: RescaleFile,
  options: CallOptions & { clock: Clock },
): LogSource {
  const file = storedFile(row);
  return {
    final: true,
    window: async (lines) => linesOfBytes(await readLastLines(client, file, lines, WINDOW_LIMIT, options)),
    size: () => Promise.resolve(file.size),
    whole: async () => readLines(await openStored(client, file, options), file.relativePath),
    part: async (offset) => {
      const contents = await openStored(client, file, { ...options, range: { start: offset } });
      if (contents.range?.start === offset) return readLines(contents, file.relativePath);
      contents.discard();
      return null;
    },
  };
}

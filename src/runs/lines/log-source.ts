import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { RescaleFile } from '../../api/client/types';
import { fileEncoding, readLastMarked, readMark, type FileEncoding } from './file-encoding';
import { storedFile } from '../files/file-row';
import { openStored } from '../files/stored-contents';
import { openLive, readTail } from './live-contents';
import { linesOfBytes, linesOfWindow, readLines, type LinePiece, type LineBatch } from './log-lines';
import type { Clock } from '../tasks/ports';
import type { RunAddress } from '../tasks/task-context';

/** A log as it can be read, wherever it lies at the moment. */
export interface LogSource {
  /** It will not grow any more. */
  readonly final: boolean;
  /** The last lines; null where these can't be had as they are written, and only the whole file tells. */
  window(lines: number): Promise<LinePiece[] | null>;
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
  encoding: FileEncoding = fileEncoding(),
): LogSource {
  return {
    final: false,
    async window(lines) {
      const tail = await readTail(client, address, path, lines, encoding, options);
      return tail && linesOfWindow(tail.lines);
    },
    size: async () => {
      const contents = await client.openTail(address.jobId, address.runId, path, options);
      contents.discard();
      return contents.bytes;
    },
    async whole() {
      const marked = await readMark(await openLive(client, address, path, options), encoding);
      return readLines(marked.contents, path, marked.encoding);
    },
    part: () => Promise.resolve(null),
  };
}

/** An output file of a run that has ended. `prove`: held to its checksum, too (`openStored`); default true. */
export function finishedLog(
  client: RescaleClient,
  row: RescaleFile,
  options: CallOptions & { clock: Clock; prove?: boolean },
  encoding: FileEncoding = fileEncoding(),
): LogSource {
  const file = storedFile(row);
  return {
    final: true,
    async window(lines) {
      const end = { lines, limitBytes: WINDOW_LIMIT, file: encoding };
      const last = await readLastMarked(client, file, end, options);
      return linesOfBytes(last.bytes, last.encoding);
    },
    size: () => Promise.resolve(file.size),
    async whole() {
      const marked = await readMark(await openStored(client, file, { prove: true, ...options }), encoding);
      return readLines(marked.contents, file.relativePath, marked.encoding);
    },
    part: async (offset) => {
      const contents = await openStored(client, file, {
        prove: true,
        ...options,
        range: { start: offset },
      });
      if (contents.range?.start === offset) return readLines(contents, file.relativePath, encoding.now);
      contents.discard();
      return null;
    },
  };
}

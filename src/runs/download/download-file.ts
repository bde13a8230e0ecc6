import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CallOptions, Contents, RescaleClient } from '../../api/client/client';
import { isRescaleError } from '../../api/errors/errors';
import { proveContents, type Proof } from '../files/checked-bytes';
import { readWhole } from '../files/file-bytes';
import { partBeside } from './part-files';
import type { Clock } from '../tasks/ports';
import { readResumed } from '../files/resumed-read';
import { isProven, type StoredFile } from '../files/stored-contents';
import { writeFailure } from '../files/safe-path';

interface FetchOptions extends CallOptions {
  clock: Clock;
  /** Told of bytes that are on disk. */
  received?: (bytes: number) => void;
  /** Carries out what takes a connection, when it is its turn. */
  transfer?: <Done>(act: () => Promise<Done>) => Promise<Done>;
}

/** A file of at most so many bytes is held in memory until it is known to be right, which spares the disk half of the work. */
const SMALL = 64 * 1024;

/**
 * Fetches one file to `target`, whose directory exists. It is written under a name of its own and renamed when it is
 * complete and its checksum right, so that a half file is never taken for a whole one; whatever goes wrong, nothing
 * is left behind, except by a kill (see `removeAbandonedParts`). Memory does not grow with the file. After a break it goes on with Range.
 */
export async function fetchToFile(
  client: RescaleClient,
  file: StoredFile,
  target: string,
  options: FetchOptions,
): Promise<Proof> {
  const part = partBeside(target);
  const { transfer = (act) => act() } = options;
  try {
    const fetched = await (isSmall(file)
      ? fetchWhole(client, file, part, { ...options, transfer })
      : fetchStreamed(client, file, part, { ...options, transfer }));
    await rename(part, target);
    return fetched;
  } catch (error) {
    await rm(part, { force: true });
    throw isRescaleError(error) || options.signal?.aborted ? error : writeFailure(file.relativePath, error);
  }
}

export function isSmall({ size }: Pick<StoredFile, 'size'>): boolean {
  return size !== null && size <= SMALL;
}

type TransferOptions = FetchOptions & Required<Pick<FetchOptions, 'transfer'>>;

async function fetchWhole(
  client: RescaleClient,
  file: StoredFile,
  part: string,
  { transfer, received, ...options }: TransferOptions,
): Promise<Proof> {
  const content = await transfer(() => readWhole(client, file, SMALL, options));
  const hash = file.checksum && createHash(file.checksum.algorithm).update(content).digest('hex');
  const fetched = proveContents(file, content.length, hash);
  await writeFile(part, content, { flag: 'wx' });
  received?.(content.length);
  return fetched;
}

async function fetchStreamed(
  client: RescaleClient,
  file: StoredFile,
  part: string,
  { transfer, ...options }: TransferOptions,
): Promise<Proof> {
  const handle = await open(part, 'wx');
  const sink = createSink(handle, file);
  try {
    await transfer(() => fill(client, file, sink, options));
  } finally {
    await handle.close();
  }
  return proveContents(file, sink.bytes, sink.digest());
}

interface Sink {
  readonly bytes: number;
  digest(): string | null;
  restart(): Promise<void>;
  /** A stream that writes on from where the sink stands. */
  open(received: (bytes: number) => void): Writable;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>;
}

async function fill(
  client: RescaleClient,
  file: StoredFile,
  sink: Sink,
  options: FetchOptions,
): Promise<void> {
  const take = async (contents: Contents, from: number) => {
    try {
      if (from === 0 && sink.bytes > 0) await sink.restart();
      await pipeline(contents.chunks, sink.open(options.received ?? (() => undefined)));
    } finally {
      contents.discard();
      await sink.settled();
    }
  };
  // For as long as it takes, so it leaves connections to those who read what somebody waits for; a small file takes no time.
  const all = { ...options, bulk: true, bytes: file.size };
  await readResumed(
    client,
    { file, taken: () => sink.bytes, take, isRight: () => isProven(file, sink.bytes, () => sink.digest()) },
    all,
  );
}

/** Bytes are counted in the moment that they are on disk, so that a break can be gone on from exactly. */
function createSink(handle: FileHandle, file: StoredFile): Sink {
  const freshHash = (): Hash | null => (file.checksum ? createHash(file.checksum.algorithm) : null);
  let hash = freshHash();
  let bytes = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = async (chunks: Buffer[]): Promise<number> => {
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const written = handle.writev(chunks, bytes);
    // While the disk works, for otherwise each would wait for the other. A write that fails ends the download, so the
    // hash is never of more than the file.
    for (const chunk of chunks) hash?.update(chunk);
    const { bytesWritten } = await written;
    if (bytesWritten < size) await writeRest(handle, Buffer.concat(chunks), bytesWritten, bytes);
    bytes += size;
    return size;
  };

  return {
    get bytes() {
      return bytes;
    },
    digest: () => hash?.copy().digest('hex') ?? null,
    async restart() {
      await handle.truncate(0);
      hash = freshHash();
      bytes = 0;
    },
    open(received) {
      const take = (chunks: Buffer[], done: (error?: Error | null) => void) => {
        writing = write(chunks).then(
          (size) => {
            received(size);
            done();
          },
          (error: Error) => done(error),
        );
      };
      return new Writable({
        highWaterMark: 1024 * 1024,
        write: (chunk: Buffer, _encoding, done) => take([chunk], done),
        writev: (chunks, done) =>
          take(
            chunks.map(({ chunk }) => chunk as Buffer),
            done,
          ),
      });
    },
    settled: () => writing,
  };
}

async function writeRest(handle: FileHandle, bytes: Buffer, from: number, position: number): Promise<void> {
  for (let at = from; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

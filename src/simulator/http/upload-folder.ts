import { createHash, type Hash } from 'node:crypto';
import { mkdtemp, open, rm, statfs, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpError } from '../answers/answers';
import type { ReceivedFile } from '../api/request';
import { diskContent } from '../content/disk-content';
import { boundaryOf, MalformedMultipart, readMultipart, type PartHeaders } from './multipart';

/** Stores uploads on the disk. */
export interface UploadFolder {
  /** Throws an HttpError: 411 without a length, 413 beyond the limit, 400 for what is no form with a file. */
  receive(request: IncomingMessage): Promise<ReceivedFile | null>;
  /** Removes what was uploaded. */
  close(): Promise<void>;
}

/** Larger uploads tell no checksum. */
const CHECKSUM_LIMIT = 16 * 1024 * 1024;
/** Bytes of the disk that stay free. */
const DISK_RESERVE = 256 * 1024 * 1024;
const LONGEST_FIELD = 64 * 1024;

/** @param limit bytes of one upload; null: what the disk has room for */
export function createUploadFolder(limit: number | null): UploadFolder {
  let folder: Promise<string> | null = null;
  let received = 0;

  async function sizeLimit(): Promise<number> {
    const { bavail, bsize } = await statfs(tmpdir());
    return Math.min(limit ?? Infinity, Math.max(0, bavail * bsize - DISK_RESERVE));
  }

  return {
    async receive(request) {
      const length = lengthOf(request);
      const allowed = await sizeLimit();
      if (length > allowed) {
        throw new HttpError(
          413,
          `The upload has ${length} bytes; the most that is taken is ${allowed} bytes.`,
        );
      }
      const boundary = boundaryOf(request.headers['content-type']);
      if (boundary === null) throw new HttpError(415, 'Expected multipart/form-data with a boundary.');
      folder ??= mkdtemp(join(tmpdir(), 'rescale-simulator-'));
      const path = join(await folder, String((received += 1)));
      return readForm(request, boundary, path);
    },
    async close() {
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
}

/** The platform takes no chunked bodies (docs/platform.md, "Uploads"). */
function lengthOf({ headers }: IncomingMessage): number {
  const length = headers['content-length'];
  if (length === undefined)
    throw new HttpError(411, 'A Content-Length is required; chunked bodies are not taken.');
  return Number(length);
}

async function readForm(
  request: IncomingMessage,
  boundary: string,
  path: string,
): Promise<ReceivedFile | null> {
  const fields = new Map<string, string>();
  let file: IncomingFile | null = null;
  let current: PartHeaders | null = null;
  try {
    await readMultipart(request as AsyncIterable<Buffer>, boundary, {
      begin: (part) => void (current = part),
      async data(bytes) {
        if (current!.name !== 'file') {
          const text = (fields.get(current!.name) ?? '') + bytes.toString('utf8');
          if (text.length > LONGEST_FIELD)
            throw new HttpError(400, `The field ${current!.name} is too long.`);
          fields.set(current!.name, text);
          return;
        }
        file ??= await openFile(current!, path);
        file.size += bytes.length;
        if (file.size <= CHECKSUM_LIMIT) {
          file.md5.update(bytes);
          file.sha512.update(bytes);
        }
        file.buffered.push(bytes);
        file.bufferedBytes += bytes.length;
        if (file.bufferedBytes >= WRITE_SIZE) await flush(file);
      },
      async end() {
        if (current!.name !== 'file') return;
        file ??= await openFile(current!, path);
        await flush(file);
        await awaitWrite(file);
      },
    });
  } catch (error) {
    if (error instanceof MalformedMultipart)
      throw new HttpError(400, `Multipart form parse error - ${error.message}`);
    throw error;
  } finally {
    await (file as IncomingFile | null)?.writing;
    await (file as IncomingFile | null)?.handle.close();
  }
  return file === null ? null : receivedFile(file, fields, path);
}

/** A file on its way to the disk. */
interface IncomingFile {
  part: PartHeaders;
  size: number;
  handle: FileHandle;
  md5: Hash;
  sha512: Hash;
  buffered: Buffer[];
  bufferedBytes: number;
  /** Settles with what went wrong, and never rejects. */
  writing: Promise<{ error: unknown } | null>;
}

/** Bytes that are written at a time. */
const WRITE_SIZE = 1024 * 1024;

async function openFile(part: PartHeaders, path: string): Promise<IncomingFile> {
  const handle = await open(path, 'w');
  const [md5, sha512] = [createHash('md5'), createHash('sha512')];
  return {
    part: part,
    size: 0,
    handle,
    md5,
    sha512,
    buffered: [],
    bufferedBytes: 0,
    writing: Promise.resolve(null),
  };
}

/** One buffer is written while the next fills; a slow disk slows the client. */
async function flush(file: IncomingFile): Promise<void> {
  await awaitWrite(file);
  const { handle, buffered: buffers } = file;
  file.buffered = [];
  file.bufferedBytes = 0;
  if (buffers.length === 0) return;
  file.writing = handle.writev(buffers).then(
    () => null,
    (error: unknown) => ({ error }),
  );
}

/** Throws the error of the write in progress, when it failed. */
async function awaitWrite(file: IncomingFile): Promise<void> {
  const failed = await file.writing;
  if (failed) throw failed.error;
}

function receivedFile(
  { part: part, size, md5, sha512 }: IncomingFile,
  fields: Map<string, string>,
  path: string,
): ReceivedFile {
  const known = size <= CHECKSUM_LIMIT;
  // Clients disagree on where the type stands: a header of the part, or a field (docs/platform.md, "Uploads").
  const type = part.headers.get('type_id') ?? fields.get('typeId') ?? fields.get('type_id');
  return {
    name: part.filename ?? 'file',
    typeId: type !== undefined && /^\d+$/.test(type.trim()) ? Number(type) : null,
    content: diskContent(path, size),
    md5: known ? md5.digest('hex') : null,
    sha512: known ? sha512.digest('hex') : null,
  };
}

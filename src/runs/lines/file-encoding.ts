import type { CallOptions, Contents, RescaleClient } from '../../api/client/client';
import { readLastLines } from '../files/file-bytes';
import { isRefusedRange } from '../files/resumed-read';
import { openStored, type StoredFile } from '../files/stored-contents';
import { markedEncoding, textEncoding, type TextEncoding } from '../files/text-encoding';
import type { Clock } from '../tasks/ports';

/** The encoding of one file: as it was told, until its beginning was seen, whose mark of the byte order knows better. */
export interface FileEncoding {
  readonly told: TextEncoding;
  now: TextEncoding;
  isSeen: boolean;
}

/** Rejects with RESCALE_INPUT a name that is none (`textEncoding`). */
export function fileEncoding(label = 'utf-8'): FileEncoding {
  const told = textEncoding(label);
  return { told, now: told, isSeen: false };
}

/** Bytes of the longest mark. */
const MARK = 3;

function learn(file: FileEncoding, beginning: Buffer): TextEncoding {
  file.now = markedEncoding(beginning) ?? file.told;
  file.isSeen = beginning.length >= MARK;
  return file.now;
}

/** Sees how a file that is read from its start is marked; nothing of it is lost. */
export async function readMark(
  contents: Contents,
  file: FileEncoding,
): Promise<{ contents: Contents; encoding: TextEncoding }> {
  const rest = contents.chunks[Symbol.asyncIterator]();
  let beginning = Buffer.alloc(0);
  while (beginning.length < MARK) {
    const next = await rest.next();
    if (next.done) break;
    beginning = Buffer.concat([beginning, next.value]);
  }
  async function* all(): AsyncGenerator<Buffer, void, undefined> {
    try {
      if (beginning.length > 0) yield beginning;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      contents.discard();
    }
  }
  return { contents: { ...contents, chunks: all() }, encoding: learn(file, beginning) };
}

/**
 * The bytes of the last lines of a file of the storage, and what they are. Its beginning is asked for where they may be of another
 * encoding than was told: in UTF-16 each line has a zero.
 */
export async function readLastMarked(
  client: RescaleClient,
  stored: StoredFile,
  { file, ...end }: { lines: number; limitBytes: number; file: FileEncoding },
  options: CallOptions & { clock: Clock; prove?: boolean },
): Promise<{ bytes: Buffer; encoding: TextEncoding }> {
  const encoding = file.now;
  const bytes = await readLastLines(client, stored, { ...end, encoding }, options);
  const isDoubtful = encoding.unit > 1 || bytes.includes(0) || markedEncoding(bytes) !== null;
  if (file.isSeen || !isDoubtful) return { bytes, encoding };
  const marked = learn(file, await readBeginning(client, stored, options));
  if (marked === encoding) return { bytes, encoding };
  return {
    bytes: await readLastLines(client, stored, { ...end, encoding: marked }, options),
    encoding: marked,
  };
}

async function readBeginning(
  client: RescaleClient,
  stored: StoredFile,
  options: CallOptions,
): Promise<Buffer> {
  const range = { start: 0, end: MARK - 1 };
  const contents = await openStored(client, stored, { ...options, range }).catch((error: unknown) => {
    if (!isRefusedRange(error)) throw error;
    return openStored(client, stored, options);
  });
  let beginning = Buffer.alloc(0);
  for await (const chunk of contents.chunks) {
    beginning = Buffer.concat([beginning, chunk]);
    if (beginning.length >= MARK) break;
  }
  contents.discard();
  return beginning;
}

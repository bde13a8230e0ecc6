import { randomUUID } from 'node:crypto';
import { isRescaleError, type RescaleError } from '../../api/errors/errors';
import { downloadBuffer } from '../../runs/download/download-buffers';
import type { FileReference } from '../../runs/download/wanted-files';
import type { Result, StatusText, Work } from '../definition/definition';
import { withLast } from './lists';

type Downloaded = Awaited<ReturnType<typeof downloadBuffer>>;

/**
 * One message per file, in their order, with so many under way at the same time as the node allows. A bad file does
 * not stop the others: it fails the message when they have all been sent.
 */
export async function* emitBuffers(
  work: Work<{ concurrency: number; limitBytes: number }>,
  files: FileReference[],
): AsyncGenerator<Result, StatusText, undefined> {
  const id = randomUUID();
  const failures: RescaleError[] = [];
  let count = 0;
  for await (const { item, index, last } of withLast(download(work, files, failures))) {
    count = index + 1;
    yield {
      payload: item.content,
      set: { file: item.file },
      parts: { id, type: 'array', index, ...(last && { count }) },
    };
  }
  if (failures[0]) throw failures[0];
  return { key: 'files', values: { count } };
}

async function* download(
  work: Work<{ concurrency: number; limitBytes: number }>,
  files: FileReference[],
  failures: RescaleError[],
): AsyncGenerator<Downloaded, void, undefined> {
  const { concurrency, limitBytes } = work.fields;
  const underWay: Promise<Downloaded | Error>[] = [];
  for (let next = 0; next < files.length || underWay.length > 0;) {
    for (; next < files.length && underWay.length < concurrency; next += 1) {
      const settled = downloadBuffer(work.client, files[next]!, limitBytes, work).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
      underWay.push(settled);
    }
    const outcome = await underWay.shift()!;
    if (!(outcome instanceof Error)) yield outcome;
    else if (isRescaleError(outcome) && !work.signal.aborted) failures.push(outcome);
    else throw outcome;
  }
}

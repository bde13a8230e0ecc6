import { randomUUID } from 'node:crypto';
import { isRescaleError, type RescaleError } from '../../api/errors/errors';
import { downloadBuffer } from '../../runs/download/download-buffers';
import { createLateFiles } from '../../runs/files/late-files';
import type { FileReference } from '../../runs/download/wanted-files';
import type { Result, StatusText, InputContext } from '../definition/definition';
import { downloadedStatus } from './file-lists';
import { withLast } from './lists';

interface BufferFields {
  concurrency: number;
  limitBytes: number;
  complete: boolean;
  jobId?: string;
  runId?: string;
}

type Downloaded = Awaited<ReturnType<typeof downloadBuffer>>;

/**
 * One message per file, in their order, with so many under way at the same time as the node allows. A bad file does
 * not stop the others: it fails the message when they have all been sent.
 */
export async function* emitBuffers(
  context: InputContext<BufferFields>,
  files: FileReference[],
): AsyncGenerator<Result, StatusText, undefined> {
  const id = randomUUID();
  const failures: RescaleError[] = [];
  let count = 0;
  for await (const { item, index, last } of withLast(download(context, files, failures))) {
    count = index + 1;
    yield {
      payload: item.content,
      set: { file: item.file },
      parts: { id, type: 'array', index, ...(last && { count }) },
    };
  }
  if (failures[0]) throw failures[0];
  return downloadedStatus(context.message, count);
}

async function* download(
  context: InputContext<BufferFields>,
  files: FileReference[],
  failures: RescaleError[],
): AsyncGenerator<Downloaded, void, undefined> {
  const { concurrency, limitBytes, complete, jobId, runId } = context.fields;
  const known = { jobId, runId, ...(complete && { late: createLateFiles(context.client, context) }) };
  const inFlight: Promise<Downloaded | Error>[] = [];
  for (let next = 0; next < files.length || inFlight.length > 0;) {
    for (; next < files.length && inFlight.length < concurrency; next += 1) {
      const settled = downloadBuffer(context.client, files[next]!, limitBytes, context, known).catch(
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      );
      inFlight.push(settled);
    }
    const outcome = await inFlight.shift()!;
    if (!(outcome instanceof Error)) yield outcome;
    else if (isRescaleError(outcome) && !context.signal.aborted) failures.push(outcome);
    else throw outcome;
  }
}

import type { RescaleClient } from '../api/client';
import type { RunAddress, Work } from './work';

export interface TailRequest extends RunAddress {
  /** As the working directory, the output list, `resource` or the storage path shows it. */
  path: string;
  /** How many lines from the end; null = the whole file. */
  lines: number | null;
  format: 'lines' | 'text' | 'buffer';
  /** What to do once the run has ended: read the output file, or fail with RESCALE_NOT_ACTIVE. */
  finished: 'file' | 'error';
  /** Bytes that may be held in memory; more is RESCALE_TOO_LARGE. */
  limitBytes: number;
}

export interface TailResult {
  /** string[] for `lines`, string for `text`, Buffer for `buffer`. */
  content: string[] | string | Buffer;
  /** As the platform's `file` command sees it; null where it does not say. */
  fileType: string | null;
  source: 'live' | 'file';
  /** The path at which the file was found. */
  path: string;
}

/** The end of a file, or all of it, whether its run is still in progress or not. */
export async function tailFile(client: RescaleClient, request: TailRequest, work: Work): Promise<TailResult> {
  const tail = await client.tailLines(
    request.jobId,
    request.runId,
    request.path,
    request.lines ?? 1000,
    work,
  );
  return { content: tail.lines, fileType: tail.fileType, source: 'live', path: request.path };
}

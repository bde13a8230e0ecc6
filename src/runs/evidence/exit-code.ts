import type { CallOptions, Contents, RescaleClient } from '../../api/client/client';
import type { RescaleFile } from '../../api/client/types';
import type { LogEvidence } from '../run/outcome';

const LOG = 'process_output.log';
const PAGE_SIZE = 1000;
/** The line stands at the very end of the log (docs/platform.md), so its last bytes are enough. */
const TAIL_BYTES = 64 * 1024;
/** Where the platform ignores the range, a log longer than this (bytes) is not worth its transfer. */
const LONGEST_WHOLE = 32 * 1024 * 1024;

/**
 * The `process_output.log` of each wanted run (null: of all) that is listed, by run id, with one search over the job's files. The
 * run is told by the storage path `…/run3/process_output.log` (docs/platform.md, output files).
 */
export async function findRunLogs(
  client: RescaleClient,
  jobId: string,
  wanted: ReadonlySet<string> | null,
  options: CallOptions,
): Promise<Map<string, RescaleFile>> {
  const logs = new Map<string, RescaleFile>();
  const pages = client.listJobFiles(jobId, { ...options, search: LOG, pageSize: PAGE_SIZE });
  for await (const page of pages) {
    for (const file of page.rows) {
      const runId = runOfLog(file);
      if (runId !== null && (wanted === null || wanted.has(runId))) logs.set(runId, file);
    }
    if (wanted !== null && logs.size === wanted.size) break;
  }
  return logs;
}

function runOfLog(file: RescaleFile): string | null {
  if (file.isDeleted || (file.relativePath && file.relativePath !== LOG)) return null;
  return /(?:^|\/)run([^/]+)\/process_output\.log$/.exec(file.path)?.[1] ?? null;
}

/** What the log says about how its run exited. */
export async function readLogEvidence(
  client: RescaleClient,
  log: RescaleFile,
  options: CallOptions,
): Promise<LogEvidence> {
  const contents = await client.openContents(log.id, { ...options, range: { last: TAIL_BYTES } });
  const text = await readEnd(contents);
  const code = text === null ? null : exitCodeIn(text);
  return code === null ? { kind: 'silent' } : { kind: 'exit', code };
}

/** The line as the platform writes it, with or without its stamp. */
const CLOSING_LINE = /^(?:\[[^\]]*\]:?)?\s*Exited with code (-?\d{1,10})\s*$/;

/**
 * The code in the platform's closing line, null when the log does not end with it: a step within a run may print such a line
 * for itself, and then other lines follow.
 */
export function exitCodeIn(text: string): number | null {
  const end = text.trimEnd();
  const closing = CLOSING_LINE.exec(end.slice(Math.max(end.lastIndexOf('\n'), end.lastIndexOf('\r')) + 1));
  return closing ? Number(closing[1]) : null;
}

async function readEnd({ chunks, discard, status, bytes }: Contents): Promise<string | null> {
  try {
    if (status === 200 && (bytes ?? 0) > LONGEST_WHOLE) return null;
    let end = Buffer.alloc(0);
    for await (const chunk of chunks) {
      end = Buffer.concat([end, chunk]).subarray(-TAIL_BYTES);
    }
    return end.toString('utf8');
  } finally {
    discard();
  }
}

import { isRecord } from '../../api/endpoints/rows';
import type { MonitorState } from '../../insight/monitor/log-monitor';

/** What can happen to a log, as it is noted. `at` is when, ms since the epoch. */
export type LogEvent =
  | {
      kind: 'lines';
      at: number;
      text: string;
      /** Set where the text is bytes, in base64. */
      bytes?: true;
      seq: number | null;
      lines: number;
      gap: boolean;
      mark: string;
    }
  | { kind: 'silent'; at: number; quiet: number }
  | { kind: 'end'; at: number; reason: string };

/** What is noted of a stream once. */
export interface StreamAbout {
  name: { platform: string; jobId: string; runId: string; path: string };
  /** The first message without its payload, packed; '' where it can't be. */
  message: string;
  /** How the log is read; another reading begins anew. */
  reader: string;
}

/** The whole of a stream, between two events. Plain JSON. */
export interface StreamState {
  version: 1;
  about: StreamAbout;
  monitor: MonitorState;
  /** The number of the line that comes next; null where nobody counts. */
  next: number | null;
  /** Of the last pieces, to know one that comes twice. */
  marks: Mark[];
  /** Bytes of a character that is not whole yet, base64. */
  rest: string;
  /** How many events there were, and how many of them were sent. */
  events: number;
  sent: number;
  trouble: string | null;
  silentTold: boolean;
}

export interface Mark {
  seq: number | null;
  lines: number;
  mark: string;
}

/** State is a file that anything may have happened to. */
export function isStreamState(value: unknown): value is Omit<StreamState, 'monitor'> & { monitor: unknown } {
  if (!isRecord(value) || value.version !== 1 || !isAbout(value.about)) return false;
  const { events, sent, marks, rest, next } = value;
  const counted = typeof events === 'number' && typeof sent === 'number';
  return (
    counted && Array.isArray(marks) && typeof rest === 'string' && (next === null || typeof next === 'number')
  );
}

export function isAbout(value: unknown): value is StreamAbout {
  if (!isRecord(value) || !isRecord(value.name)) return false;
  const { platform, jobId, runId, path } = value.name;
  const texts = [platform, jobId, runId, path, value.message, value.reader];
  return texts.every((text) => typeof text === 'string');
}

export function isEvent(value: unknown): value is LogEvent {
  if (!isRecord(value) || typeof value.at !== 'number') return false;
  if (value.kind === 'lines') return typeof value.text === 'string' && typeof value.lines === 'number';
  if (value.kind === 'silent') return typeof value.quiet === 'number';
  return value.kind === 'end' && typeof value.reason === 'string';
}

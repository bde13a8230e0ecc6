import * as v from 'valibot';
import { isRecord } from '../../api/endpoints/rows';
import type { MonitorState } from '../../insight/monitor/log-monitor';
import type { StoredFormat } from '../../runs/tasks/stored-format';
import { NOTHING_HEARD, type ArrivalsState } from './arrivals';

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
export interface StreamInfo {
  name: { platform: string; jobId: string; runId: string; path: string };
  /** The first message without its payload, packed; '' where it can't be. */
  message: string;
  /** How the log is read; another reading begins anew. */
  reader: string;
}

/** The whole of a stream, between two events. Plain JSON. */
export interface StreamState {
  about: StreamInfo;
  monitor: MonitorState;
  /** The number of the line that comes next; null where nobody counts. */
  next: number | null;
  /** Of the last pieces, to know one that comes twice. */
  marks: SeenLines[];
  /** Bytes of a character that is not whole yet, base64. */
  rest: string;
  /** How many events there were, and how many of them were sent. */
  events: number;
  sent: number;
  silentTold: boolean;
  arrivals: ArrivalsState;
}

export interface SeenLines {
  seq: number | null;
  lines: number;
  mark: string;
}

/** What the monitor makes of its part is for the monitor to say. */
export type StoredStream = Omit<StreamState, 'monitor'> & { monitor: unknown };

/** State is a file that anything may have happened to. */
export const streamFormat: StoredFormat<StoredStream> = {
  // Version 1 knew no date of the last line, so that silence began anew.
  migrations: [(stored) => ({ ...stored, arrivals: NOTHING_HEARD })],
  schema: v.custom<StoredStream>(isStreamState),
};

function isStreamState(value: unknown): boolean {
  if (!isRecord(value) || !isStreamInfo(value.about) || !isArrivals(value.arrivals)) return false;
  const { events, sent, marks, rest, next } = value;
  const counted = typeof events === 'number' && typeof sent === 'number';
  return (
    counted && Array.isArray(marks) && typeof rest === 'string' && (next === null || typeof next === 'number')
  );
}

function isArrivals(value: unknown): boolean {
  if (!isRecord(value) || !Array.isArray(value.gaps)) return false;
  const { heardAt, gaps } = value;
  return (heardAt === null || Number.isFinite(heardAt)) && gaps.every((gap: unknown) => Number.isFinite(gap));
}

export function isStreamInfo(value: unknown): value is StreamInfo {
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

/**
 * A folder of logs to judge with: any files, and beside them, if there are labels, an `index.json`:
 * `{ logs: [{ file, solver, verdict, act, callAt, flags, truth }] }`. Everything but `file` may be missing.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What a step holds: how it is found (`step`, `time`, `iteration`, …), and numbers by name. */
export type Truth = Record<string, unknown>;

export interface CorpusLog {
  readonly file: string;
  readonly text: string;
  readonly solver?: string;
  readonly axis?: string;
  readonly verdict?: string;
  readonly act?: 'none' | 'alert' | 'stop';
  /** The step at which a careful engineer would have called the verdict; 0 is before the first. */
  readonly callAt?: number | null;
  readonly flags?: readonly string[];
  readonly truth?: readonly Truth[];
}

export function readCorpus(folder: string): CorpusLog[] {
  const indexFile = join(folder, 'index.json');
  if (existsSync(indexFile)) {
    const { logs } = JSON.parse(readFileSync(indexFile, 'utf8')) as { logs: Omit<CorpusLog, 'text'>[] };
    return logs.map((log) => ({ ...log, text: textOf(join(folder, log.file)) }));
  }
  return filesBelow(folder).map((file) => ({ file: relative(folder, file), text: textOf(file) }));
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

/** What a part of the judging found. */
export interface Judgement {
  readonly title: string;
  /** One line a log or fault. */
  readonly lines: readonly string[];
  readonly goals: readonly { what: string; reached: string; wanted: string; kept: boolean }[];
}

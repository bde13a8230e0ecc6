/** Reads whole texts through a reader and gives what a user would see: rows by name. */
import type { LogItem, LogReader, LogRemark, LogStep } from '../../../src/insight/logs/log-step';
import { createLogReader, type LogReaderOptions } from '../../../src/insight/logs/reader/create-log-reader';

interface ReadLog {
  reader: LogReader;
  items: LogItem[];
  steps: LogStep[];
  remarks: LogRemark[];
  /** The value of a series in a step counted from 0; undefined where it has none. */
  value(index: number, series: string): number | undefined;
}

export function readPieces(pieces: readonly string[], options: LogReaderOptions = {}): ReadLog {
  const reader = createLogReader(options);
  return resultOf(reader, [...pieces.flatMap((piece) => reader.read(piece)), ...reader.end()]);
}

/** A new reader goes on after each piece, from JSON. */
export function readWithRestarts(pieces: readonly string[], options: LogReaderOptions = {}): ReadLog {
  let reader = createLogReader(options);
  const items: LogItem[] = [];
  for (const piece of pieces) {
    items.push(...reader.read(piece));
    reader = createLogReader(options, JSON.parse(JSON.stringify(reader.state())));
  }
  items.push(...reader.end());
  return resultOf(reader, items);
}

export function readText(text: string, options: LogReaderOptions = {}): ReadLog {
  return readPieces([text], options);
}

function resultOf(reader: LogReader, items: LogItem[]): ReadLog {
  const steps = items.flatMap((item) => ('step' in item ? [item.step] : []));
  const remarks = items.flatMap((item) => ('remark' in item ? [item.remark] : []));
  return {
    reader,
    items,
    steps,
    remarks,
    value(index, series) {
      const number = reader.series.findIndex(({ name }) => name === series);
      const value = steps[index]?.values[number];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    },
  };
}

/** Cuts a text at the given places, in characters. */
export function cut(text: string, places: readonly number[]): string[] {
  const sorted = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => text.slice(from, sorted[index] ?? text.length));
}

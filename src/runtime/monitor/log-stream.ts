import type { Clock } from '../../api/time/clock';
import type { LogMonitor, MonitorOptions } from '../../insight/monitor/log-monitor';
import type { VerdictName } from '../../insight/judge/reading/options';
import type { StepRow } from '../../insight/monitor/kept-rows';
import type * as Monitoring from '../../insight/monitor/log-monitor';
import { fingerprint, type NewLines } from './log-input';
import { createArrivals, NOTHING_HEARD, type Arrivals } from './arrivals';
import { readInSlices } from './read-in-slices';
import type { LogEvent, SeenLines, StreamInfo, StreamState } from './stream-events';
import type { StreamReport } from './verdict-results';

/** Loaded on first use: reading and judging logs would cost every start of Node-RED. */
export const monitoring = () => module.require('../../insight/monitor/log-monitor') as typeof Monitoring;

/** One log as it grows, as it is held in memory. */
export interface LogStream {
  readonly about: StreamInfo;
  readonly arrivals: Arrivals;
  /** How lines stand to what came before. `anew`: they are those of another follow of the same file. */
  compare(lines: NewLines): 'new' | 'known' | 'anew';
  /** The event of lines that are new, without those that are known. */
  eventOf(lines: NewLines, at: number): LogEvent;
  /** Takes part in what comes twice, once an event is noted. */
  expect(event: LogEvent): void;
  /** Resolves when all earlier events have been handled; the next one waits until what it gives is called. */
  turn(): Promise<() => void>;
  /** `replayed`: it came before a restart. */
  handle(event: LogEvent, signal: AbortSignal, replayed?: boolean): Promise<StreamReport>;
  allRows(): StepRow[];
  /** The gravest of what was told and is so still; null while all is well. */
  readonly trouble: VerdictName | null;
  /** Silence was told since the last line. */
  readonly silent: boolean;
  state(events: { events: number; sent: number }): StreamState;
}

/** Pieces that are remembered: a message that comes twice comes soon. */
const MOST_SEEN = 64;

export function createLogStream(
  about: StreamInfo,
  options: MonitorOptions,
  clock: Clock,
  from: StreamState | null,
  heardAt: number | null = null,
): LogStream {
  const monitor: LogMonitor = monitoring().createLogMonitor(options, from?.monitor);
  /** Bytes of a character of which the rest comes with the next piece. */
  let undecoded = Buffer.from(from?.rest ?? '', 'base64');
  let next = from?.next ?? null;
  const marks: SeenLines[] = [...(from?.marks ?? [])];
  const arrivals = createArrivals(clock, {
    ...(from?.arrivals ?? NOTHING_HEARD),
    ...(heardAt !== null && { heardAt }),
  });
  let silent = from?.silentTold ?? false;
  let last: Promise<void> = Promise.resolve();

  async function readLines(
    event: LogEvent & { kind: 'lines' },
    signal: AbortSignal,
    replayed: boolean,
  ): Promise<StreamReport> {
    const text = event.bytes ? decode(Buffer.from(event.text, 'base64')) : event.text;
    // What was being written when lines went missing has ended somewhere in them.
    const whole = event.gap ? `\n${text}` : text;
    const before = monitor.standing.step;
    const read = await readInSlices(monitor, whole, event.at, signal);
    const { standing } = monitor;
    arrivals.heard(standing.step > before, replayed ? event.at : undefined);
    silent = false;
    return { ...read, end: null, standing, at: event.at };
  }

  function decode(bytes: Buffer): string {
    const all = Buffer.concat([undecoded, bytes]);
    const whole = all.length - cutCharacter(all);
    undecoded = all.subarray(whole);
    return all.toString('utf8', 0, whole);
  }

  return {
    about,
    arrivals,
    get trouble() {
      const { trouble } = monitor;
      return silent && (trouble === null || trouble === 'limit') ? 'silent' : trouble;
    },
    get silent() {
      return silent;
    },
    compare({ seq, lines, redelivered, text }) {
      if (seq === null || next === null) return 'new';
      const mark = fingerprint(text);
      const twice = marks.some((one) => one.seq === seq && one.lines === lines && one.mark === mark);
      if (twice) return 'known';
      if (seq >= next) return 'new';
      if (!redelivered) return 'anew';
      return seq + lines <= next ? 'known' : 'new';
    },
    eventOf({ text, seq, lines, gap }, at) {
      const known = seq !== null && next !== null && next > seq ? next - seq : 0;
      const missed = seq !== null && next !== null && seq > next;
      const fresh = known > 0 && typeof text === 'string' ? withoutLines(text, known) : text;
      return {
        kind: 'lines',
        at,
        ...(typeof fresh === 'string' ? { text: fresh } : { text: fresh.toString('base64'), bytes: true }),
        seq: seq === null ? null : seq + known,
        lines: lines - known,
        gap: missed || gap !== null,
        mark: fingerprint(text),
      };
    },
    expect(event) {
      if (event.kind !== 'lines' || event.seq === null) return;
      next = event.seq + event.lines;
      marks.push({ seq: event.seq, lines: event.lines, mark: event.mark });
      if (marks.length > MOST_SEEN) marks.shift();
    },
    turn() {
      let release = () => {};
      const before = last;
      last = new Promise<void>((resolve) => (release = resolve));
      return before.then(() => release);
    },
    handle: (event, signal, replayed = false) => outcomeOf(event, signal, replayed),
    allRows: () => monitor.allRows(),
    state: ({ events, sent }) => ({
      about,
      monitor: monitor.state(),
      next,
      marks: [...marks],
      rest: undecoded.toString('base64'),
      events,
      sent,
      silentTold: silent,
      arrivals: arrivals.state(),
    }),
  };

  async function outcomeOf(event: LogEvent, signal: AbortSignal, replayed: boolean): Promise<StreamReport> {
    switch (event.kind) {
      case 'lines':
        return readLines(event, signal, replayed);
      case 'silent': {
        silent = true;
        const verdicts = monitor.silent(event.quiet, event.at);
        return { rows: [], verdicts, end: null, standing: monitor.standing, at: event.at };
      }
      case 'end': {
        const { finalVerdict, rows, verdicts } = monitor.end(event.at);
        const end = { reason: event.reason, finalVerdict };
        return { rows, verdicts, end, standing: monitor.standing, at: event.at };
      }
    }
  }
}

function withoutLines(text: string, count: number): string {
  let from = 0;
  for (let left = count; left > 0; left -= 1) {
    const end = text.indexOf('\n', from);
    if (end < 0) return '';
    from = end + 1;
  }
  return text.slice(from);
}

/** How many bytes at the end are the beginning of a UTF-8 character. */
function cutCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

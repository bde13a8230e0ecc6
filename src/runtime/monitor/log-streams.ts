import { setImmediate as othersTurn } from 'node:timers/promises';
import { FIRST_RETRY, LONGEST_RETRY } from '../../runs/tasks/retried-store';
import type { LocalHost, LocalInputContext, Message, Result } from '../definition/definition';
import { sendUntilDelivered } from '../long-running/until-delivered';
import type { Journals } from '../state/journal';
import { unpackMessage } from '../state/stored-message';
import type { DurableStream } from './durable-stream';
import { createDurableStreams, type DurableStreams } from './durable-streams';
import { logInputOf, packedAbout, streamKey, type LogInput, type StreamName } from './log-input';
import { monitoring } from './log-stream';
import { monitorOptions, readable, type MonitorValues } from './monitor-fields';
import { monitorStatus, type EndedLog } from './monitor-status';
import { readInSlices } from './read-in-slices';
import type { LogEvent } from './stream-events';
import { resultsOf } from './verdict-results';

/** The logs that one node reads. */
interface LogStreams {
  /** One message with lines of a log, or with its end. */
  take(context: LocalInputContext<MonitorValues>): AsyncGenerator<Result, void, undefined>;
  /** Takes up what was read before a restart, and tells what was perhaps not told. */
  takeUp(values: MonitorValues): Promise<void>;
  /** Tells of logs that have fallen silent, until the node closes. */
  listen(values: MonitorValues, signal: AbortSignal): Promise<void>;
  close(): void;
}

interface NotedEvent {
  number: number;
  event: LogEvent;
  /** What it gives was perhaps sent before a restart. */
  redelivered?: boolean;
  /** What it gives was sent before a restart. */
  known?: boolean;
}

/** A log of which nothing has come for so long (ms) is not followed any more. */
const FORGOTTEN = 7 * 86_400_000;
/** After a start a follow may need so long (ms) to look at its log again: lines that came meanwhile are no silence. */
const UNHEARD = 120_000;
/** More logs than a sweep has runs. */
const REMEMBERED = 10_000;

export function createLogStreams(
  host: LocalHost<MonitorValues>,
  journals: () => Journals | null,
): LogStreams {
  const held = new Map<string, DurableStream>();
  /** Logs that have ended just now, and are still on disk. */
  const ending = new Map<string, DurableStream>();
  /** The last logs that have ended: an end that is told twice ends nothing a second time. */
  const over = new Set<string>();
  let durableStreams: DurableStreams | null = null;
  let takenUp = false;
  /** The last logs that have ended, since none was read. */
  let lastEnded: EndedLog[] = [];

  /** Fields are the dialog's alone, so that the first message knows them for all. */
  function durableStreamsFor(values: MonitorValues): DurableStreams {
    const options = monitorOptions(values);
    return (durableStreams ??= createDurableStreams(values.durable ? journals() : null, options, host));
  }

  /** A log that is held, or that was before a restart. What that gave and was perhaps not sent is sent first. */
  function find(key: string, values: MonitorValues): DurableStream | null {
    const known = held.get(key);
    if (known) return known;
    if (takenUp || ending.has(key)) return null;
    const found = readable(() => durableStreamsFor(values).find(key));
    if (!found) return null;
    held.set(key, found);
    if (found.unsent.length > 0) {
      const turn = found.stream.turn();
      host.background((signal) => replay(key, found, turn, signal));
    }
    return found;
  }

  function create(key: string, name: StreamName, message: Message, values: MonitorValues): DurableStream {
    ending.get(key)?.remove();
    ending.delete(key);
    over.delete(key);
    const about = { name, message: packedAbout(message), reader: '' };
    const created = readable(() => durableStreamsFor(values).create(key, about));
    if (held.size === 0) lastEnded = [];
    held.set(key, created);
    return created;
  }

  async function* judgeWhole(
    context: LocalInputContext<MonitorValues>,
    { name, text }: LogInput & { kind: 'whole' },
  ): AsyncGenerator<Result, void, undefined> {
    const at = context.clock.now();
    const monitor = readable(() => monitoring().createLogMonitor(monitorOptions(context.fields)));
    const { rows, verdicts } = await readInSlices(monitor, text.toString(), at, context.signal);
    const end = monitor.end(at);
    const { finalVerdict } = end;
    const outcome = {
      rows: context.fields.emit === 'all' ? monitor.allRows() : [...rows, ...end.rows],
      verdicts: [...verdicts, ...end.verdicts],
      end: context.fields.verdicts.includes('log-ended') ? { reason: 'whole', finalVerdict } : null,
      standing: { ...monitor.standing, eta: null },
      at,
    };
    yield* resultsOf(outcome, null, false);
    lastEnded = [{ runId: name.runId, reason: 'whole', finalVerdict }];
    showStatus();
  }

  /** What the piece is for its log; null when it has come before and changes nothing. */
  function receive(
    input: Exclude<LogInput, { kind: 'whole' }>,
    context: LocalInputContext<MonitorValues>,
  ): { key: string; log: DurableStream; event: LogEvent } | null {
    const { message, fields, clock } = context;
    const key = streamKey(input.name);
    const at = clock.now();
    let log = find(key, fields);
    // It is told again by itself, and the follow that ended it begins anew when it sends more lines.
    if (log?.ended && (input.kind === 'end' || input.lines.redelivered)) return null;
    if (input.kind === 'end') {
      // It was told before, and the log was forgotten since.
      if (!log && (input.redelivered || over.has(key))) return null;
      log ??= create(key, input.name, message, fields);
      return { key, log, event: { kind: 'end', at, reason: input.reason } };
    }
    const how = log?.stream.compare(input.lines) ?? 'new';
    if (how === 'known') return null;
    // Another file is another log: nothing that was read, counted or told of the old one is true of it.
    if (how === 'anew' || input.lines.replaced) {
      log?.remove();
      log = null;
    }
    log ??= create(key, input.name, message, fields);
    return { key, log, event: log.stream.eventOf(input.lines, at) };
  }

  /** The results of one event; it counts as sent when all of them were taken. */
  async function* outcomeOf(
    key: string,
    log: DurableStream,
    { number, event, redelivered: replayed = false, known = false }: NotedEvent,
    values: Pick<MonitorValues, 'emit' | 'verdicts'>,
    signal: AbortSignal,
  ): AsyncGenerator<Result, void, undefined> {
    if (signal.aborted) return;
    const outcome = await log.stream.handle(event, signal, replayed);
    if (signal.aborted) return;
    const { end } = outcome;
    if (outcome.rows.length > 0 && values.emit === 'all') outcome.rows = log.stream.allRows();
    if (!values.verdicts.includes('log-ended')) outcome.end = null;
    const results = (again: boolean) => resultsOf(outcome, log.stream.about.name, replayed || again);
    if (!known && !(yield* sendUntilDelivered(host, results))) return;
    await log.sent(number, outcome.verdicts.length > 0 || outcome.end !== null);
    if (!end) return;
    lastEnded.push({ runId: log.stream.about.name.runId, ...end });
    if (lastEnded.length > REMEMBERED) lastEnded.shift();
    if (held.get(key) === log) held.delete(key);
    ending.set(key, log);
    over.add(key);
    if (over.size > REMEMBERED) over.delete(over.values().next().value!);
    log.removeLater(() => ending.delete(key));
  }

  /** Sends what a kill may have kept from being sent, before anything that comes now. */
  async function replay(
    key: string,
    log: DurableStream,
    turn: Promise<() => void>,
    signal: AbortSignal,
  ): Promise<void> {
    const release = await turn;
    try {
      const values = { emit: await host.read('emit'), verdicts: await host.read('verdicts') };
      for (const noted of log.unsent) {
        await sendOwn(log, outcomeOf(key, log, { ...noted, redelivered: true }, values, signal));
      }
    } finally {
      release();
    }
    showStatus();
  }

  async function sendOwn(log: DurableStream, results: AsyncGenerator<Result>): Promise<void> {
    for await (const result of results) {
      const { name, message } = log.stream.about;
      const { jobId, runId, path } = name;
      const own = { ...(jobId && { jobId }), ...(runId && { runId }), ...(path && { path }) };
      await host.send(result, unpackMessage(message) ?? own);
    }
  }

  async function tellSilence(
    key: string,
    log: DurableStream,
    values: MonitorValues,
    signal: AbortSignal,
  ): Promise<void> {
    const event: LogEvent = { kind: 'silent', at: host.clock.now(), quiet: log.stream.arrivals.quiet() };
    const { number } = log.note(event);
    const release = await log.stream.turn();
    try {
      await sendOwn(log, outcomeOf(key, log, { number, event }, values, signal));
    } finally {
      release();
    }
    showStatus();
  }

  /** False where not all of it can be read at the moment. */
  async function takeUpStored(values: MonitorValues): Promise<boolean> {
    const { keys, all } = durableStreamsFor(values).keys();
    for (const key of keys) {
      find(key, values);
      // Each one is a file or two; others get their turn in between.
      await othersTurn();
    }
    if (held.size > 0) showStatus();
    return all;
  }

  async function takeUpRest(values: MonitorValues, signal: AbortSignal): Promise<void> {
    for (let pause = FIRST_RETRY; !takenUp; pause = Math.min(2 * pause, LONGEST_RETRY)) {
      await host.clock.sleep(pause, signal, true);
      takenUp = await takeUpStored(values).catch(() => false);
    }
  }

  function showStatus(): void {
    const logs = [...held.values()].map(({ stream }) => ({
      runId: stream.about.name.runId,
      trouble: stream.trouble,
    }));
    const { kind, ...text } = monitorStatus(logs, lastEnded);
    host.show(kind, text);
  }

  return {
    async *take(context) {
      const input = logInputOf(context.message);
      if (input.kind === 'whole') {
        yield* judgeWhole(context, input);
        return;
      }
      const received = receive(input, context);
      if (!received) return;
      const { key, log, event } = received;
      let number = 0;
      // Noted in the turn in which it came: who sent it must not have noted before that it was taken.
      await context.keep(() => {
        const noted = log.note(event);
        number = noted.number;
        return { stored: Promise.resolve(noted.stored), withdraw: () => undefined };
      });
      const release = await log.stream.turn();
      try {
        yield* outcomeOf(key, log, { number, event }, context.fields, context.signal);
      } finally {
        release();
      }
      showStatus();
    },

    async takeUp(values) {
      takenUp = !values.durable || (await takeUpStored(values));
      if (!takenUp) host.background((signal) => takeUpRest(values, signal));
    },

    async listen(values, signal) {
      const limit = values.silence * 60_000;
      const tick = limit > 0 ? Math.min(15_000, Math.max(50, limit / 10)) : 60_000;
      const told = limit > 0 && values.verdicts.includes('silent');
      for (;;) {
        await host.clock.sleep(tick, signal, true);
        for (const [key, log] of held) {
          const { arrivals, silent } = log.stream;
          const listened = arrivals.listened();
          const longest = Math.max(limit, 10 * arrivals.usualGap);
          if (listened > FORGOTTEN) {
            held.delete(key);
            log.remove();
          } else if (told && !silent && arrivals.quiet() > longest && listened >= Math.min(limit, UNHEARD))
            await tellSilence(key, log, values, signal);
        }
      }
    },

    close() {
      for (const log of [...held.values(), ...ending.values()]) log.close();
    },
  };
}

/** A model of a log and of its reader, for tests of the follow without a platform. */
import { RescaleError } from '../../src/api/errors/errors';
import { readLive, readToEnd, startOfNotes } from '../../src/runs/follow/follow-log';
import { startOfFollow, type LineDelivery, type FollowState } from '../../src/runs/follow/follow-state';
import { linesOfBytes, linesOfWindow, type LineBatch } from '../../src/runs/lines/log-lines';
import type { LogSource } from '../../src/runs/lines/log-source';

/** A file as the platform shows it, growing and failing as a test says. */
export class ModelFile implements LogSource {
  final = false;
  text = '';
  /** How the bytes of the file stand for its text; the platform decodes them as UTF-8 in any case. */
  encoding: BufferEncoding = 'utf8';
  failures = 0;
  /** Whether the platform tells the size of the file. */
  sized = true;
  wholeRefused = false;
  wholeReads = 0;
  windows: number[] = [];
  /** Where the platform's tail ends lines. */
  cut = (text: string): string[] => text.replace(/\n$/, '').split('\n');
  /** Lines that the platform's tail gives at most, however many it is asked for. */
  cap = Infinity;
  /** Bytes after which a stream of the whole file breaks off. */
  breakAt: number | null = null;

  async window(lines: number) {
    this.fail();
    this.windows.push(lines);
    const text = this.bytes.toString('utf8');
    return Promise.resolve(
      linesOfWindow(text === '' ? [] : this.cut(text).slice(-Math.min(lines, this.cap))),
    );
  }

  async size() {
    this.fail();
    return Promise.resolve(this.sized ? this.bytes.length : null);
  }

  async whole(): Promise<AsyncIterable<LineBatch>> {
    this.fail();
    if (this.wholeRefused) throw refusal();
    this.wholeReads += 1;
    return Promise.resolve(this.stream(0));
  }

  async part(offset: number) {
    this.fail();
    return Promise.resolve(this.final && offset < this.bytes.length ? this.stream(offset) : null);
  }

  private get bytes(): Buffer {
    return Buffer.from(this.text, this.encoding);
  }

  private async *stream(offset: number): AsyncGenerator<LineBatch> {
    const bytes = this.bytes.subarray(offset);
    const end = bytes.lastIndexOf(0x0a) + 1;
    const lines = linesOfBytes(bytes.subarray(0, end));
    let passed = 0;
    for (let from = 0; from < lines.length; from += 7) {
      const some = lines.slice(from, from + 7);
      passed += some.reduce((sum, line) => sum + line.bytes, 0);
      if (this.breakAt !== null && passed > this.breakAt) {
        this.breakAt = null;
        throw new RescaleError('RESCALE_NETWORK', 'network', { platform: 'model', reason: 'reset' });
      }
      yield await Promise.resolve({ lines: some, rest: [] });
    }
    const rest = linesOfBytes(bytes.subarray(end));
    yield { lines: [], rest };
  }

  private fail(): void {
    if (this.failures === 0) return;
    this.failures -= 1;
    throw new RescaleError('RESCALE_SERVER', 'server', { platform: 'model', status: 504, seconds: 1 });
  }
}

function refusal(): RescaleError {
  return new RescaleError('RESCALE_NOT_FOUND', 'not-found-file', { jobId: 'a', runId: '1', path: 'log' });
}

const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };

/** A reader that collects what it is given, as a flow would. */
export class Reader {
  state: FollowState;
  notes = startOfNotes();
  deliveries: LineDelivery[] = [];

  constructor(from: 'start' | 'now' = 'start') {
    this.state = startOfFollow(from);
  }

  async look(file: LogSource): Promise<void> {
    // The pause after a whole read saves requests and loses nothing; here every look counts.
    this.notes.wholeAfter = 0;
    await this.take(readLive(this.state, file, this.notes, clock));
  }

  async end(file: ModelFile): Promise<void> {
    file.final = true;
    while (!(await this.take(readToEnd(this.state, file))));
  }

  /** As after a restart: what is kept is what JSON keeps. */
  restart(): void {
    this.state = JSON.parse(JSON.stringify(this.state)) as FollowState;
    this.notes = startOfNotes();
  }

  get lines(): string[] {
    return this.deliveries.flatMap((delivery) => delivery.lines);
  }

  get gaps(): number {
    return this.deliveries.filter((delivery) => delivery.gap).length;
  }

  private async take(deliveries: AsyncIterable<LineDelivery>): Promise<boolean> {
    try {
      for await (const delivery of deliveries) {
        this.state = delivery.state;
        this.deliveries.push(delivery);
      }
      return true;
    } catch (error) {
      if (error instanceof RescaleError) return false;
      throw error;
    }
  }
}

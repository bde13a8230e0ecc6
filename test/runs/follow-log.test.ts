import fc from 'fast-check';
import 'should';
import { RescaleError } from '../../src/api/errors';
import { readLive, readToEnd, startOfNotes } from '../../src/runs/follow-log';
import { startOfFollow, type Delivery, type FollowState } from '../../src/runs/follow-state';
import { linesOfBytes, linesOfWindow, type LineBatch } from '../../src/runs/log-lines';
import type { LogSource } from '../../src/runs/log-source';

/** A file as the platform shows it, growing and failing as a test says. */
class ModelFile implements LogSource {
  final = false;
  text = '';
  failures = 0;
  wholeRefused = false;
  wholeReads = 0;
  windows: number[] = [];
  /** Bytes after which a stream of the whole file breaks off. */
  breakAt: number | null = null;

  async window(lines: number) {
    this.fail();
    this.windows.push(lines);
    const all = linesOfBytes(Buffer.from(this.text)).map((line) => line.text);
    return Promise.resolve(linesOfWindow(all.slice(-lines)));
  }

  async whole(): Promise<AsyncIterable<LineBatch>> {
    this.fail();
    if (this.wholeRefused) throw refusal();
    this.wholeReads += 1;
    return Promise.resolve(this.stream(0));
  }

  async part(offset: number) {
    this.fail();
    return Promise.resolve(this.final && offset < Buffer.byteLength(this.text) ? this.stream(offset) : null);
  }

  private async *stream(offset: number): AsyncGenerator<LineBatch> {
    const bytes = Buffer.from(this.text).subarray(offset);
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
      yield await Promise.resolve({ lines: some, rest: null });
    }
    const rest = end < bytes.length ? linesOfBytes(bytes.subarray(end))[0]! : null;
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

const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };

/** A reader that collects what it is given, as a flow would. */
class Reader {
  state: FollowState;
  notes = startOfNotes();
  deliveries: Delivery[] = [];

  constructor(from: 'start' | 'now' = 'start') {
    this.state = startOfFollow(from);
  }

  async look(file: ModelFile): Promise<void> {
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

  private async take(deliveries: AsyncIterable<Delivery>): Promise<boolean> {
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

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `Time = ${from + index}\n`).join('');

describe('following a log', () => {
  it('delivers every line once, in order', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 5);
    await reader.look(file);
    file.text += numbered(5, 60);
    await reader.look(file);
    await reader.look(file);
    await reader.end(file);
    reader.lines.join('\n').should.equal(file.text.trimEnd());
    reader.gaps.should.equal(0);
  });

  it('holds a half written last line back until it is whole', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = 'one\ntw';
    await reader.look(file);
    await reader.look(file);
    await reader.look(file);
    reader.lines.should.eql(['one']);
    file.text = 'one\ntwo\nthree\n';
    await reader.look(file);
    reader.lines.should.eql(['one', 'two']);
  });

  it('does not keep the last words of a log that stands still', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = 'one\nlicence denied\n';
    await reader.look(file);
    await reader.look(file);
    await reader.look(file);
    reader.lines.should.eql(['one', 'licence denied']);
    const reads = file.wholeReads;
    await reader.look(file);
    await reader.look(file);
    file.wholeReads.should.equal(reads);
    file.text += 'licence denied\nlicence denied\n';
    await reader.look(file);
    await reader.end(file);
    reader.lines.should.eql(['one', 'licence denied', 'licence denied', 'licence denied']);
  });

  it('widens its window after a burst and does not lose a line', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 40_000);
    await reader.look(file);
    file.text += numbered(40_000, 60_000);
    await reader.look(file);
    await reader.end(file);
    reader.lines.length.should.equal(60_000);
    reader.gaps.should.equal(0);
    reader.lines.at(-1)!.should.equal('Time = 59999');
  });

  it('sizes the next window to the rate that it has seen', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 10);
    await reader.look(file);
    for (let round = 1; round < 8; round += 1) {
      file.text += numbered(round * 1000, (round + 1) * 1000);
      await reader.look(file);
    }
    file.windows = [];
    file.text += numbered(8000, 9000);
    await reader.look(file);
    file.windows.length.should.equal(1);
    reader.gaps.should.equal(0);
  });

  it('reads a log of nothing but the same line without a guess', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = '.\n'.repeat(300);
    await reader.look(file);
    file.text += '.\n'.repeat(150);
    await reader.look(file);
    file.text += '.\n'.repeat(7);
    await reader.look(file);
    await reader.end(file);
    reader.lines.length.should.equal(457);
    reader.gaps.should.equal(0);
  });

  it('states a gap where the file can’t be had and lines were lost, and only there', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 50);
    await reader.look(file);
    file.wholeRefused = true;
    file.text += numbered(50, 200_000);
    await reader.look(file);
    file.text += numbered(200_000, 200_010);
    await reader.look(file);
    reader.gaps.should.equal(1);
    const gap = reader.deliveries.findIndex((delivery) => delivery.gap);
    reader.deliveries
      .slice(0, gap)
      .flatMap((delivery) => delivery.lines)
      .length.should.equal(49);
    reader.deliveries[gap]!.lines.length.should.equal(50_000 - 1);
  });

  it('takes a file that was written anew as new, and says that lines may be missing before it', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 700);
    await reader.look(file);
    file.text = 'another start\n' + numbered(5000, 5003);
    await reader.look(file);
    await reader.end(file);
    reader.lines.slice(-4).should.eql(['another start', 'Time = 5000', 'Time = 5001', 'Time = 5002']);
    reader.gaps.should.equal(1);
  });

  it('does not take an earlier view of the file for another file', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 90);
    await reader.look(file);
    const now = file.text;
    file.text = numbered(0, 80);
    await reader.look(file);
    file.text = now;
    await reader.look(file);
    await reader.end(file);
    reader.lines.length.should.equal(90);
    reader.gaps.should.equal(0);
  });

  it('passes over what is there at the start when told, however long', async () => {
    for (const before of [3, 5000]) {
      const file = new ModelFile();
      const reader = new Reader('now');
      file.text = numbered(0, before);
      await reader.look(file);
      file.text += 'first\nsecond\n';
      await reader.look(file);
      await reader.end(file);
      reader.lines.should.eql(['first', 'second']);
      reader.gaps.should.equal(0);
    }
  });

  it('says that lines may be missing when a log repeats itself and nobody counted from its start', async () => {
    const file = new ModelFile();
    const reader = new Reader('now');
    file.text = '.\n'.repeat(500);
    await reader.look(file);
    file.text += '.\n'.repeat(40);
    await reader.look(file);
    file.text += 'an end\n';
    await reader.look(file);
    await reader.end(file);
    reader.lines.at(-1)!.should.equal('an end');
    reader.gaps.should.equal(1);
  });

  it('reads the end of a finished file from where it stands, when it can', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = numbered(0, 5000);
    await reader.look(file);
    file.text += numbered(5000, 5010) + 'without an end';
    const reads = file.wholeReads;
    await reader.end(file);
    file.wholeReads.should.equal(reads);
    reader.lines.length.should.equal(5011);
    reader.lines.at(-1)!.should.equal('without an end');
  });

  it('reads a log with Windows line ends and blank lines to its end', async () => {
    const file = new ModelFile();
    const reader = new Reader();
    file.text = 'a\r\n\r\nb\r\n'.repeat(20);
    await reader.look(file);
    file.text += '\r\n\r\nc\r\n';
    await reader.look(file);
    await reader.end(file);
    reader.lines.join('\n').should.equal(file.text.replaceAll('\r', '').trimEnd());
    reader.gaps.should.equal(0);
  });
});

/** What happens to a file between two looks. */
type Event =
  | { kind: 'append'; lines: string[] }
  | { kind: 'part' }
  | { kind: 'look' }
  | { kind: 'fault' }
  | { kind: 'break'; at: number }
  | { kind: 'restart' }
  | { kind: 'rotate' };

const noise = fc.constantFrom('', '----', 'ok', 'smoothSolver', '\r', 'Übergang 1');
const unique = fc.constant('#');
const lines = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof(noise, unique), { minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(noise, unique), { minLength: 90, maxLength: 400 }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.array(noise, { minLength: 1, maxLength: 4 }), fc.integer({ min: 2, max: 90 }))
      .map(([period, times]) => Array.from({ length: times }, () => period).flat()),
  },
);
const event = (rotations: boolean): fc.Arbitrary<Event> =>
  fc.oneof(
    { weight: 8, arbitrary: lines.map((some): Event => ({ kind: 'append', lines: some })) },
    { weight: 2, arbitrary: fc.constant<Event>({ kind: 'part' }) },
    { weight: 8, arbitrary: fc.constant<Event>({ kind: 'look' }) },
    { weight: 2, arbitrary: fc.constant<Event>({ kind: 'fault' }) },
    { weight: 1, arbitrary: fc.nat(4000).map((at): Event => ({ kind: 'break', at })) },
    { weight: 2, arbitrary: fc.constant<Event>({ kind: 'restart' }) },
    ...(rotations ? [{ weight: 1, arbitrary: fc.constant<Event>({ kind: 'rotate' }) }] : []),
  );

/** Plays a story; returns the reader and all lines there ever were, in order. */
async function play(events: Event[], reader: Reader): Promise<{ all: string[]; rotations: number }> {
  const file = new ModelFile();
  let count = 0;
  let rotations = 0;
  // What was gone before a line was read can't be missed.
  const past: string[] = [];
  const linesOf = (text: string) => linesOfBytes(Buffer.from(text)).map((line) => line.text);
  for (const step of events) {
    if (step.kind === 'append') {
      for (const line of step.lines) file.text += line === '#' ? `step ${(count += 1)}\n` : `${line}\n`;
    } else if (step.kind === 'part') file.text += `part ${(count += 1)} `;
    else if (step.kind === 'fault') file.failures = 1;
    else if (step.kind === 'break') file.breakAt = step.at;
    else if (step.kind === 'restart') reader.restart();
    else if (step.kind === 'rotate') {
      if (reader.state.position !== 0 || reader.lines.length > 0) past.push(...linesOf(file.text));
      file.text = `log ${(rotations += 1)}\n`;
    } else await reader.look(file);
  }
  await reader.end(file);
  return { all: [...past, ...linesOf(file.text)], rotations };
}

/** True when the deliveries are the lines in order, with lines left out only where a gap is stated. */
function fits(deliveries: Delivery[], all: string[]): boolean {
  let places = new Set([0]);
  for (const delivery of deliveries) {
    if (delivery.gap) {
      const first = Math.min(...places);
      places = new Set(Array.from({ length: all.length - first + 1 }, (_, index) => first + index));
    }
    for (const line of delivery.lines) {
      places = new Set([...places].filter((place) => all[place] === line).map((place) => place + 1));
    }
    if (places.size === 0) return false;
  }
  return places.has(all.length);
}

describe('following any log', () => {
  it('delivers exactly the file, whatever its lines, however it grows, fails and is taken up again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event(false), { maxLength: 60, size: 'max' }), async (events) => {
        const reader = new Reader();
        const { all } = await play(events, reader);
        reader.lines.should.eql(all);
        reader.gaps.should.equal(0);
        reader.state.delivered.should.equal(all.length);
      }),
      { numRuns: 250 },
    );
  });

  it('leaves lines out only where a gap is stated, and states none but where the file was replaced', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event(true), { maxLength: 60, size: 'max' }), async (events) => {
        const reader = new Reader();
        const { all, rotations } = await play(events, reader);
        fits(reader.deliveries, all).should.be.true();
        reader.gaps.should.be.belowOrEqual(rotations);
      }),
      { numRuns: 250 },
    );
  });
});

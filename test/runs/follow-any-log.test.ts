import fc from 'fast-check';
import 'should';
import type { LineDelivery } from '../../src/runs/follow/follow-state';
import { joinPieces, linesOfBytes } from '../../src/runs/lines/log-lines';
import { ModelFile, Reader } from '../support/model-log';

/** What happens to a file between two looks. */
type Event =
  | { kind: 'append'; lines: string[] }
  | { kind: 'part' }
  | { kind: 'look' }
  | { kind: 'fault' }
  | { kind: 'break'; at: number }
  | { kind: 'restart' }
  | { kind: 'rotate' };

const noise = fc.constantFrom(
  '',
  '----',
  'ok',
  'smoothSolver',
  '\r',
  'Übergang 1',
  '甲乙',
  '丙',
  'a\rb\rb',
  '\fPAGE',
);
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

const ends = /\r\n|[\n\r\v\f\x85\u2028\u2029]/;
/** How a platform's tail may cut a text into lines, or decode it: line feeds, as Java, as Python, as Latin 1. */
const cutBy = (end: RegExp | string) => (text: string) => {
  const lines = text.split(end);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};
const cutters: ((text: string) => string[])[] = [
  cutBy('\n'),
  cutBy(/\r\n|\n|\r/),
  cutBy(ends),
  (text) => cutBy('\n')(Buffer.from(text).toString('latin1')),
];
/** The same lines in the same pieces, whoever cut them and however they were decoded. */
const inPieces = (lines: string[]) =>
  lines.flatMap((line) => line.split(ends)).map((piece) => piece.replace(/[^\x20-\x7e]/g, ''));

/** Plays a story; returns the reader and all lines there ever were, in order. */
async function play(
  events: Event[],
  reader: Reader,
  cut = cutters[0]!,
): Promise<{ all: string[]; rotations: number }> {
  const file = new ModelFile();
  file.cut = cut;
  let count = 0;
  let rotations = 0;
  // What was gone before a line was read can't be missed.
  const past: string[] = [];
  const linesOf = (text: string) => joinPieces(linesOfBytes(Buffer.from(text)));
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
function fits(deliveries: LineDelivery[], all: string[]): boolean {
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

describe('following any log', function () {
  // Nothing is waited for: these compute, for seconds on a machine of their own and for a minute on a crowded one.
  this.timeout(300_000);

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

  it('delivers it as well from a platform that cuts or decodes lines in another way than the file has them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event(false), { maxLength: 60, size: 'max' }),
        fc.constantFrom(...cutters),
        async (events, cut) => {
          const reader = new Reader();
          const { all } = await play(events, reader, cut);
          inPieces(reader.lines).should.eql(inPieces(all));
          reader.gaps.should.equal(0);
        },
      ),
      { numRuns: 400 },
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

  describe('at the pace of its log', () => {
    /** Lines as a solver prints them: most with figures, some that come again and again. */
    const solverLines = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) =>
        (from + index) % 5 === 4 ? '\n' : `Ux, Initial residual = ${1 / (from + index + 1)}\n`,
      ).join('');

    async function followed(comes: readonly number[]) {
      const [file, reader] = [new ModelFile(), new Reader()];
      let written = 0;
      for (const count of comes) {
        file.text += solverLines(written, count);
        written += count;
        await reader.look(file);
      }
      const asked = file.windows.reduce((sum, lines) => sum + lines, 0);
      await reader.end(file);
      return { file, reader, written, asked };
    }

    it('delivers exactly the file, slow, stepping, in bursts or nearly silent', async () => {
      const paces = fc.oneof(
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom(0, 12, 24, 36),
        fc.oneof(
          { weight: 9, arbitrary: fc.nat(8) },
          { weight: 1, arbitrary: fc.integer({ min: 200, max: 3000 }) },
        ),
        fc.oneof(
          { weight: 19, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
        ),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(paces, { minLength: 1, maxLength: 60 }), async (comes) => {
          const { file, reader, written } = await followed(comes);
          reader.lines.length.should.equal(written);
          reader.lines.join('\n').should.equal(file.text.replace(/\n$/, ''));
          reader.gaps.should.equal(0);
        }),
        { numRuns: 60 },
      );
    });

    it('asks for little more than what is new', async () => {
      const steady = (count: number) => Array.from({ length: 60 }, () => count);
      const hundred = await followed(steady(100));
      (hundred.asked / hundred.written).should.be.belowOrEqual(1.25);
      const twenty = await followed(steady(20));
      (twenty.asked / twenty.written).should.be.belowOrEqual(1.7);
    });

    it('asks a log that has fallen silent for few lines, and is wide again when it goes on', async () => {
      const { file, reader, written } = await followed([
        ...Array<number>(10).fill(200),
        ...Array<number>(10).fill(0),
        900,
      ]);
      Math.min(...file.windows).should.be.belowOrEqual(24);
      reader.lines.length.should.equal(written);
    });
  });
});

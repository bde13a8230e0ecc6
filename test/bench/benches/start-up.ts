import { startBenchNodeRed, type ProcessFigures } from '../bench-node-red';
import { atMost, median, megabytes, milliseconds, type BenchResult } from '../figures';
import type { Bench } from '../bench';

const ROUNDS = 7;

/** Node-RED's start with the package and without it, in turns. */
export const startUp: Bench = async (runtime) => {
  const starts = { without: [] as ProcessFigures[], with: [] as ProcessFigures[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of ['without', 'with'] as const) {
      const bench = await startBenchNodeRed({
        runtime,
        subjects: {},
        withoutPackage: kind === 'without',
      });
      // The garbage of the start is collected first: what stays is what the package costs.
      starts[kind].push(await bench.process(true));
      await bench.remove();
    }
  }
  const of = (kind: keyof typeof starts, figure: (start: ProcessFigures) => number) =>
    median(starts[kind].map(figure));
  const added = (figure: (start: ProcessFigures) => number) => of('with', figure) - of('without', figure);
  const loading = of('with', (figures) => figures.start.loading.milliseconds);
  const result: BenchResult = {
    rows: (['without', 'with'] as const).map((kind) => ({
      bench: 'start-up',
      subject: `Node-RED ${kind} the package`,
      figures: {
        'flows started after': milliseconds(of(kind, (figures) => figures.start.milliseconds)),
        CPU: milliseconds(of(kind, (figures) => figures.start.cpuMilliseconds)),
        memory: megabytes(of(kind, (figures) => figures.memorySwept)),
        'loading the package': milliseconds(of(kind, (figures) => figures.start.loading.milliseconds)),
      },
    })),
    goals: [
      atMost('loading the package', loading, 60, ' ms'),
      atMost('memory that the package adds', added((figures) => figures.memorySwept) / 1e6, 15, ' MB'),
    ],
  };
  return result;
};

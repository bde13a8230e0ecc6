import { startBenchNodeRed, type ProcessFigures } from '../bench-node-red';
import { atMost, median, megabytes, milliseconds, type BenchResult } from '../figures';
import type { Bench } from '../bench';

const ROUNDS = 5;

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
  // The least of each: what the collector of garbage leaves, and the system has not taken back, only ever makes it more.
  const least = (kind: keyof typeof starts) =>
    Math.min(...starts[kind].map(({ memorySwept }) => memorySwept));
  const memory = least('with') - least('without');
  const loading = of('with', (figures) => figures.start.loading.milliseconds);
  const result: BenchResult = {
    rows: (['without', 'with'] as const).map((kind) => ({
      bench: 'start-up',
      subject: `Node-RED ${kind} the package`,
      figures: {
        'flows started after': milliseconds(of(kind, (figures) => figures.start.milliseconds)),
        CPU: milliseconds(of(kind, (figures) => figures.start.cpuMilliseconds)),
        memory: megabytes(least(kind)),
        'CPU of loading the package': milliseconds(of(kind, (figures) => figures.start.loading.milliseconds)),
      },
    })),
    goals: [
      atMost('CPU of loading the package', loading, 30, ' ms'),
      atMost('memory that the package adds', memory / 1e6, 8, ' MB'),
    ],
    told: [
      {
        what: 'start of Node-RED: CPU to load, memory',
        ours: `${milliseconds(loading)}, ${megabytes(memory)}`,
        instead: '',
      },
    ],
  };
  return result;
};

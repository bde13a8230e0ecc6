import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FlowNode } from '../../real/node-red';
import { projectFolder } from '../../real/scripts';
import { startBenchNodeRed, type ProcessFigures } from '../bench-node-red';
import { atMost, median, megabytes, milliseconds, type BenchResult } from '../figures';
import type { Bench } from '../bench';

const ROUNDS = 5;

const { 'node-red': own } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
  'node-red': { nodes: Record<string, string> };
};

/** A flow with one node of each type, none of them set up. */
const oneOfEach: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'one of each' },
  ...Object.keys(own.nodes).map((type) => ({ id: type, type, z: 'tab', x: 0, y: 0, name: '', wires: [[]] })),
];

/** How Node-RED starts: without the package, with it, and with flows that use all of it. */
const KINDS = {
  without: 'without the package',
  with: 'with the package',
  used: 'with one node of each type in its flows',
} as const;
type Kind = keyof typeof KINDS;

/** Node-RED's start in each way, in turns. */
export const startUp: Bench = async (runtime) => {
  const kinds = Object.keys(KINDS) as Kind[];
  const starts: Record<Kind, ProcessFigures[]> = { without: [], with: [], used: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of kinds) {
      const bench = await startBenchNodeRed({
        runtime,
        subjects: {},
        withoutPackage: kind === 'without',
        ...(kind === 'used' && { flows: oneOfEach }),
      });
      // The garbage of the start is collected first: what stays is what the package costs.
      starts[kind].push(await bench.process(true));
      await bench.remove();
    }
  }
  const of = (kind: Kind, figure: (start: ProcessFigures) => number) => median(starts[kind].map(figure));
  // The least of each: what the collector of garbage leaves, and the system has not taken back, only ever makes it more.
  const least = (kind: Kind) => Math.min(...starts[kind].map(({ memorySwept }) => memorySwept));
  const memory = least('with') - least('without');
  const loading = of('with', (figures) => figures.start.loading.milliseconds);
  const used = of('used', (figures) => figures.start.loading.milliseconds);
  const result: BenchResult = {
    rows: kinds.map((kind) => ({
      bench: 'start-up',
      subject: `Node-RED ${KINDS[kind]}`,
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
        what: 'start of Node-RED: CPU to load, with a node of each type in its flows, memory',
        ours: `${milliseconds(loading)}, ${milliseconds(used)}, ${megabytes(memory)}`,
        instead: '',
      },
    ],
  };
  return result;
};

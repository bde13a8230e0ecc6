import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { JobScript } from '../../src/simulator';
import type { SimulatorFigures, SimulatorOrder } from './simulator-server';

/** A simulator in a process of its own, at the speed of the wall clock. */
export interface BenchSimulator {
  readonly origin: string;
  create(job: JobScript): Promise<void>;
  figures(): Promise<SimulatorFigures>;
  close(): void;
}

export async function startBenchSimulator(): Promise<BenchSimulator> {
  const child = fork(join(__dirname, 'simulator-server.ts'), { execArgv: ['--require', 'tsx/cjs'] });
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
  async function order(what: SimulatorOrder): Promise<SimulatorFigures> {
    child.send(what);
    const [figures] = (await once(child, 'message')) as [SimulatorFigures];
    return figures;
  }
  return {
    origin,
    create: async (job) => void (await order({ do: 'create', job })),
    figures: () => order({ do: 'figures' }),
    close: () => child.disconnect(),
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { JobScript, SimulatorOptions } from '../../src/simulator';
import type { SimulatorFigures, SimulatorOrder } from './simulator-server';

/**
 * The platform as it is far away and counts: each answer takes a while, and whoever is faster than what is published for a scope
 * is turned away (docs/platform.md, rates). Files count with the slowest, because nobody has published anything for them.
 */
export const strictPlatform: SimulatorOptions = {
  speed: 1,
  faults: [{ times: 0, delay: 60 }],
  throttle: {
    'jobs-usage': { perSecond: 25, burst: 300 },
    user: { perSecond: 2, burst: 150 },
  },
};

/** A simulator in a process of its own, at the speed of the wall clock. */
export interface BenchSimulator {
  readonly origin: string;
  create(job: JobScript): Promise<void>;
  /** With `reset`, what is counted begins anew after this. */
  figures(reset?: boolean): Promise<SimulatorFigures>;
  close(): void;
}

export async function startBenchSimulator(options: SimulatorOptions = { speed: 1 }): Promise<BenchSimulator> {
  const child = fork(join(__dirname, 'simulator-server.ts'), [JSON.stringify(options)], {
    execArgv: ['--require', 'tsx/cjs'],
  });
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
  async function order(what: SimulatorOrder): Promise<SimulatorFigures> {
    child.send(what);
    const [figures] = (await once(child, 'message')) as [SimulatorFigures];
    return figures;
  }
  return {
    origin,
    create: async (job) => void (await order({ do: 'create', job })),
    figures: (reset = false) => order({ do: 'figures', reset }),
    close: () => child.disconnect(),
  };
}

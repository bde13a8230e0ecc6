import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { JobScript, RequestRecord, SimulatorOptions } from '../../src/simulator';
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
  /** All that came in, in order. */
  requests(): Promise<RequestRecord[]>;
  close(): void;
}

export async function startBenchSimulator(options: SimulatorOptions = { speed: 1 }): Promise<BenchSimulator> {
  const child = fork(join(__dirname, 'simulator-server.ts'), [JSON.stringify(options)], {
    execArgv: ['--require', 'tsx/cjs'],
  });
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
  async function order<Answer = SimulatorFigures>(what: SimulatorOrder): Promise<Answer> {
    child.send(what);
    const [answer] = (await once(child, 'message')) as [Answer];
    return answer;
  }
  return {
    origin,
    create: async (job) => void (await order({ do: 'create', job })),
    figures: (reset = false) => order({ do: 'figures', reset }),
    requests: () => order<RequestRecord[]>({ do: 'requests' }),
    close: () => child.disconnect(),
  };
}

import type { JobPlan } from '../model/job';
import type { RunPlan } from '../model/run';
import type { FileStore } from '../model/stored-files';
import { foamSweep } from './foam-sweep';
import { sampleJobs } from './sample-jobs';
import { foamTroubles, solverJobs } from './solver-jobs';

/** The jobs that every simulator has: the API page's two, the sweep, and one for each special case. */
export function builtInJobs(seed: number, store: FileStore, now: number): JobPlan[] {
  return [
    ...sampleJobs(),
    foamSweep(seed, store, now),
    lateRuns(),
    cancelled(),
    oneFailed(),
    optimization(),
    longRun(),
    bigFiles(),
    foamTroubles(seed),
    ...solverJobs(seed),
  ];
}

const GIGABYTE = 1_000_000_000;

/** Its runs are listed only some minutes after the submission. */
const lateRuns = (): JobPlan => ({
  id: 'lateRuns',
  submittedAt: 120,
  runsListedAfter: 180,
  runs: [1, 2, 3].map((number) => ({ startsAt: 240 * number, duration: 900 })),
});

/** Cancelled before it ran: its runs never get a date. */
const cancelled = (): JobPlan => ({
  id: 'cancelled',
  submittedAt: 30,
  cancelledAt: 90,
  runs: [
    { startsAt: 600, duration: 900 },
    { startsAt: 600, duration: 900 },
  ],
});

/** One run of four fails; the job says only that one did. */
const oneFailed = (): JobPlan => ({
  id: 'oneFailed',
  runs: [1, 2, 3, 4].map((number) => ({
    startsAt: 30,
    duration: 300 + number * 60,
    exitCode: number === 3 ? 1 : 0,
  })),
});

/** An optimization (type 1) with its iterations (2) and their cases (3), all in one flat list. */
function optimization(): JobPlan {
  const runs: RunPlan[] = [];
  const steps = 3;
  const cases = 4;
  const takes = 600;
  runs.push({ startsAt: 30, duration: steps * takes, type: 1 });
  for (let step = 0; step < steps; step += 1) {
    const startsAt = 30 + step * takes;
    runs.push({ startsAt, duration: takes, type: 2, parent: '1' });
    const iteration = String(runs.length);
    for (let number = 0; number < cases; number += 1) {
      const thickness = Number((0.08 + step * 0.015 + number * 0.004).toFixed(3));
      runs.push({
        startsAt,
        duration: takes - 60 + number * 15,
        type: 3,
        parent: iteration,
        isOptimal: step === steps - 1 && number === 2,
        variables: [{ name: 'thickness', value: thickness }],
        results: [{ name: 'Cd', value: Number((0.012 + (thickness - 0.118) ** 2).toPrecision(6)) }],
      });
    }
  }
  return { id: 'optimization', runs };
}

/** Something to follow, stop and snapshot at any time: it computes for thirty days. */
const longRun = (): JobPlan => ({
  id: 'longRun',
  runs: [{ duration: 30 * 86_400, files: [{ path: 'shared/solver.log', lines: { every: 10 } }] }],
});

/** Files that fit into no memory, computed while they are read. */
const bigFiles = (): JobPlan => ({
  id: 'bigFiles',
  runs: [
    {
      duration: 60,
      files: [
        { path: 'shared/history.log', bytes: 5 * GIGABYTE },
        { path: 'shared/fields.h5', bytes: 20 * GIGABYTE },
        { path: 'shared/mesh.bin', bytes: 64 * 1024 * 1024, checksum: 'md5' },
      ],
    },
  ],
});

import type { Parameters } from 'fast-check';

/**
 * How often each property is tried: a little in `npm test`, as often as told in `npm run fuzz -- --runs N`. A failure prints
 * its seed; `--seed S` tries the same again.
 */
export function bounded(runs: number): Parameters<unknown> {
  const told = Number(process.env['FUZZ_RUNS'] ?? 0);
  const seed = process.env['FUZZ_SEED'];
  return {
    numRuns: told > 0 ? told : runs,
    ...(seed !== undefined && { seed: Number(seed) }),
    // What takes longer hangs.
    interruptAfterTimeLimit: told > 0 ? undefined : 15_000,
    markInterruptAsFailure: false,
    verbose: 0,
  };
}

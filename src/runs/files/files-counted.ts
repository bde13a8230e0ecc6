import type { Run } from '../../api/client/types';

/** How many files the run says it has; 0 where it does not say, or says what can be no number of files. */
export function filesCounted({ outputFileCount: told }: Pick<Run, 'outputFileCount'>): number {
  const count: unknown = told;
  // Some answers have numbers as texts (docs/platform.md).
  const number = typeof count === 'string' && /^\d+$/.test(count.trim()) ? Number(count) : count;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : 0;
}

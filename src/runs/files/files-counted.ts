import type { Run } from '../../api/client/types';

/** How many files the run says it has; 0 where it does not say, or says what can be no number of files. */
export function filesCounted({ outputFileCount }: Pick<Run, 'outputFileCount'>): number {
  return Number.isSafeInteger(outputFileCount) && outputFileCount > 0 ? outputFileCount : 0;
}

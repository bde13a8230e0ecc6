import type { Content } from '../content/contents';

/** Access to the files that a job's definition names. */
export interface JobStorage {
  seed: number;
  nameOf: (fileId: string) => string | null;
  contentOf: (fileId: string) => Content | null;
}

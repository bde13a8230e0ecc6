import type { Content } from '../content/contents';

/** How a job's runs come to the files that it names. */
export interface JobStorage {
  seed: number;
  nameOf: (fileId: string) => string | null;
  contentOf: (fileId: string) => Content | null;
}

import type { Content } from '../content/contents';
import { hash } from '../content/random';

/** A file in the storage that no run made: uploaded, or part of a built-in job. */
export interface StoredFile {
  id: string;
  name: string;
  typeId: number;
  content: Content;
  md5: string | null;
  sha512: string | null;
  /** Virtual, ms since the epoch. */
  uploadedAt: number;
}

/** What a request has changed of a file, whoever made it. */
export interface FileChange {
  name?: string;
  typeId?: number;
  deleted?: boolean;
}

export interface FileStore {
  /** An id with a name is the same at each start; without, it follows from how many were added before. */
  add(file: Omit<StoredFile, 'id'>, fixedName?: string): StoredFile;
  find(id: string): StoredFile | null;
  /** Newest first. */
  all(): StoredFile[];
  change(id: string, change: FileChange): void;
  changeOf(id: string): FileChange;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Unlike that of a run's output, so that the two kinds never share an id. */
const LENGTH = 7;

export function createFileStore(seed: number): FileStore {
  const files = new Map<string, StoredFile>();
  const changes = new Map<string, FileChange>();
  let added = 0;
  return {
    add(file, fixedName) {
      const id = idOf(seed, fixedName ?? (added += 1));
      const stored = { ...file, id };
      files.set(id, stored);
      return stored;
    },
    find: (id) => files.get(id) ?? null,
    all: () => [...files.values()].reverse(),
    change: (id, change) => void changes.set(id, { ...changes.get(id), ...change }),
    changeOf: (id) => changes.get(id) ?? {},
  };
}

function idOf(seed: number, name: string | number): string {
  return Array.from(
    { length: LENGTH },
    (_, place) => LETTERS[hash('stored file', seed, name, place) % LETTERS.length]!,
  ).join('');
}

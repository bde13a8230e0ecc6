/** Claims that are remembered; far more than one flow fetches while anybody waits for it. */
const MOST = 20_000;

/** The ids of files by where this process has put them, the last ones only. */
const claimed = new Map<string, string>();

/** Which file of the platform a name below a folder belongs to, since this process began to write there. */
export interface NameClaims {
  /** True for a name that was given to another file. */
  isAnothers(name: string, fileId: string): boolean;
  claim(name: string, fileId: string): void;
  /** Nothing was written under it: what was claimed here alone is free again. */
  release(name: string, fileId: string): void;
}

/**
 * Two files of one run may have one path, and come in two messages: neither is to replace the other, as in one message. The same file
 * fetched again is no other. `root` is a real path.
 */
export function nameClaims(root: string): NameClaims {
  const keyOf = (name: string) => `${root}\0${name}`;
  const fresh = new Set<string>();
  return {
    isAnothers(name, fileId) {
      const owner = claimed.get(keyOf(name));
      return owner !== undefined && owner !== fileId;
    },
    claim(name, fileId) {
      const key = keyOf(name);
      if (!claimed.delete(key)) fresh.add(key);
      claimed.set(key, fileId);
      if (claimed.size > MOST) claimed.delete(claimed.keys().next().value!);
    },
    release(name, fileId) {
      const key = keyOf(name);
      if (fresh.has(key) && claimed.get(key) === fileId) claimed.delete(key);
    },
  };
}

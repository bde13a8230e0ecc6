/** A name that was given to a file, and the last message that had begun by then. */
interface Claim {
  fileId: string;
  latest: number;
}

/** By where this process puts them. */
const claims = new Map<string, Claim>();
/** The messages whose files are being fetched, oldest first; each has the next number. */
const inWork = new Set<number>();
let latest = 0;

/** Which file of the platform a name below a folder belongs to, while messages that began before that was decided are in work. */
export interface NameClaims {
  /** True for a name that was given to another file. */
  isAnothers(name: string, fileId: string): boolean;
  claim(name: string, fileId: string): void;
  /** Nothing was written under it: what was claimed here alone is free again. */
  release(name: string, fileId: string): void;
}

/** A message begins to fetch its files. Returns the way to say that it has ended. */
export function beginClaims(): () => void {
  const message = (latest += 1);
  inWork.add(message);
  return () => {
    inWork.delete(message);
    if (inWork.size === 0) claims.clear();
  };
}

/**
 * Two files of one run may have one path, and come in two messages at once: neither is to replace the other, as in one message. The
 * same file fetched again is no other, nor is one that comes later in its place, such as the next snapshot. `root` is a real path.
 */
export function nameClaims(root: string): NameClaims {
  const keyOf = (name: string) => `${root}\0${name}`;
  const fresh = new Set<string>();
  const ownerOf = (key: string) => {
    const claim = claims.get(key);
    const [oldest = Infinity] = inWork;
    return claim && claim.latest >= oldest ? claim : undefined;
  };
  return {
    isAnothers(name, fileId) {
      const owner = ownerOf(keyOf(name));
      return owner !== undefined && owner.fileId !== fileId;
    },
    claim(name, fileId) {
      const key = keyOf(name);
      if (!ownerOf(key)) fresh.add(key);
      claims.set(key, { fileId, latest });
    },
    release(name, fileId) {
      const key = keyOf(name);
      if (fresh.has(key) && claims.get(key)?.fileId === fileId) claims.delete(key);
    },
  };
}

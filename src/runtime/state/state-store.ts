import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateStore, StoredItem } from '../../runs/work/ports';
import { writeAtomically } from './write-atomically';

/** More writers would take all of libuv's four threads from everybody else in Node-RED. */
const CONCURRENT_WRITES = 2;
/** A temporary file this old belongs to no write in progress: a kill left it behind. */
const ABANDONED = 10 * 60_000;

let writers = 0;
const waitingWriters: (() => void)[] = [];

/**
 * Keeps one file per item in `directory`, which is made on the first write (mode 0700, files 0600). Names are hashes
 * of the keys, because keys hold what the platform and flows say; the key itself stands in the file. A second copy
 * (`.last`) follows each write, so that a file that was cut or emptied afterwards costs nothing.
 */
export function createFileStore(directory: string): StateStore {
  /** Per key: the write that waits for the one under way. A newer value takes the place of one that waits. */
  const queued = new Map<string, { text: string; written: Promise<void> }>();
  const underWay = new Map<string, Promise<void>>();
  let prepared: Promise<void> | null = null;

  const prepare = () =>
    (prepared ??= prepareDirectory(directory).catch((error: unknown) => {
      prepared = null;
      throw error;
    }));

  /** Runs after all earlier work on this key. */
  function inOrder(key: string, work: () => Promise<void>): Promise<void> {
    const done = (underWay.get(key) ?? Promise.resolve()).then(work, work);
    underWay.set(key, done);
    const forget = () => {
      if (underWay.get(key) === done) underWay.delete(key);
    };
    done.then(forget, forget);
    return done;
  }

  return {
    durable: true,

    async read(key) {
      await underWay.get(key)?.catch(() => undefined);
      return readItem(join(directory, fileName(key)));
    },

    write(key, value) {
      const text = JSON.stringify({ key, value });
      const waiting = queued.get(key);
      if (waiting) {
        waiting.text = text;
        return waiting.written;
      }
      const item = { text, written: Promise.resolve() };
      queued.set(key, item);
      item.written = inOrder(key, async () => {
        const release = await writerTurn();
        try {
          if (queued.get(key) === item) queued.delete(key);
          await prepare();
          await writeItem(join(directory, fileName(key)), item.text);
        } finally {
          release();
        }
      });
      return item.written;
    },

    remove(key) {
      const path = join(directory, fileName(key));
      queued.delete(key);
      return inOrder(key, async () => {
        await rm(lastCopy(path), { force: true });
        await rm(path, { force: true });
      });
    },

    async keys() {
      const names = await readdir(directory).catch(() => []);
      const items = new Set(
        names.filter((name) => /\.json(\.last)?$/.test(name)).map((name) => name.replace(/\.last$/, '')),
      );
      const keys: string[] = [];
      for (const name of items) {
        const stored = await readStored(join(directory, name));
        if (stored && stored !== 'damaged') keys.push(stored.key);
      }
      return keys;
    },
  };
}

/** For a Node-RED without a user directory: nothing outlives the process. */
export function createMemoryStore(): StateStore {
  const items = new Map<string, string>();
  return {
    durable: false,
    read: (key) => {
      const text = items.get(key);
      return Promise.resolve(
        text === undefined ? null : { value: JSON.parse(text) as unknown, recovered: false },
      );
    },
    write: (key, value) => {
      items.set(key, JSON.stringify(value));
      return Promise.resolve();
    },
    remove: (key) => {
      items.delete(key);
      return Promise.resolve();
    },
    keys: () => Promise.resolve([...items.keys()]),
  };
}

function fileName(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`;
}

function lastCopy(path: string): string {
  return `${path}.last`;
}

async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (!/\.json\.(\d+|copy)$/.test(name)) continue;
    const path = join(directory, name);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - modified > ABANDONED) await rm(path, { force: true });
  }
}

async function writeItem(path: string, text: string): Promise<void> {
  await writeAtomically(path, text);
  // On a disk that fills up, a write can be short without an error; the copy of the value before is then put back.
  const { size } = await stat(path);
  if (size !== Buffer.byteLength(text)) {
    await rename(lastCopy(path), path).catch(() => rm(path, { force: true }));
    throw Object.assign(new Error('ENOSPC: the disk is full'), { code: 'ENOSPC' });
  }
  await keepCopy(path);
}

/** The copy is a convenience: the item itself is on disk, so a failure here is none. */
async function keepCopy(path: string): Promise<void> {
  const copy = `${path}.copy`;
  try {
    await copyFile(path, copy);
    await chmod(copy, 0o600);
    await rename(copy, lastCopy(path));
  } catch {
    await rm(copy, { force: true }).catch(() => undefined);
  }
}

async function readItem(path: string): Promise<StoredItem | null> {
  const stored = await readStored(path);
  if (stored === 'damaged') return { value: undefined, recovered: true };
  return stored && { value: stored.value, recovered: stored.recovered };
}

interface FileContent {
  key: string;
  value: unknown;
}

async function readStored(path: string): Promise<(FileContent & { recovered: boolean }) | 'damaged' | null> {
  const item = await parseFile(path);
  if (item && item !== 'damaged') return { ...item, recovered: false };
  const last = await parseFile(lastCopy(path));
  if (last && last !== 'damaged') return { ...last, recovered: true };
  return item ?? last;
}

/** Null when there is no such file. */
async function parseFile(path: string): Promise<FileContent | 'damaged' | null> {
  try {
    const item = JSON.parse(await readFile(path, 'utf8')) as unknown;
    if (typeof item !== 'object' || item === null) return 'damaged';
    const { key, value } = item as { key?: unknown; value?: unknown };
    return typeof key === 'string' && value !== undefined ? { key, value } : 'damaged';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : 'damaged';
  }
}

async function writerTurn(): Promise<() => void> {
  if (writers >= CONCURRENT_WRITES) await new Promise<void>((resolve) => waitingWriters.push(resolve));
  else writers += 1;
  return () => {
    const next = waitingWriters.shift();
    if (next) next();
    else writers -= 1;
  };
}

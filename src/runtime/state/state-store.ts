import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateStore, StoredList } from '../../runs/tasks/ports';
import { whenSettled } from '../../api/errors/guard';
import { errorCode, retryWhileBusy } from './retry-busy';
import { readStateFile, removeStateFile, writeStateFile } from './state-file';
import { takeWriteSlot } from './write-slots';

/** A temporary file this old (ms) belongs to no write in progress: a kill left it behind. */
const ABANDONED = 10 * 60_000;

/** A store whose whole directory can be removed. */
export interface FileStore extends StateStore {
  /** Removes everything; what waits to be written is withdrawn. */
  erase(): Promise<void>;
}

interface QueuedWrite {
  text: string;
  written: Promise<void>;
  withdrawn: boolean;
}

/**
 * Keeps one file per item in `directory`, which is made on the first write (mode 0700, files 0600), and again when
 * somebody removed it. Names are hashes of the keys, because keys hold what the platform and flows say.
 */
export function createFileStore(directory: string): FileStore {
  /** Per key: the write that waits for the one under way. A newer value takes the place of one that waits. */
  const queued = new Map<string, QueuedWrite>();
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
    whenSettled(done, forget);
    return done;
  }

  async function writeFile(path: string, text: string): Promise<void> {
    await prepare();
    try {
      await writeStateFile(path, text);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      // Somebody removed the directory while Node-RED runs.
      prepared = null;
      await prepare();
      await writeStateFile(path, text);
    }
  }

  async function list(): Promise<StoredList> {
    await Promise.allSettled([...underWay.values()]);
    const found: StoredList = { items: [], damaged: 0, unread: 0 };
    for (const name of await itemNames(directory)) {
      const path = join(directory, name);
      // Of the first that can't be read the trouble was waited for already.
      const read = found.unread === 0 ? readStateFile(path) : readStateFile(path, (once) => once());
      const stored = await read.catch(() => 'unread' as const);
      if (stored === 'unread') found.unread += 1;
      else if (stored === 'damaged') found.damaged += 1;
      else if (stored) found.items.push(stored);
    }
    return found;
  }

  return {
    durable: true,

    async read(key) {
      await underWay.get(key)?.catch(() => undefined);
      const stored = await readStateFile(join(directory, fileName(key)));
      if (stored === 'damaged') return { value: undefined, recovered: true };
      return stored && { value: stored.value, recovered: stored.recovered };
    },

    write(key, value) {
      const text = JSON.stringify({ key, value });
      const waiting = queued.get(key);
      if (waiting) {
        waiting.text = text;
        return waiting.written;
      }
      const item: QueuedWrite = { text, written: Promise.resolve(), withdrawn: false };
      queued.set(key, item);
      item.written = inOrder(key, async () => {
        const release = await takeWriteSlot();
        try {
          if (queued.get(key) === item) queued.delete(key);
          if (item.withdrawn) throw new Error('withdrawn');
          await writeFile(join(directory, fileName(key)), item.text);
        } finally {
          release();
        }
      });
      return item.written;
    },

    withdraw(key) {
      const item = queued.get(key);
      if (item) item.withdrawn = true;
      return queued.delete(key);
    },

    remove(key) {
      queued.delete(key);
      return inOrder(key, () => removeStateFile(join(directory, fileName(key))));
    },

    list,

    keys: async () => (await list()).items.map(({ key }) => key),

    async erase() {
      for (const item of queued.values()) item.withdrawn = true;
      queued.clear();
      await Promise.allSettled([...underWay.values()]);
      prepared = null;
      await retryWhileBusy(() => rm(directory, { recursive: true, force: true }));
    },
  };
}

/** For a Node-RED without a user directory: nothing outlives the process. */
export function createMemoryStore(): StateStore {
  const items = new Map<string, string>();
  const parse = (text: string) => ({ value: JSON.parse(text) as unknown, recovered: false });
  return {
    durable: false,
    read: (key) => {
      const text = items.get(key);
      return Promise.resolve(text === undefined ? null : parse(text));
    },
    write: (key, value) => {
      items.set(key, JSON.stringify(value));
      return Promise.resolve();
    },
    withdraw: () => false,
    remove: (key) => {
      items.delete(key);
      return Promise.resolve();
    },
    keys: () => Promise.resolve([...items.keys()]),
    list: () =>
      Promise.resolve({
        items: [...items].map(([key, text]) => ({ key, ...parse(text) })),
        damaged: 0,
        unread: 0,
      }),
  };
}

function fileName(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`;
}

/** The files of items, each once, whether it or only its copy is there. */
async function itemNames(directory: string): Promise<Set<string>> {
  const names = await retryWhileBusy(() => readdir(directory)).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return [];
    throw error;
  });
  return new Set(
    names.filter((name) => /\.json(\.last)?$/.test(name)).map((name) => name.replace(/\.last$/, '')),
  );
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

import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateStore, StoredList } from '../../runs/tasks/ports';
import { asError } from '../../runs/tasks/in-parallel';
import { inBackground, whenSettled } from '../../api/errors/guard';
import { errorCode, retryWhileBusy } from './retry-busy';
import {
  describeDamaged,
  readStateFile,
  removeStateFile,
  setStateFileAside,
  stateFileName,
  writeStateFile,
} from './state-file';
import { acquireWriteSlot } from './write-slots';

/** A temporary file this old (ms) belongs to no write in progress: a kill left it behind. */
const ABANDONED = 10 * 60_000;

/** A store whose whole directory can be removed. */
export interface FileStore extends StateStore {
  /** Removes everything; what waits to be written is withdrawn. */
  erase(): Promise<void>;
  /**
   * Writes again what was on disk and is not there any more because somebody removed it, and changes that could not be
   * written. Never rejects: what can't be written now is tried at the next call.
   */
  rewriteMissing(): Promise<void>;
}

/** What an item's file holds. The value is the caller's own object, not a copy, so it costs no memory. */
interface DiskItem {
  /** Null while it is being read. */
  key: string | null;
  value: unknown;
  /** Its last change could not be written. */
  unwritten: boolean;
}

interface QueuedWrite {
  text: string;
  value: unknown;
  written: Promise<void>;
  withdrawn: boolean;
}

type Attempt = [attempt?: Parameters<typeof readStateFile>[1]];

/**
 * Keeps one file per item in `directory`, which is made on the first write (mode 0700, files 0600), and again when
 * somebody removed it.
 */
export function createFileStore(directory: string): FileStore {
  /** Per key: the write that waits for the one under way. A newer value takes the place of one that waits. */
  const queued = new Map<string, QueuedWrite>();
  const inFlight = new Map<string, Promise<void>>();
  /** By file name: what is on disk, and is written again when somebody removed it. */
  const onDisk = new Map<string, DiskItem>();
  let prepared: Promise<void> | null = null;

  const prepare = () =>
    (prepared ??= prepareDirectory(directory).catch((error: unknown) => {
      prepared = null;
      throw error;
    }));

  /** Runs after all earlier work on this key. */
  function inOrder(key: string, work: () => Promise<void>): Promise<void> {
    const done = (inFlight.get(key) ?? Promise.resolve()).then(work, work);
    inFlight.set(key, done);
    const forget = () => {
      if (inFlight.get(key) === done) inFlight.delete(key);
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
      // Somebody removed the directory while Node-RED runs, and everything in it.
      prepared = null;
      await prepare();
      await writeStateFile(path, text);
      inBackground(restore());
    }
  }

  function noteWritten(key: string, value: unknown, written: boolean): void {
    const name = stateFileName(key);
    // A first write that failed is told to whoever asked for it: it is on disk nowhere.
    if (written || onDisk.get(name)?.key === key) onDisk.set(name, { key, value, unwritten: !written });
  }

  /** What is read is remembered in `onDisk`, unless it is written or removed meanwhile. */
  async function readItem(name: string, ...attempt: Attempt): ReturnType<typeof readStateFile> {
    const reading: DiskItem = { key: null, value: undefined, unwritten: false };
    if (!onDisk.has(name)) onDisk.set(name, reading);
    try {
      const stored = await readStateFile(join(directory, name), ...attempt);
      if (onDisk.get(name) === reading && stored && stored !== 'damaged') {
        onDisk.set(name, { key: stored.key, value: stored.value, unwritten: false });
      }
      return stored;
    } finally {
      if (onDisk.get(name) === reading) onDisk.delete(name);
    }
  }

  async function restore(): Promise<void> {
    await Promise.allSettled([...inFlight.values()]);
    if (onDisk.size === 0) return;
    const existing = await filesIn(directory).catch(() => null);
    const rewrites: Promise<void>[] = [];
    for (const [name, { key, value, unwritten }] of onDisk) {
      // Where it can't be told what is there, only what is known to be missing is written.
      if (key === null || inFlight.has(key) || !(unwritten || existing?.names.has(name) === false)) continue;
      rewrites.push(write(key, value));
    }
    await Promise.allSettled(rewrites);
  }

  function write(key: string, value: unknown): Promise<void> {
    const text = JSON.stringify({ key, value });
    const waiting = queued.get(key);
    if (waiting) {
      Object.assign(waiting, { text, value });
      return waiting.written;
    }
    const item: QueuedWrite = { text, value, written: Promise.resolve(), withdrawn: false };
    queued.set(key, item);
    item.written = inOrder(key, async () => {
      const release = await acquireWriteSlot();
      try {
        if (queued.get(key) === item) queued.delete(key);
        if (item.withdrawn) throw new Error('withdrawn');
        await writeFile(join(directory, stateFileName(key)), item.text);
        noteWritten(key, item.value, true);
      } catch (error) {
        if (!item.withdrawn) noteWritten(key, item.value, false);
        throw error;
      } finally {
        release();
      }
    });
    return item.written;
  }

  /** A file in place of the folder keeps nobody from working; what was kept may be there again when it has gone. */
  async function filesOrTrouble(found: StoredList): ReturnType<typeof filesIn> {
    try {
      return await filesIn(directory);
    } catch (error) {
      if (errorCode(error) !== 'ENOTDIR') throw error;
      Object.assign(found, { unread: 1, trouble: error });
      return { names: new Set(), strange: [] };
    }
  }

  async function list(): Promise<StoredList> {
    await Promise.allSettled([...inFlight.values()]);
    const found: StoredList = { items: [], damaged: [], strange: [], unread: 0 };
    const { names, strange } = await filesOrTrouble(found);
    found.strange = strange.map((name) => join(directory, name));
    for (const name of names) {
      // After the first unreadable file there are no more retries: they would take three seconds each.
      const read = found.unread === 0 ? readItem(name) : readItem(name, (once) => once());
      const stored = await read.catch((error: unknown) => {
        found.unreadBecause ??= asError(error);
        return 'unread' as const;
      });
      if (stored === 'unread') found.unread += 1;
      else if (stored === 'damaged') found.damaged.push(await describeDamaged(join(directory, name)));
      else if (stored) found.items.push(stored);
    }
    return found;
  }

  return {
    durable: true,

    async read(key) {
      await inFlight.get(key)?.catch(() => undefined);
      const name = stateFileName(key);
      const stored = await readItem(name);
      if (stored === 'damaged') {
        return { value: undefined, recovered: true, damaged: await describeDamaged(join(directory, name)) };
      }
      return stored && { value: stored.value, recovered: stored.recovered };
    },

    write,

    withdraw(key) {
      const item = queued.get(key);
      if (item) item.withdrawn = true;
      return queued.delete(key);
    },

    remove(key) {
      queued.delete(key);
      const name = stateFileName(key);
      onDisk.delete(name);
      return inOrder(key, async () => {
        try {
          await removeStateFile(join(directory, name));
        } finally {
          // What was written before this, or read meanwhile.
          onDisk.delete(name);
        }
      });
    },

    setAside: (key) =>
      inOrder(key, async () => {
        onDisk.delete(stateFileName(key));
        await setStateFileAside(join(directory, stateFileName(key)));
      }),

    list,
    rewriteMissing: restore,

    keys: async () => (await list()).items.map(({ key }) => key),

    async erase() {
      for (const item of queued.values()) item.withdrawn = true;
      queued.clear();
      onDisk.clear();
      await Promise.allSettled([...inFlight.values()]);
      onDisk.clear();
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
    // Nothing is here that another version has written.
    setAside: () => Promise.resolve(),
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
        damaged: [],
        strange: [],
        unread: 0,
      }),
  };
}

/** As `stateFileName` makes it, and its copy. */
const ITEM_NAME = /^[0-9a-f]{40}\.json(\.last)?$/;

/** The files of items, each once, whether it or only its copy is there, and those that only look like one. */
async function filesIn(directory: string): Promise<{ names: Set<string>; strange: string[] }> {
  const names = await retryWhileBusy(() => readdir(directory)).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const items = names.filter((name) => ITEM_NAME.test(name)).map((name) => name.replace(/\.last$/, ''));
  const strange = names.filter((name) => /\.json(\.last)?$/.test(name) && !ITEM_NAME.test(name));
  return { names: new Set(items), strange };
}

async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (!/\.json\.\d+$/.test(name)) continue;
    const path = join(directory, name);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - modified > ABANDONED) await rm(path, { force: true });
  }
}

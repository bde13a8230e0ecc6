import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatLine, parseLines, mergeLines } from './journal-lines';
import { diskFull, errorCode } from './retry-busy';
import { writeAtomically } from './write-atomically';

/**
 * The changes of one item, appended entry by entry: cheaper than writing the whole item at each change. Once it is long
 * it is compacted: a new file starts with the whole item.
 */
export interface Journal {
  /**
   * Adds an entry. It outlives a kill of the process as soon as this returns: it is written in the same turn of the
   * event loop, so that whoever sent the message can't have noted before that it was taken. Throws the file system's
   * error.
   */
  append(entry: unknown): void;
  /** Bytes since it was compacted last. */
  readonly size: number;
  /** Starts a new file with the whole item, which holds all entries so far. Rejects with the file system's error. */
  compact(whole: unknown): Promise<void>;
  /** Somebody else removed its file. Never throws. */
  readonly removedByOthers: boolean;
  /** As `compact`, but in the same turn of the event loop: before a close. Throws the file system's error. */
  compactNow(whole: unknown): void;
  /** The item is over. Throws the file system's error. */
  remove(): void;
  /** Closes the file; nothing is written any more. */
  close(): void;
}

export interface FoundJournal {
  readonly key: string;
  readonly journal: Journal;
  /** The last whole item, undefined where there is none, and the entries after it. */
  readonly whole: unknown;
  readonly entries: readonly unknown[];
}

/** All of it is read and written in the turn in which it is asked for; files are a few hundred kilobytes. */
export interface Journals {
  create(key: string): Journal;
  /** What is on disk of one item; null when there is nothing. Throws the file system's error. */
  find(key: string): FoundJournal | null;
  /**
   * Keeps what is on disk of an item, and can't be gone on from, under other names, before it begins anew. What was set aside before
   * gives way. Throws the file system's error.
   */
  setAside(key: string): void;
  /**
   * The keys of everything that is on disk, of how many files nothing can be made, and what keeps others from being read at the moment.
   * They all stay.
   */
  keys(): { keys: string[]; unreadable: number; unread: unknown[] };
}

/** `<hash of the key>.<generation>.journal` */
const FILE_NAME = /^([0-9a-f]{40})\.(\d+)\.journal$/;
/** What a kill left of a generation that was being written. */
const TEMPORARY = /^[0-9a-f]{40}\.\d+\.journal\.\d+$/;

/** Keeps journals as files (mode 0600) in `directory`, which is made on the first entry. */
export function createJournals(directory: string): Journals {
  const pathOf = (hash: string, generation: number) => join(directory, `${hash}.${generation}.journal`);

  /** By hash, the generations that are there, oldest first. */
  function generations(): Map<string, number[]> {
    const found = new Map<string, number[]>();
    for (const name of namesIn(directory)) {
      if (TEMPORARY.test(name)) removeAbandoned(join(directory, name));
      const [, hash, generation] = FILE_NAME.exec(name) ?? [];
      if (hash !== undefined) found.set(hash, [...(found.get(hash) ?? []), Number(generation)]);
    }
    for (const numbers of found.values()) numbers.sort((one, other) => one - other);
    return found;
  }

  return {
    create: (key) =>
      openJournal(key, (generation) => pathOf(hashOf(key), generation), { generation: 0, number: 0 }),
    find(key) {
      const hash = hashOf(key);
      const numbers = generations().get(hash);
      if (!numbers) return null;
      const lines = numbers.flatMap((number) => parseLines(readText(pathOf(hash, number))));
      const { whole, entries, last } = mergeLines(lines);
      const newest = { generation: numbers.at(-1)!, number: last };
      return {
        key,
        journal: openJournal(key, (generation) => pathOf(hash, generation), newest),
        whole,
        entries,
      };
    },
    setAside(key) {
      const hash = hashOf(key);
      for (const number of generations().get(hash) ?? []) {
        renameSync(pathOf(hash, number), `${pathOf(hash, number)}.unread`);
      }
    },
    keys() {
      const keys: string[] = [];
      const unread: unknown[] = [];
      let unreadable = 0;
      for (const [hash, numbers] of generations()) {
        try {
          const key = numbers.map((number) => keyIn(pathOf(hash, number))).find((one) => one !== null);
          if (key !== undefined && key !== null && hashOf(key) === hash) keys.push(key);
          else unreadable += 1;
        } catch (error) {
          unread.push(error);
        }
      }
      return { keys, unreadable, unread };
    },
  };
}

function openJournal(
  key: string,
  pathOf: (generation: number) => string,
  from: { generation: number; number: number },
): Journal {
  let { generation, number } = from;
  let file: number | null = null;
  let size = 0;
  let closed = false;
  let removed = false;
  /** Lines that were appended while a new generation was being written. */
  let linesSinceCompact: string[] | null = null;

  function write(text: string): void {
    if (file === null) {
      makeFolder();
      file = openSync(pathOf(generation), 'a', 0o600);
      writeWhole(file, formatLine({ key }));
    } else if (isRemoved(file)) {
      // What was written before is gone, and this entry alone would tell another story.
      closeFile();
      throw Object.assign(new Error('ENOENT: the folder was removed'), { code: 'ENOENT' });
    }
    writeWhole(file, text);
    size += text.length;
  }

  function makeFolder(): void {
    mkdirSync(dirname(pathOf(generation)), { recursive: true, mode: 0o700 });
  }

  function closeFile(): void {
    if (file !== null) closeSync(file);
    file = null;
  }

  return {
    get size() {
      return size;
    },
    append(entry) {
      if (closed) return;
      number += 1;
      const text = formatLine({ n: number, entry });
      write(text);
      linesSinceCompact?.push(text);
    },
    async compact(whole) {
      if (closed) return;
      const old = generation;
      linesSinceCompact = [];
      try {
        makeFolder();
        await writeAtomically(pathOf(old + 1), formatLine({ key }) + formatLine({ n: number, whole }));
        // The next node of the same id has taken up what was there before.
        if (closed) {
          // What is over must not be found by who begins anew under its key.
          if (removed) await rm(pathOf(old + 1), { force: true });
          return;
        }
        closeFile();
        generation = old + 1;
        size = 0;
        for (const text of linesSinceCompact) write(text);
      } finally {
        linesSinceCompact = null;
      }
      await rm(pathOf(old), { force: true });
    },
    get removedByOthers() {
      return file !== null && isRemoved(file);
    },
    compactNow(whole) {
      // A whole that is being written already stands there in a moment.
      if (closed || linesSinceCompact) return;
      makeFolder();
      const next = pathOf(generation + 1);
      writeFileSync(`${next}.0`, formatLine({ key }) + formatLine({ n: number, whole }), {
        mode: 0o600,
        flush: true,
      });
      renameSync(`${next}.0`, next);
      closeFile();
      generation += 1;
      size = 0;
    },
    remove() {
      closeFile();
      closed = removed = true;
      rmSync(pathOf(generation - 1), { force: true });
      rmSync(pathOf(generation), { force: true });
    },
    close() {
      closeFile();
      closed = true;
    },
  };
}

/** Its last name is gone; a file that is open can be written all the same. */
function isRemoved(file: number): boolean {
  try {
    return fstatSync(file).nlink === 0;
  } catch {
    return false;
  }
}

/** A temporary file this old (ms) belongs to no write in progress. */
const ABANDONED = 10 * 60_000;

function removeAbandoned(path: string): void {
  const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  if (Date.now() - modified > ABANDONED) rmSync(path, { force: true });
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 40);
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  // On a disk that fills up, a write can be short without an error.
  if (writeSync(file, bytes) !== bytes.length) throw diskFull();
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return [];
    throw error;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw errorCode(error) === 'EISDIR' ? noFile(path) : error;
  }
}

function noFile(path: string): Error {
  return Object.assign(new Error('EISDIR: a folder is in its place'), { code: 'EISDIR', path });
}

/** Enough for the line that names the item. */
const FIRST_BYTES = 64 * 1024;

function keyIn(path: string): string | null {
  const file = openSync(path, 'r');
  try {
    // Of a folder in its place the file system does not say which one it is.
    if (fstatSync(file).isDirectory()) throw noFile(path);
    const bytes = Buffer.alloc(FIRST_BYTES);
    const read = readSync(file, bytes, 0, FIRST_BYTES, 0);
    const named = parseLines(bytes.toString('utf8', 0, read)).find((line) => typeof line.key === 'string');
    return named?.key ?? null;
  } finally {
    closeSync(file);
  }
}

import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { isRecord } from '../../api/endpoints/rows';
import type { Upload } from '../../api/client/client';
import { RescaleError } from '../../api/errors/errors';
import { shortened, shownValue } from '../../api/errors/shown-value';
import { globMatcher } from '../files/glob';
import { isInside } from '../files/safe-path';
import { diskReason } from '../tasks/disk-reason';

const IS_GLOB = /[*?{}[\]!()]/;
/** Files that one pattern may mean; more is a mistake. */
const MOST_FILES = 1000;

/**
 * What is to be uploaded: paths or patterns below `folder`, or `{ name, content }`. Nothing is read but its size, and nothing
 * outside of the folder. Rejects with RESCALE_INPUT or RESCALE_PATH, naming what does not fit.
 */
export async function inputUploads(inputs: unknown, folder: string): Promise<Upload[]> {
  const items: unknown[] = Array.isArray(inputs) ? inputs : [inputs];
  const uploads: Upload[] = [];
  for (const item of items) {
    if (typeof item === 'string') uploads.push(...(await filesBelow(item.trim(), folder)));
    else uploads.push(contentUpload(item));
  }
  const names = uploads.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RescaleError('RESCALE_INPUT', 'submit-input-twice', { name: twice });
  return uploads;
}

function contentUpload(item: unknown): Upload {
  const name = isRecord(item) ? item['name'] : undefined;
  const content = isRecord(item) ? item['content'] : undefined;
  if (typeof name !== 'string' || !/^[^\p{Cc}/\\]{1,255}$/u.test(name) || name === '.' || name === '..') {
    throw new RescaleError('RESCALE_INPUT', 'submit-input-name', { name: shownValue(name) });
  }
  if (typeof content !== 'string' && !Buffer.isBuffer(content)) {
    throw new RescaleError('RESCALE_INPUT', 'submit-input-content', { name });
  }
  const bytes = Buffer.from(content);
  return { name, bytes: bytes.length, typeId: 1, open: () => Readable.from([bytes]) };
}

async function filesBelow(pattern: string, folder: string): Promise<Upload[]> {
  if (pattern === '') throw new RescaleError('RESCALE_INPUT', 'input-blank', { field: 'inputFiles' });
  if (folder.trim() === '') throw new RescaleError('RESCALE_INPUT', 'input-blank', { field: 'folder' });
  const outside = path.isAbsolute(pattern) || pattern.split(/[\\/]/).includes('..');
  if (outside)
    throw new RescaleError('RESCALE_PATH', 'submit-input-outside', { path: shortened(pattern), folder });
  const root = await realpath(path.resolve(folder)).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(folder, error);
  });
  const names = IS_GLOB.test(pattern) ? await matching(root, pattern) : [pattern];
  if (names.length === 0) throw new RescaleError('RESCALE_INPUT', 'submit-input-none', { pattern, folder });
  return Promise.all(names.map((name) => fileUpload(root, name, folder)));
}

async function matching(root: string, pattern: string): Promise<string[]> {
  const matches = globMatcher(pattern, { hidden: false });
  // Only what the pattern can mean is looked through: the folder may hold years of results.
  const parts = pattern.split('/').filter((part) => part !== '.');
  const plain = parts.findIndex((part) => IS_GLOB.test(part));
  const files = await filesIn(root, parts.slice(0, plain).join('/'), pattern);
  const names = files.filter(matches).sort();
  if (names.length > MOST_FILES) {
    throw new RescaleError('RESCALE_INPUT', 'submit-input-many', { pattern, count: names.length });
  }
  return names;
}

/** All files below a folder of the root, by their paths below the root. */
async function filesIn(root: string, folder: string, pattern: string): Promise<string[]> {
  try {
    const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code === 'ENOENT' && failure.path === path.join(root, folder)) return [];
    throw unreadable(pattern, failure);
  }
}

async function fileUpload(root: string, name: string, folder: string): Promise<Upload> {
  try {
    const target = await realpath(path.join(root, name));
    if (!isInside(root, target)) {
      throw new RescaleError('RESCALE_PATH', 'submit-input-outside', { path: name, folder });
    }
    const found = await stat(target);
    if (!found.isFile()) throw new RescaleError('RESCALE_INPUT', 'submit-input-file', { path: name });
    return {
      name: path.basename(name),
      bytes: found.size,
      typeId: 1,
      open: () => exactly(target, found.size),
    };
  } catch (error) {
    if (error instanceof RescaleError) throw error;
    throw unreadable(name, error as NodeJS.ErrnoException);
  }
}

/** Bytes read at a time: with less, a large file costs more in turns than in bytes. */
const PIECE = 512 * 1024;

/** The bytes that were promised: a file that grows meanwhile is sent as long as it was, one that shrank fails. */
async function* exactly(target: string, bytes: number): AsyncGenerator<Buffer, void, undefined> {
  if (bytes === 0) return;
  let sent = 0;
  for await (const chunk of createReadStream(target, {
    end: bytes - 1,
    highWaterMark: PIECE,
  }) as AsyncIterable<Buffer>) {
    sent += chunk.length;
    yield chunk;
  }
  if (sent < bytes) {
    throw new RescaleError('RESCALE_INPUT', 'submit-input-changed', { path: path.basename(target) });
  }
}

function unreadable(name: string, error: NodeJS.ErrnoException): RescaleError {
  const reason = diskReason(error) ?? error.code ?? error.message;
  return new RescaleError('RESCALE_INPUT', 'submit-input-unreadable', { path: shortened(name), reason });
}

import type { RescaleFile } from '../../api/client/types';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import { instantOf } from '../../api/time/dates';
import type { RunAddress } from '../tasks/task-context';

/**
 * One file has several names (docs/platform.md, tail): `shared/log` in the live working directory, `log`
 * in the output list, `user/user_X/output/job_Y/run1/log` in the storage, `/api/v2/jobs/Y/runs/1/tail/shared/log` as
 * `resource`. A flow may use any of them at any time, so a name is looked up in what there is.
 */

/** The directory that runs with a shared file system compute in; its files are listed without it afterwards. */
const SHARED = 'shared/';

const RESOURCE = /^\/?api\/(?:v\d+\/)?jobs\/([^/]+)\/runs\/([^/]+)\/tail\/(.+)$/;
const STORAGE = /^\/?user\/[^/]+\/output\/job_([^/]+)\/run(\d+)\/(.+)$/;

/**
 * The path as seen from the working directory, whatever form it was given in.
 * Rejects with RESCALE_INPUT a path that leaves the working directory or belongs to another run.
 */
export function workingPath(path: string, address: RunAddress): string {
  const form = RESOURCE.exec(path) ?? STORAGE.exec(path);
  if (!form) return insideWork(path);
  const [, jobId, runId, rest] = form as unknown as [string, string, string, string];
  if (jobId !== address.jobId || runId !== address.runId) {
    throw new RescaleError('RESCALE_INPUT', 'input-path-run', { path, ...identity(address) });
  }
  return insideWork(RESOURCE.test(path) ? decoded(rest) : rest);
}

function insideWork(path: string): string {
  const plain = path.replace(/^(?:\.?\/)+/, '').replace(/\/{2,}/g, '/');
  if (plain === '' || plain.split('/').includes('..') || hasControlCharacter(plain)) {
    throw new RescaleError('RESCALE_INPUT', 'input-path', { field: 'path', value: JSON.stringify(path) });
  }
  return plain;
}

/** True for a text with a NUL, a line end or another character that no path of the platform has. */
export function hasControlCharacter(text: string): boolean {
  return Array.from(text).some((character) => character < ' ' || character === '\u007f');
}

/** Nobody says whether `resource` is percent-encoded (docs/platform.md, tail): decoded where it can be. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** How a file was found: `exact` by its path, with or without `shared/`; `suffix` because only its path ends so. */
export interface PathMatch<Item> {
  item: Item;
  by: 'exact' | 'suffix';
}

/**
 * Finds what `path` (from `workingPath`) means among `items`: the path itself, then with or without `shared/`, then
 * the only one that ends with it. Letters composed and decomposed are the same, because a name is typed in one form and
 * was unpacked in the other. Null when there is none; RESCALE_INPUT when several fit equally well, because a wrong file
 * read in silence is worse.
 */
export function findPath<Item>(
  path: string,
  items: readonly Item[],
  pathOf: (item: Item) => string,
  address: RunAddress,
): PathMatch<Item> | null {
  const swap = (form: string) => (form.startsWith(SHARED) ? form.slice(SHARED.length) : SHARED + form);
  const composed = path.normalize('NFC');
  const other = swap(composed);
  const tests: [PathMatch<Item>['by'], (candidate: string, form: string) => boolean][] = [
    ['exact', (candidate) => candidate === path],
    ['exact', (candidate) => candidate === swap(path)],
    ['exact', (_, form) => form === composed],
    ['exact', (_, form) => form === other],
    ['suffix', (_, form) => form.endsWith('/' + composed)],
    ['suffix', (_, form) => composed.startsWith(SHARED) && form.endsWith('/' + other)],
  ];
  const candidates = items.map((item) => {
    const plain = pathOf(item).replace(/^\.?\//, '');
    return { item, plain, form: plain.normalize('NFC') };
  });
  for (const [by, test] of tests) {
    const matches = candidates.filter(({ plain, form }) => test(plain, form)).map(({ item }) => item);
    const [found, ...others] = newestOfEach(matches, pathOf);
    if (others.length > 0) throw ambiguous(path, [found!, ...others].map(pathOf), address);
    if (found !== undefined) return { item: found, by };
  }
  return null;
}

/**
 * What is listed twice under one path is one file, of which an earlier attempt left an older upload: the newest is meant, and of those
 * that have no date the first.
 */
function newestOfEach<Item>(items: readonly Item[], pathOf: (item: Item) => string): Item[] {
  const newest = new Map<string, Item>();
  for (const item of items) {
    const known = newest.get(pathOf(item));
    if (known === undefined || uploadedAt(item) > uploadedAt(known)) newest.set(pathOf(item), item);
  }
  return [...newest.values()];
}

function uploadedAt(item: unknown): number {
  const { dateUploaded } = item as Partial<RescaleFile>;
  return instantOf(dateUploaded) ?? -Infinity;
}

/** The same, however it was found. */
export function matchPath<Item>(
  path: string,
  items: readonly Item[],
  pathOf: (item: Item) => string,
  address: RunAddress,
): Item | null {
  return findPath(path, items, pathOf, address)?.item ?? null;
}

/** Paths that a sentence names before it says “…”. */
const NAMED = 4;

function ambiguous(path: string, matches: string[], address: RunAddress): RescaleError {
  const named = matches.slice(0, NAMED).join(', ') + (matches.length > NAMED ? ', …' : '');
  return new RescaleError('RESCALE_INPUT', 'input-path-ambiguous', {
    path,
    matches: named,
    ...identity(address),
  });
}

function identity({ jobId, runId }: RunAddress) {
  return { jobId, runId };
}

/** True for RESCALE_INPUT because several files fit equally well. */
export function isAmbiguous(error: unknown): boolean {
  return isRescaleError(error) && error.key === 'input-path-ambiguous';
}

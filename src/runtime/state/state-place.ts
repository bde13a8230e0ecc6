import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateStore } from '../../runs/tasks/ports';
import type { NodeHost } from '../definition/definition';
import { createJournals, type Journals } from './journal';
import { createFileStore, createMemoryStore, type FileStore } from './state-store';

/** Another one after each start of Node-RED, so that stored state can tell a redeploy from a restart. */
export const thisProcess = randomUUID();

/** What decides where a node keeps its state. */
export type StatePlace = Pick<NodeHost<unknown>, 'id' | 'settings'>;

/** Node ids are hexadecimal, old ones with a dot, in a subflow joined by hyphens; nothing else names a folder. */
const SAFE_ID = /^\w[\w.-]{0,199}$/;

/** `<userDir>/rescale`, or what the setting says; null without either. */
export function stateRoot(settings: StatePlace['settings']): string | null {
  const { userDir, rescalePlatformStateDir } = settings;
  if (rescalePlatformStateDir) return rescalePlatformStateDir;
  return userDir ? join(userDir, 'rescale') : null;
}

/**
 * One store for each directory in this process: after a redeploy the new node goes on with the one of the node before
 * it, so that what that one is still writing or removing is not overtaken.
 */
const stores = new Map<string, FileStore>();

/** The store of one node; `durable` is false when there is no place for files. */
export function openStateStore(place: StatePlace): StateStore {
  const directory = stateDirectory(place);
  if (directory === null) return createMemoryStore();
  const store = stores.get(directory) ?? createFileStore(directory);
  stores.set(directory, store);
  return store;
}

/** The journals of one node; null when there is no place for files. */
export function openJournals(place: StatePlace): Journals | null {
  const directory = stateDirectory(place);
  return directory === null ? null : createJournals(directory);
}

/** Before a node closes: what it holds stands on disk, whatever became of its folder meanwhile. Never rejects. */
export async function rewriteMissingState(place: StatePlace): Promise<void> {
  await stores.get(stateDirectory(place) ?? '')?.rewriteMissing();
}

/** For a node that is in no flow any more. */
export async function removeState(place: StatePlace): Promise<void> {
  const directory = stateDirectory(place);
  if (directory === null) return;
  const store = stores.get(directory) ?? createFileStore(directory);
  await store.erase();
  stores.delete(directory);
}

function stateDirectory({ id, settings }: StatePlace): string | null {
  const root = stateRoot(settings);
  return root && SAFE_ID.test(id) ? join(root, id) : null;
}

/** State of nodes that went with their subflow, or while Node-RED was down, is kept this long (ms). */
const ORPHAN_AGE = 30 * 24 * 3_600_000;

/** Removes what nobody has written or touched for thirty days and no node in the flows owns. */
export async function removeOrphans(
  settings: StatePlace['settings'],
  isConfigured: (id: string) => boolean,
  now: number,
): Promise<void> {
  const root = stateRoot(settings);
  if (!root) return;
  for (const id of await readdir(root).catch(() => [])) {
    if (!SAFE_ID.test(id) || isConfigured(id)) continue;
    const folder = join(root, id);
    if (now - (await lastWrite(folder)) > ORPHAN_AGE) await rm(folder, { recursive: true, force: true });
  }
}

async function lastWrite(folder: string): Promise<number> {
  let last = 0;
  for (const name of ['.', ...(await readdir(folder).catch(() => []))]) {
    const modified = await stat(join(folder, name)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    last = Math.max(last, modified);
  }
  return last;
}

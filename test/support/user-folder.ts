import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For the `describe` of each suite that stores state: another user directory of Node-RED for each test. */
export function userFolderForEach(name: string): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), `${name}-`));
  });
  afterEach(() => rm(folder.path, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectFolder } from './runtimes';

let tarball: string | undefined;
let installed: string | undefined;

/** A temporary folder that goes away with this process. */
export function temporaryFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `rescale-${purpose}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * The packed package. `npm test` packs once and names the file in RESCALE_TARBALL; a suite started alone packs for itself.
 */
export function packedTarball(): string {
  tarball ??= process.env['RESCALE_TARBALL'];
  tarball ??= execFileSync(
    process.execPath,
    [join(projectFolder, 'scripts', 'pack.mjs'), temporaryFolder('pack')],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  ).trim();
  return tarball;
}

/**
 * Fills a user directory of Node-RED as a user does who installs the package there: `npm install <tarball>`. The install
 * itself is done once for each process (or once for all, named in RESCALE_INSTALLED) and copied from then on.
 */
export function installPackage(userDir: string): void {
  installed ??= process.env['RESCALE_INSTALLED'] ?? installAfresh();
  cpSync(installed, userDir, { recursive: true });
}

function installAfresh(): string {
  const folder = temporaryFolder('installed');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'node-red-project', private: true }));
  execFileSync(
    'npm',
    [
      'install',
      '--omit=dev',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      packedTarball(),
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return folder;
}

import { cpSync } from 'node:fs';

import { script, temporaryFolder } from './scripts';

let tarball: string | undefined;
let installed: string | undefined;

/**
 * The packed package. `npm test` packs once and names the file in RESCALE_TARBALL; a suite started alone packs for itself.
 */
export function packedTarball(): string {
  tarball ??= process.env['RESCALE_TARBALL'] ?? script('pack.mjs', temporaryFolder('pack')).trim();
  return tarball;
}

/**
 * Fills a user directory of Node-RED as a user does who installs the package there: `npm install <tarball>`. The install
 * itself is done once for each process (or once for all, named in RESCALE_INSTALLED) and copied from then on.
 */
export function installPackage(userDir: string): void {
  installed ??= process.env['RESCALE_INSTALLED'];
  if (installed === undefined) {
    installed = temporaryFolder('installed');
    script('install.mjs', installed, packedTarball());
  }
  cpSync(installed, userDir, { recursive: true });
}

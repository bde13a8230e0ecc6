// Installs the packed package into a user directory of Node-RED (the first argument), the way a user installs it there:
// `npm install <tarball>`. Packs it first, unless a tarball is given as the second argument.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './npm.mjs';
import { pack } from './pack.mjs';

export function install(userDir, tarball) {
  mkdirSync(userDir, { recursive: true });
  const manifest = join(userDir, 'package.json');
  if (!existsSync(manifest)) {
    writeFileSync(manifest, JSON.stringify({ name: 'node-red-project', private: true }, null, 2));
  }
  const packed = tarball === undefined ? mkdtempSync(join(tmpdir(), 'rescale-pack-')) : undefined;
  try {
    npm(
      [
        'install',
        '--omit=dev',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        tarball ?? pack(packed),
      ],
      { cwd: userDir },
    );
  } finally {
    if (packed !== undefined) rmSync(packed, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [userDir, tarball] = process.argv.slice(2);
  if (userDir === undefined) throw new Error('usage: node scripts/install.mjs FOLDER [TARBALL]');
  install(resolve(userDir), tarball && resolve(tarball));
}

// Packs the package into a folder (the first argument) as it would be published, and prints the path of the tarball.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, root } from './build.mjs';
import { npm } from './npm.mjs';

export function pack(folder) {
  build({ ifNeeded: true });
  mkdirSync(folder, { recursive: true });
  const report = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const [{ filename }] = JSON.parse(report);
  return join(folder, filename.replace('@', '').replace('/', '-'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node scripts/pack.mjs FOLDER');
  console.log(pack(resolve(folder)));
}

// Builds the package into dist/: TypeScript to CommonJS, then what Node-RED looks for beside the built node files.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });

for (const file of readdirSync(join(root, 'nodes')).filter((name) => name.endsWith('.html'))) {
  cpSync(join(root, 'nodes', file), join(dist, 'nodes', file));
}
// Node-RED reads locales and icons only from beside the node file (node-red.md 1.2).
for (const [from, to] of [
  ['nodes/locales', 'nodes/locales'],
  ['icons', 'nodes/icons'],
]) {
  if (existsSync(join(root, from))) cpSync(join(root, from), join(dist, to), { recursive: true });
}

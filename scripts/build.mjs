// Builds the package into dist/: TypeScript to CommonJS, then what Node-RED looks for beside the built node files.
// With --if-needed it does nothing when dist/ is newer than every source.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const sources = ['src', 'nodes', 'icons', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'];

/** The instant of the last change below a path, ms since the epoch. */
function lastChange(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  const below = stats.isDirectory() ? readdirSync(path).map((name) => lastChange(join(path, name))) : [];
  return Math.max(stats.mtimeMs, ...below);
}

export function build({ ifNeeded = false } = {}) {
  const built = statSync(dist, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (ifNeeded && sources.every((source) => lastChange(join(root, source)) < built)) return;

  // Built aside and then put in place at once, so that whoever loads dist/ meanwhile never finds half of it.
  const aside = join(root, `.build-${process.pid}`);
  const replaced = `${aside}-replaced`;
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', aside], {
      // What is said goes to stderr: who packs reads the name of the tarball from stdout.
      stdio: ['ignore', process.stderr, 'inherit'],
    });
    for (const file of readdirSync(join(root, 'nodes')).filter((name) => name.endsWith('.html'))) {
      cpSync(join(root, 'nodes', file), join(aside, 'nodes', file));
    }
    // Editor code that all dialogs share has no file of its own in Node-RED; it travels at the end of the platform's.
    const shared = join(root, 'nodes', 'editor');
    for (const file of existsSync(shared) ? readdirSync(shared).sort() : []) {
      const text = readFileSync(join(shared, file), 'utf8');
      appendFileSync(join(aside, 'nodes', 'rescale-platform.html'), `\n${text}`);
    }
    // Node-RED reads locales and icons only from beside the node file (node-red.md 1.2).
    for (const [from, to] of [
      ['nodes/locales', 'nodes/locales'],
      ['icons', 'nodes/icons'],
    ]) {
      if (existsSync(join(root, from))) cpSync(join(root, from), join(aside, to), { recursive: true });
    }
    const commandLine = join(aside, 'src', 'simulator', 'cli.js');
    if (existsSync(commandLine)) chmodSync(commandLine, 0o755);
    if (existsSync(dist)) renameSync(dist, replaced);
    renameSync(aside, dist);
  } finally {
    rmSync(aside, { recursive: true, force: true });
    rmSync(replaced, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    build({ ifNeeded: process.argv.includes('--if-needed') });
  } catch (error) {
    // The compiler has already said what is wrong.
    process.exitCode = error.status ?? 1;
    if (error.status === undefined) throw error;
  }
}

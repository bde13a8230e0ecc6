// Builds the package into dist/: TypeScript to CommonJS, what Node-RED looks for beside the built node files, and all of them in one.
// With --if-needed it does nothing when dist/ is newer than every source.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundle } from './bundle.mjs';
import { bundlePalette } from './palette.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const sources = ['src', 'nodes', 'icons', 'tsconfig.json', 'tsconfig.build.json', 'scripts'];

/** The instant of the last change below a path, ms since the epoch. */
function lastChange(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  const below = stats.isDirectory() ? readdirSync(path).map((name) => lastChange(join(path, name))) : [];
  return Math.max(stats.mtimeMs, ...below);
}

/** What Node-RED wants beside the compiled nodes: paths below dist/nodes and their text. */
export function nodeFiles(load = createRequire(import.meta.url)) {
  load('tsx/cjs');
  const { readSources } = load('./nodes/sources.ts');
  const { layOut } = load('./nodes/layout.ts');
  const { packageProblems } = load('./nodes/lists.ts');
  const { SourceError } = load('../nodes/dialog/source-error.ts');
  const sources = readSources();
  const [problem] = packageProblems(sources.nodes);
  if (problem !== undefined) throw new SourceError(problem);
  return layOut(sources);
}

/** Runs the TypeScript compiler; what is wrong it says itself. */
function compile(...parameters) {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, ...parameters], {
    // What is said goes to stderr: who packs reads the name of the tarball from stdout.
    stdio: ['ignore', process.stderr, 'inherit'],
  });
}

export function build({ ifNeeded = false } = {}) {
  const built = statSync(dist, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (ifNeeded && sources.every((source) => lastChange(join(root, source)) < built)) return;

  // Built aside and then put in place at once, so that whoever loads dist/ meanwhile never finds half of it.
  const aside = join(root, `.build-${process.pid}`);
  const replaced = `${aside}-replaced`;
  try {
    // Dialogs, catalogs and help are put together from what each node says and what all share. What is wrong there is said at once.
    const besides = nodeFiles();
    compile('-p', join(root, 'tsconfig.build.json'), '--outDir', aside);
    compile('-p', join(root, 'nodes'));
    for (const [file, text] of besides) {
      const path = join(aside, 'nodes', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    // Node-RED reads icons only from beside the node file.
    cpSync(join(root, 'icons'), join(aside, 'nodes', 'icons'), { recursive: true });
    bundlePalette(root, aside);
    bundle(root, join(aside, 'bundles'));
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
    // The compiler has already said what is wrong; a source that is wrong is said in one sentence.
    process.exitCode = error.status ?? 1;
    if (error.constructor.name === 'SourceError') console.error(error.message);
    else if (error.status === undefined) throw error;
  }
}

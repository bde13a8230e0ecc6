// Bundles all node files with all that they share into one file: a start of Node-RED that looks for two hundred files takes
// three times as long as one that reads one. What is heavy and used by few stays as it is compiled, and is loaded on first use.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** What the files that Node-RED loads lead to, below dist/nodes; before it is bundled, it leads on to each compiled node file. */
const PALETTE = 'palette.js';

/** What `module.require` names in the sources and the bundle leaves outside, as paths of the project without their ending. */
const APART = ['src/insight/chart', 'src/insight/table', 'src/insight/monitor/log-monitor', 'src/simulator'];

/** The rooms that are in the bundle whole. */
const INSIDE = ['src/api', 'src/runs', 'src/runtime'];

/** Of the dependencies, this one is used by all and only in part. */
const BUNDLED = ['valibot'];

/** Puts the bundle into `dist`, in the place of all that was compiled for it. */
export function bundlePalette(root, dist) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const compiled = readFileSync(join(dist, 'nodes', PALETTE), 'utf8');
  const folders = [...compiled.matchAll(/'\.\/([^/']+)\/node\.js'/g)].map(([, folder]) => folder);
  const { outputFiles } = buildSync({
    stdin: { contents: compiled.replaceAll('/node.js', '/node.ts'), resolveDir: join(root, 'nodes') },
    // As far below the project as it will lie below dist/, so that the paths of what stays apart are right there.
    outfile: join(root, 'nodes', PALETTE),
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'eof',
    // Names of functions and files stay readable; with --enable-source-maps a stack trace names the line of the source.
    sourcemap: true,
    sourcesContent: false,
    sourceRoot: '../../nodes/',
    logLevel: 'warning',
    define: { 'module.require': 'require' },
    external: [
      ...Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
      ...APART.map((path) => `./${path}`),
    ],
  });
  for (const { path, text } of outputFiles) {
    const isMap = path.endsWith('.map');
    writeFileSync(join(dist, 'nodes', isMap ? `${PALETTE}.map` : PALETTE), isMap ? text : plain(text));
  }
  // Two copies of one module would be two of everything that a process has once.
  for (const path of INSIDE) rmSync(join(dist, path), { recursive: true, force: true });
  for (const folder of folders) rmSync(join(dist, 'nodes', folder), { recursive: true, force: true });
}

/** One character beyond ASCII would have Node.js keep the whole text at two bytes a character for as long as it runs. */
function plain(text) {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// Finds the Chromium that the browser suite drives: $CHROMIUM, the one that playwright downloads, the system's, or the one from the
// npm registry. Prints its path; exits with 1 when there is none. With --install it gets one when there is none.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './npm.mjs';

const load = createRequire(import.meta.url);
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

export function findChromium() {
  const { CHROMIUM: told, PATH: path = '' } = process.env;
  if (told) return existsSync(told) ? told : undefined;
  const system = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [load('playwright-core').chromium.executablePath(), ...system].find(
    (file) => file && existsSync(file),
  );
}

const quietly = { stdio: ['ignore', process.stderr, 'inherit'] };

/** The ways to get one, each with the path of what it got, if any. */
const ways = [
  function playwright() {
    const cli = join(dirname(load.resolve('playwright-core/package.json')), 'cli.js');
    execFileSync(process.execPath, [cli, 'install', 'chromium'], quietly);
  },
  function systemPackages() {
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    for (const command of [
      ['apt-get', 'update', '-q'],
      ['apt-get', 'install', '-qy', '--no-install-recommends', 'chromium'],
    ]) {
      const [program, ...rest] = [...asRoot, ...command];
      execFileSync(program, rest, quietly);
    }
  },
  function npmRegistry() {
    mkdirSync(fromRegistry, { recursive: true });
    npm(['install', '--prefix', fromRegistry, '--no-audit', '--no-fund', '@sparticuz/chromium@149'], {});
    const print =
      "import('@sparticuz/chromium').then(async (m) => console.log(await m.default.executablePath()))";
    const path = execFileSync(process.execPath, ['-e', print], { cwd: fromRegistry, encoding: 'utf8' });
    return path.trim();
  },
];

/** A browser from the registry unpacks itself; it is kept out of the project's own dependencies. */
const fromRegistry = join(tmpdir(), 'rescale-nodes-chromium');

/** Gets one: a download that needs no rights on the machine, the system's packages, a package of the registry. */
function installChromium() {
  for (const way of ways) {
    try {
      const got = way();
      const found = (got && existsSync(got) ? got : undefined) ?? findChromium();
      if (found) return found;
    } catch {
      // The next way may do.
    }
  }
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = findChromium() ?? (process.argv.includes('--install') ? installChromium() : undefined);
  if (found === undefined) process.exitCode = 1;
  else console.log(found);
}

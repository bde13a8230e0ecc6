// Finds the Chromium that the browser suite drives: $CHROMIUM, the one that playwright downloads, or the system's.
// Prints its path; exits with 1 when there is none. With --install it lets playwright download one when there is none.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** Tries a download that needs no rights on the machine. */
export function installChromium() {
  try {
    const cli = join(dirname(load.resolve('playwright-core/package.json')), 'cli.js');
    execFileSync(process.execPath, [cli, 'install', 'chromium'], {
      stdio: ['ignore', process.stderr, 'inherit'],
    });
  } catch {
    return undefined;
  }
  return findChromium();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = findChromium() ?? (process.argv.includes('--install') ? installChromium() : undefined);
  if (found === undefined) process.exitCode = 1;
  else console.log(found);
}

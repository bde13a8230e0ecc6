import { execFileSync } from 'node:child_process';
import { basename, delimiter } from 'node:path';

/**
 * The environment as it was before `npm run` or `npx`. Below these two things would lead npm astray: Node-RED brings an older
 * npm, which comes first in the PATH there, and npm takes this project for the one to install into.
 */
export function userEnvironment() {
  const { npm_config_local_prefix: _project, PATH: path = '', ...environment } = process.env;
  const own = path.split(delimiter).filter((folder) => !/node_modules[\\/]\.bin$/.test(folder));
  return { ...environment, PATH: own.join(delimiter) };
}

/** Runs the user's npm and returns what it printed. */
export function npm(parameters, options) {
  const calledBy = process.env.npm_execpath;
  const known = calledBy !== undefined && basename(calledBy) === 'npm-cli.js';
  return execFileSync(known ? process.execPath : 'npm', known ? [calledBy, ...parameters] : parameters, {
    encoding: 'utf8',
    env: userEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
}

import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';

/**
 * Runs the user's npm and returns what it printed. Below `npm run` two things would lead it astray: Node-RED brings an older
 * npm, which comes first in the PATH there, and npm takes this project for the one to install into.
 */
export function npm(parameters, options) {
  const { npm_execpath: calledBy, ...environment } = process.env;
  delete environment.npm_config_local_prefix;
  const own = calledBy !== undefined && basename(calledBy) === 'npm-cli.js';
  return execFileSync(own ? process.execPath : 'npm', own ? [calledBy, ...parameters] : parameters, {
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
}

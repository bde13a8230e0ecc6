import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the build puts what it bundles; sources that run as they are use those of the last build. */
const PLACES = ['../../../bundles', '../../../dist/bundles'];

export function bundleFolder(): string {
  const found = PLACES.map((place) => join(__dirname, place)).find((folder) => existsSync(folder));
  if (found === undefined)
    throw new Error('The bundles of this package are missing: build it, or install it again.');
  return found;
}

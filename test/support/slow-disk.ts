import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtemp } from 'node:fs/promises';

interface Synced {
  sync: (this: Synced) => Promise<void>;
}

/** Makes every `fsync` of the surrounding `describe` take so long (ms), as on an SD card or a network disk. */
export function slowDisk(milliseconds: number): void {
  let restore = () => {};
  before(async () => {
    const probe = await open(join(await mkdtemp(join(tmpdir(), 'slow-disk-')), 'probe'), 'w');
    const files = Object.getPrototypeOf(probe) as Synced;
    await probe.close();
    const { sync } = files;
    files.sync = async function (this: Synced) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return sync.call(this);
    };
    restore = () => (files.sync = sync);
  });
  after(() => restore());
}

// Loaded into a Node-RED before all else: every fsync takes SLOW_FSYNC milliseconds longer.
const { open, unlink } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

async function slowDown() {
  const path = join(tmpdir(), `slow-fsync-${process.pid}`);
  const probe = await open(path, 'w');
  const files = Object.getPrototypeOf(probe);
  await probe.close();
  await unlink(path);
  const { sync } = files;
  files.sync = async function () {
    await new Promise((resolve) => setTimeout(resolve, Number(process.env.SLOW_FSYNC)));
    return sync.call(this);
  };
}

slowDown();

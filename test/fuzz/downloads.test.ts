import 'should';
import fc from 'fast-check';
import { mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';

import { isRescaleError } from '../../src/api/errors/errors';
import { enterDirectory, partsBelow } from '../../src/runs/files/safe-path';
import { nastyPath } from './arbitraries';
import { bounded } from './runs';

/** Null for what is refused as it should be. */
function refusedOr<Value>(error: unknown): Value | null {
  if (isRescaleError(error) && error.code === 'RESCALE_PATH') return null;
  throw error;
}

describe('wherever the platform says that a file belongs', () => {
  let outside: string;
  let root: string;

  beforeEach(() => {
    outside = realpathSync(mkdtempSync(join(tmpdir(), 'rescale-fuzz-')));
    root = join(outside, 'root');
  });
  afterEach(() => rmSync(outside, { recursive: true, force: true }));

  it('its parts stay below the folder, on Windows as well', () => {
    fc.assert(
      fc.property(nastyPath, fc.boolean(), (path, windows) => {
        let parts: string[];
        try {
          parts = partsBelow(path, windows);
        } catch (error) {
          refusedOr(error);
          return;
        }
        parts.length.should.be.above(0);
        const target = resolve('/folder', ...parts);
        target.should.startWith('/folder/');
        for (const part of parts) {
          part.should.not.match(/^\.{0,2}$/);
          part.should.not.containEql('/');
          part.should.not.containEql('\u0000');
          if (windows) part.should.not.match(/[<>:"|?*\\]|[. ]$/);
        }
      }),
      bounded(3000),
    );
  });

  it('directories are made below the folder only, whatever links there are', async () => {
    await fc.assert(
      fc.asyncProperty(nastyPath, fc.boolean(), async (path, linked) => {
        rmSync(root, { recursive: true, force: true });
        const { mkdirSync } = await import('node:fs');
        mkdirSync(root);
        let parts: string[];
        try {
          parts = partsBelow(path);
        } catch (error) {
          refusedOr(error);
          return;
        }
        // The first part is a link out of the folder.
        if (linked && Buffer.byteLength(parts[0]!) < 250) symlinkSync(outside, join(root, parts[0]!));
        const entered = await enterDirectory(root, parts.slice(0, 20), path).catch(refusedOr<string>);
        if (entered !== null) (realpathSync(entered) + sep).should.startWith(root + sep);
        if (linked) (entered === null).should.be.true();
        readdirSync(outside).should.eql(['root']);
      }),
      bounded(150),
    );
  });
});

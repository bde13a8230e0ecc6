import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import should from 'should';
import { installPackage } from '../real/installed-package';
import { projectFolder, temporaryFolder } from '../real/scripts';

const { name } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { name: string };

/** Draws one picture for each title and prints how many of them differ, and how large each is. */
const program = (installed: string, titles: readonly string[]) => `
  const { drawSvg, rasterise } = require(${JSON.stringify(join(installed, 'dist', 'src', 'insight', 'chart'))});
  const rows = Array.from({ length: 20 }, (_, step) => ({ step, 'alpha.water': 1 / (step + 1) }));
  const request = { kind: 'residuals', x: '', isY: null, split: '', logX: false, logY: false, marks: [],
    width: 300, height: 200, theme: 'light', goals: [] };
  (async () => {
    const readable = (path) => { try { require('node:fs').readdirSync(path); return true; } catch { return false; } };
    const pngs = [];
    for (const title of ${JSON.stringify(titles)}) pngs.push(await rasterise(await drawSvg(rows, { ...request, title }, {})));
    console.log(JSON.stringify({
      fonts: ['/usr/share/fonts', '/System/Library/Fonts', 'C:/Windows/Fonts'].filter(readable),
      different: new Set(pngs.map(String)).size,
      sizes: pngs.map((png) => [png.readUInt32BE(16), png.readUInt32BE(20)]),
    }));
  })();`;

describe('pictures on a machine without any font', function () {
  this.timeout(120_000);

  it('are legible: each letter, figure and sign of a title is drawn, and drawn in its own way', () => {
    const userDir = realpathSync(temporaryFolder('no-fonts'));
    installPackage(userDir);
    const installed = join(userDir, 'node_modules', name);
    // Nothing, a blank, and a letter of an unknown script look as they look; all others have to differ from them.
    const titles = ['', '\u{10fffd}', ...'ABCxyz0189%éßøΩαЖẞष≤≥≈∞∂→²'];
    // What a process may not read is not there for it: this one has the package and no font of the machine.
    const drawn = JSON.parse(
      execFileSync(
        process.execPath,
        [
          Number(process.versions.node.split('.')[0]) >= 23 ? '--permission' : '--experimental-permission',
          `--allow-fs-read=${userDir}/*`,
          '--allow-worker',
          '--no-warnings',
          '-e',
          program(installed, titles),
        ],
        { encoding: 'utf8', cwd: userDir, env: {} },
      ),
    ) as { fonts: string[]; different: number; sizes: number[][] };
    should(drawn.fonts).be.empty();
    should(drawn.sizes).matchEach([300, 200]);
    should(drawn.different).equal(titles.length);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import should from 'should';
import { machineFonts } from '../../../src/insight/chart/engine/machine-fonts';
import { pictureOf } from '../../../src/insight/chart/draw-chart';
import { rasterise, renderSvg } from '../../../src/insight/chart/engine/pictures';
import { labels, requestOf, rowsOf } from './labels';

const picture = (text: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><rect width="120" height="40" fill="#fff"/>` +
  `<text x="5" y="25" font-size="16" font-family="'Noto Sans', sans-serif">${text}</text></svg>`;

describe('a picture as SVG', () => {
  it('lets others have their turn while it is drawn', async () => {
    const rows = rowsOf(500, (step) => ({ step, p: 1 / step }));
    const picture = await pictureOf(rows, requestOf('residuals'), labels);
    let turns = 0;
    let isDrawn = false;
    const drawn = renderSvg(picture, 900, 500).finally(() => (isDrawn = true));
    for (; !isDrawn; turns++) await setImmediate();
    should(await drawn).startWith('<svg');
    should(turns).be.above(2);
  });
});

describe('a picture as PNG', () => {
  it('has the size of the picture', async () => {
    const png = await rasterise(picture(''));
    should(png.toString('latin1', 1, 4)).equal('PNG');
    should([png.readUInt32BE(16), png.readUInt32BE(20)]).eql([120, 40]);
  });

  it('has letters of its own fonts, whatever fonts the machine has', async () => {
    const letters = ['', 'A', 'B', 'é', 'Ω', 'α', 'Ж', 'ẞ', 'ष', '−', '…', '≤', '≥', '≈', '∞', '∂', '→', 'Δ'];
    const pngs = await Promise.all(letters.map((letter) => rasterise(picture(letter))));
    // A letter that no font has is drawn as nothing or as the same box.
    should(new Set(pngs.map((png) => png.toString('base64'))).size).equal(letters.length);
  });

  it('keeps nothing of a picture that can’t be read, and draws the next', async () => {
    await should(rasterise('<svg')).be.rejected();
    should((await rasterise(picture('A'))).length).be.above(100);
  });
});

describe('fonts of the machine', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'fonts-'));
    mkdirSync(join(folder, 'truetype', 'cjk'), { recursive: true });
    for (const file of [
      'NanumGothicBold.ttf',
      'NanumGothic.ttf',
      'cjk/ipag.ttf',
      'cjk/notes.txt',
      'DejaVuSans.ttf',
    ]) {
      writeFileSync(join(folder, 'truetype', file), '');
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  const found = async (text: string) =>
    (await machineFonts(text, [folder, join(folder, 'none')])).map((file) => file.slice(folder.length + 10));

  it('are looked for only for letters that the own ones do not have', async () => {
    should(await found('Ux αβγ Жж °C ² ≤')).eql([]);
    should(await found('p ≤ 1e-5, ∂p/∂x → 0')).eql([]);
    should(await found('m·s⁻¹')).eql(['DejaVuSans.ttf']);
    should(await found('잔차')).eql(['NanumGothic.ttf', 'DejaVuSans.ttf']);
    should(await found('残差の')).containDeep(['cjk/ipag.ttf']);
  });

  it('may be none', async () => {
    should(await machineFonts('残差', [join(folder, 'none')])).eql([]);
  });
});

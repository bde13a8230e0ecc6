// Bundles, from development dependencies into dist/bundles, what pictures are drawn with (the drawing library, and the thread
// that draws with the rasteriser, each as one file that loads with `require`, and the fonts: docs/decisions/charts-library.md), the engine that
// users' expressions are matched by (docs/decisions/expressions-of-users.md), and all their licences.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const modules = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');
const folderOf = (name) => join(modules, name);

/** What Noto Sans is cut into, and its weights: the text and the title of a picture. */
const FONTS = [
  'latin',
  'latin-ext',
  'greek',
  'greek-ext',
  'cyrillic',
  'cyrillic-ext',
  'vietnamese',
  'devanagari',
];
const WEIGHTS = [400, 700];

export function bundle(root, target) {
  const chart = join(root, 'src', 'insight', 'chart', 'bundled');
  const entries = {
    charts: join(chart, 'charts.mts'),
    'drawing-thread': join(chart, 'drawing-thread.mts'),
    expressions: join(folderOf('re2js'), 'build', 'index.cjs'),
  };
  for (const [name, entry] of Object.entries(entries)) {
    buildSync({
      entryPoints: [entry],
      outfile: join(target, `${name}.js`),
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      legalComments: 'eof',
      logLevel: 'warning',
      define: { 'process.env.NODE_ENV': '"production"' },
    });
  }
  keepTextsApart(join(target, 'charts.js'));
  cpSync(join(folderOf('@resvg/resvg-wasm'), 'index_bg.wasm'), join(target, 'resvg.wasm'));

  const fontFolder = join(target, 'fonts');
  mkdirSync(fontFolder, { recursive: true });
  const notoSans = folderOf('@fontsource/noto-sans');
  const math = folderOf('@fontsource/noto-sans-math');
  for (const weight of WEIGHTS) {
    for (const [place, part] of FONTS.entries()) {
      const woff = readFileSync(join(notoSans, 'files', `noto-sans-${part}-${weight}-normal.woff`));
      // By its place the rasteriser takes the Latin part first, and the others for what that has not.
      writeFileSync(join(fontFolder, `${place}-noto-sans-${part}-${weight}.ttf`), unpackedFont(woff));
    }
  }
  const signs = readFileSync(join(math, 'files', 'noto-sans-math-latin-400-normal.woff'));
  // Last, for it has letters of formulas too.
  writeFileSync(join(fontFolder, `${FONTS.length}-noto-sans-math-400.ttf`), unpackedFont(signs));
  writeLicences(target, notoSans, math);
}

/**
 * The drawing library keeps widths of texts on a plain object, by the texts: one that is a name of every object (`__proto__`)
 * would be written into what all objects have in common, and break all that runs in this Node-RED.
 */
function keepTextsApart(path) {
  const plain = 'this._map={}';
  const code = readFileSync(path, 'utf8');
  if (!code.includes(plain))
    throw new Error('the drawing library keeps texts in another way: look at its cache');
  writeFileSync(path, code.replaceAll(plain, 'this._map=Object.create(null)'));
}

/** WOFF 1.0 as the OpenType font in it: the same tables, inflated, behind a directory of another form. */
function unpackedFont(woff) {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('this is no WOFF');
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) => {
    const entry = 44 + index * 20;
    const offset = woff.readUInt32BE(entry + 4);
    const packed = woff.subarray(offset, offset + woff.readUInt32BE(entry + 8));
    const length = woff.readUInt32BE(entry + 12);
    return {
      tag: woff.subarray(entry, entry + 4),
      checksum: woff.subarray(entry + 16, entry + 20),
      data: packed.length < length ? inflateSync(packed) : packed,
    };
  });
  const powers = Math.floor(Math.log2(count));
  const head = Buffer.alloc(12 + count * 16);
  woff.copy(head, 0, 4, 8);
  head.writeUInt16BE(count, 4);
  head.writeUInt16BE(2 ** powers * 16, 6);
  head.writeUInt16BE(powers, 8);
  head.writeUInt16BE((count - 2 ** powers) * 16, 10);
  let offset = head.length;
  const parts = [head];
  tables.forEach(({ tag, checksum, data }, index) => {
    const entry = 12 + index * 16;
    tag.copy(head, entry);
    checksum.copy(head, entry + 4);
    head.writeUInt32BE(offset, entry + 8);
    head.writeUInt32BE(data.length, entry + 12);
    const padding = Buffer.alloc((4 - (data.length % 4)) % 4);
    parts.push(data, padding);
    offset += data.length + padding.length;
  });
  return Buffer.concat(parts);
}

function writeLicences(target, notoSans, math) {
  const about = (name) => {
    const { version, license } = JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'));
    return `${name} ${version}, ${license}`;
  };
  const text = (name, file) => readFileSync(join(folderOf(name), file), 'utf8').trim();
  const parts = [
    ['charts.js', about('echarts'), text('echarts', 'NOTICE'), text('echarts', 'LICENSE')],
    ['charts.js', about('zrender'), text('zrender', 'LICENSE')],
    ['charts.js', about('tslib'), text('tslib', 'LICENSE.txt')],
    [
      'drawing-thread.js, resvg.wasm',
      about('@resvg/resvg-wasm'),
      'Its source is at https://github.com/thx/resvg-js, its licence, the Mozilla Public License 2.0, at https://mozilla.org/MPL/2.0/.',
    ],
    ['expressions.js', about('re2js'), text('re2js', 'LICENSE')],
    ['../nodes/palette.js', about('valibot'), text('valibot', 'LICENSE.md')],
    ['fonts/', about('@fontsource/noto-sans'), readFileSync(join(notoSans, 'LICENSE'), 'utf8').trim()],
    ['fonts/', about('@fontsource/noto-sans-math'), readFileSync(join(math, 'LICENSE'), 'utf8').trim()],
  ];
  writeFileSync(
    join(target, 'LICENSES.txt'),
    `The files in this folder are made of other people's works, unchanged but for being bundled.\n\n${parts
      .map((lines) => lines.join('\n\n'))
      .join(`\n\n${'='.repeat(100)}\n\n`)}\n`,
  );
}

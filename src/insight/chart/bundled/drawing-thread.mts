/**
 * The thread that draws, so that the flows go on meanwhile. The build bundles this file with the rasteriser; its WebAssembly,
 * the drawing library and the fonts lie beside the bundle, and each is loaded when it is first needed
 * (docs/decisions/charts-library.md).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import type { renderSvg } from './charts.mjs';
import type { Order } from '../engine/drawing-thread.js';

const { folder } = workerData as { folder: string };
const fontFolder = join(folder, 'fonts');
const load = createRequire(join(folder, 'charts.js'));
/** By their files, each read once; a font with Chinese characters is tens of megabytes. */
const knownFonts = new Map<string, Uint8Array>();
let prepared: Promise<unknown> | undefined;
/** All letters of most pictures are in the first part of the own font, and each font costs time in each picture. */
const FIRST_PART = /^0-.*\.ttf$/;
const OTHER_LETTERS = /[^\u0000-\u00ff]/;

parentPort!.on('message', ({ id, order }: { id: number; order: Order }) => {
  void draw(order).then(
    (drawn) =>
      parentPort!.postMessage(
        { id, drawn },
        drawn instanceof Uint8Array ? [drawn.buffer as ArrayBuffer] : [],
      ),
    (error: unknown) =>
      parentPort!.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});

async function draw(order: Order): Promise<string | Uint8Array> {
  if (order.format === 'png') return rasterised(order.svg, order.fonts);
  const library = load('./charts.js') as { renderSvg: typeof renderSvg };
  return library.renderSvg(order.option, order.width, order.height);
}

async function rasterised(svg: string, fonts: readonly string[]): Promise<Uint8Array> {
  await (prepared ??= initWasm(readFileSync(join(folder, 'resvg.wasm'))));
  const resvg = new Resvg(svg, {
    font: { fontBuffers: [...ownFonts(svg), ...fonts].flatMap(readFont), defaultFontFamily: 'Noto Sans' },
    textRendering: 1,
  });
  try {
    const image = resvg.render();
    const png = Uint8Array.from(image.asPng());
    image.free();
    return png;
  } finally {
    resvg.free();
  }
}

function ownFonts(svg: string): string[] {
  const wanted = OTHER_LETTERS.test(svg) ? /\.ttf$/ : FIRST_PART;
  return readdirSync(fontFolder)
    .filter((name) => wanted.test(name))
    .sort()
    .map((name) => join(fontFolder, name));
}

function readFont(file: string): Uint8Array[] {
  const known = knownFonts.get(file);
  if (known) return [known];
  try {
    const font = new Uint8Array(readFileSync(file));
    knownFonts.set(file, font);
    return [font];
  } catch {
    return [];
  }
}

/**
 * The worker that makes pixels of a picture, so that the flows go on meanwhile. The build bundles this file with the
 * rasteriser; its WebAssembly and the fonts lie beside the bundle (docs/decisions/charts-library.md).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

interface Order {
  id: number;
  svg: string;
  /** Files of fonts of this machine, for letters that the fonts beside the bundle do not have. */
  fonts: string[];
}

const { folder } = workerData as { folder: string };
const fontFolder = join(folder, 'fonts');
const ownFonts = readdirSync(fontFolder)
  .filter((name) => name.endsWith('.ttf'))
  .sort()
  .map((name) => new Uint8Array(readFileSync(join(fontFolder, name))));
/** Read once; a font with Chinese characters is tens of megabytes. */
const machineFonts = new Map<string, Uint8Array>();
const ready = initWasm(readFileSync(join(folder, 'resvg.wasm')));

parentPort!.on('message', (order: Order) => {
  void draw(order).then(
    (png) => parentPort!.postMessage({ id: order.id, png }, [png.buffer as ArrayBuffer]),
    (error: unknown) =>
      parentPort!.postMessage({
        id: order.id,
        error: error instanceof Error ? error.message : String(error),
      }),
  );
});

async function draw({ svg, fonts }: Order): Promise<Uint8Array> {
  await ready;
  const resvg = new Resvg(svg, {
    font: { fontBuffers: [...ownFonts, ...fonts.flatMap(readFont)], defaultFontFamily: 'Noto Sans' },
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

function readFont(file: string): Uint8Array[] {
  const known = machineFonts.get(file);
  if (known) return [known];
  try {
    const font = new Uint8Array(readFileSync(file));
    machineFonts.set(file, font);
    return [font];
  } catch {
    return [];
  }
}

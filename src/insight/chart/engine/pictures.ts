import { drawInThread } from './drawing-thread';
import { machineFonts } from './machine-fonts';

/** A picture as SVG. The option is plain data. */
export async function renderSvg(option: object, width: number, height: number): Promise<string> {
  return (await drawInThread({ format: 'svg', option, width, height })) as string;
}

/** A picture as PNG. */
export async function rasterise(svg: string): Promise<Buffer> {
  const fonts = await machineFonts(svg);
  const png = (await drawInThread({ format: 'png', svg, fonts })) as Uint8Array;
  return Buffer.from(png.buffer, png.byteOffset, png.byteLength);
}

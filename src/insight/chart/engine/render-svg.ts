import { join } from 'node:path';
import { textWidth } from '../model/text';
import { bundleFolder } from '../../bundles/bundle-folder';

interface Library {
  setTextWidth(measure: typeof textWidth): void;
  renderSvg(option: object, width: number, height: number): string;
}

let library: Library | undefined;

/** Loaded at the first picture. */
function load(): Library {
  if (library) return library;
  const loaded = module.require(join(bundleFolder(), 'charts.js')) as Library;
  loaded.setTextWidth(textWidth);
  library = loaded;
  return loaded;
}

/** Coordinates in paths to a tenth of a pixel: more digits can't be seen, and are half of the picture. */
const PATH = / d="([^"]*)"/g;
const FRACTION = /-?\d*\.\d{2,}(?:e-?\d+)?/g;
/** What only a pointer in a browser would ask for. No text of the picture is like it: quotes in texts are escaped. */
const FOR_POINTERS =
  / (?:ecmeta_\w+|class|pointer-events)="[^"]*"|<style ?>(?:(?!<\/style>)[\s\S])*<\/style>\n?/g;

/** A picture as SVG. */
export function renderSvg(option: object, width: number, height: number): string {
  const svg = load().renderSvg(option, width, height);
  return svg
    .replace(PATH, (_, path: string) => ` d="${path.replace(FRACTION, shortNumber)}"`)
    .replace(FOR_POINTERS, '');
}

const shortNumber = (written: string): string => String(Math.round(Number(written) * 10) / 10);

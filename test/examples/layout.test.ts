import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import should from 'should';

interface Placed {
  id: string;
  type: string;
  name?: string;
  x: number;
  y: number;
}

const root = join(__dirname, '..', '..');
const folder = join(root, 'examples');
/** What is left of a window of 1440 pixels between palette and sidebar, on both lines of Node-RED. */
const ROOM = 915;
/** Pixels from row to row, and between two nodes of a row: a wire must be seen. */
const ROW = 40;
const BETWEEN = 20;

const placedNodes = (file: string): Placed[] =>
  (JSON.parse(readFileSync(join(folder, file), 'utf8')) as Placed[]).filter(({ x }) => x !== undefined);

describe('the examples on the canvas', () => {
  let shownWidth: (node: { type: string; name?: string }) => number;
  before(async () => {
    const address = pathToFileURL(join(root, 'scripts', 'demo-language.mjs')).href;
    ({ shownWidth } = (await import(address)) as { shownWidth: typeof shownWidth });
  });

  /** One without a name is called by what it does and to which job, at the longest. */
  const named = (node: Placed) => ({
    ...node,
    name: node.name || (node.type.startsWith('rescale-') ? `${node.type.slice(8)} of foamSweep` : ''),
  });

  /** Left and right edge; an inject and a debug node have a button beside them. */
  function edges(node: Placed) {
    const half = shownWidth(named(node)) / 2;
    return {
      ...node,
      left: node.x - half - (node.type === 'inject' ? 20 : 0),
      right: node.x + half + (node.type === 'debug' ? 25 : 0),
    };
  }

  for (const file of readdirSync(folder)) {
    it(`${file} fits into a window of 1440 pixels, and no node lies over another`, () => {
      const placed = placedNodes(file).map(edges);
      for (const one of placed) {
        const about = `${one.type} “${one.name ?? ''}”`;
        should(one.left).be.aboveOrEqual(0, `${about} is cut off at the left`);
        should(one.right).be.belowOrEqual(ROOM, `${about} ends at ${one.right}`);
        const near = placed.find(
          (other) =>
            other.id !== one.id &&
            Math.abs(other.y - one.y) < ROW &&
            other.left < one.right + BETWEEN &&
            one.left < other.right + BETWEEN,
        );
        if (near) throw new Error(`${about} touches ${near.type} “${near.name ?? ''}”`);
      }
    });
  }
});

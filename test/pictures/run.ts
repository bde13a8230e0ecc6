/**
 * `npm run pictures`: makes the pictures of README.md that show results anew, in a real Node-RED with the packed package and the
 * simulator: the mail of example 35, its front, light and dark, and the dashboard of 39. `-- mail` makes that one.
 * Those of dialogs come from `RESCALE_SCREENSHOTS=folder npm run test:browser`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import { withRecipeNodes } from '../real/runtimes';
import { projectFolder, script } from '../real/scripts';

const images = join(projectFolder, 'docs', 'images');
const example = (name: string): FlowNode[] =>
  JSON.parse(readFileSync(join(projectFolder, 'examples', `${name}.json`), 'utf8')) as FlowNode[];

interface Mail {
  html: string;
  picture: string;
}

/** Waits for what a flow hands over; the simulator's sweep takes half a minute and more. */
async function recorded<Value>(nodeRed: NodeRed, name: string): Promise<Value> {
  for (let patience = 600; patience > 0; patience--) {
    const [value] = nodeRed.recorded<Value>(name);
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${name} did not come:\n${nodeRed.log().slice(-2000)}`);
}

const recorder = (id: string, name: string, value: string): Partial<FlowNode> => ({
  id,
  type: 'function',
  func: `global.get('record')('${name}', ${value}); return null;`,
  wires: [],
});

/** The mail of a sweep, and its front as a chart of its own on light and on dark. */
async function mail(nodeRed: NodeRed, page: Page): Promise<void> {
  const flow = example('35 - e-mail with table and picture');
  const find = (test: (node: FlowNode) => boolean) => flow.find(test)!;
  const chart = find(({ type }) => type === 'rescale-draw-chart');
  const table = find(({ wires }) => JSON.stringify(wires) === JSON.stringify([[chart.id]]));
  const place = find(({ name }) => name === 'E-mail');
  Object.assign(
    place,
    recorder(
      place.id,
      'mail',
      `{ html: msg.payload, picture: msg.attachments[0].content.toString('base64') }`,
    ),
  );
  for (const theme of ['light', 'dark']) {
    const drawing = { ...chart, id: `front-${theme}`, theme, to: 'payload', wires: [[`kept-${theme}`]] };
    const kept = recorder(`kept-${theme}`, `front-${theme}`, `msg.payload.toString('base64')`);
    flow.push(drawing, { ...kept, z: chart.z } as FlowNode);
    (table.wires as string[][])[0]!.push(drawing.id);
  }
  await nodeRed.deploy(flow);
  await nodeRed.inject(find(({ type }) => type === 'inject').id);
  for (const theme of ['light', 'dark']) {
    const picture = await recorded<string>(nodeRed, `front-${theme}`);
    writeFileSync(join(images, `front-${theme}.png`), Buffer.from(picture, 'base64'));
  }
  const { html, picture } = await recorded<Mail>(nodeRed, 'mail');
  await page.setViewportSize({ width: 960, height: 400 });
  await page.setContent(html.replace('cid:front', `data:image/png;base64,${picture}`));
  await page.locator('img').evaluate((image: HTMLImageElement) => image.decode());
  await page.screenshot({ path: join(images, 'mail.png'), fullPage: true });
}

const dashboard =
  (name: string, path: string, file: string, isFull: (page: Page) => Promise<unknown>) =>
  async (nodeRed: NodeRed, page: Page): Promise<void> => {
    await nodeRed.deploy(example(name));
    await page.setViewportSize({ width: 1300, height: 640 });
    await page.goto(`${nodeRed.origin}/dashboard/${path}`);
    await isFull(page);
    await page.screenshot({ path: join(images, file), fullPage: true });
  };

const LONGEST = { timeout: 300_000 };

const pictures: Record<string, (nodeRed: NodeRed, page: Page) => Promise<void>> = {
  mail,
  converge: dashboard('39 - residuals on a dashboard', 'converge', 'watch-it-converge.png', async (page) => {
    await page.locator('canvas').nth(2).waitFor(LONGEST);
    await page.waitForTimeout(60_000);
  }),
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const nodeRed = await startNodeRed({ runtime: '4.1', settings: withRecipeNodes() });
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? script('chromium.mjs').trim(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    for (const [name, make] of Object.entries(pictures)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      console.log(`${name} …`);
      // What a dashboard keeps for later is told by a notice over it.
      await make(nodeRed, await browser.newPage({ serviceWorkers: 'block' }));
    }
  } finally {
    await browser.close();
    await nodeRed.remove();
  }
}

void main();

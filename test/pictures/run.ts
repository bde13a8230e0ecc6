/**
 * `npm run pictures`: makes the pictures of README.md anew, in real Node-REDs with the packed package and the simulator: the mail
 * of example 35, its front, light and dark, the dashboard of 39, and from Node-RED 5 the demo and three of its dialogs.
 * `-- mail` makes that one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import { withRecipeNodes, type Runtime } from '../real/runtimes';
import { projectFolder, script } from '../real/scripts';
import { demo, demoEnvironment, dialogOf, platform } from './editor';

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

type Make = (nodeRed: NodeRed, page: Page) => Promise<void>;

/** What each line of Node-RED is the place for. */
const pictures: Record<Runtime, Record<string, Make>> = {
  '4.1': {
    mail,
    converge: dashboard(
      '39 - residuals on a dashboard',
      'converge',
      'watch-it-converge.png',
      async (page) => {
        await page.locator('canvas').nth(2).waitFor(LONGEST);
        await page.waitForTimeout(60_000);
      },
    ),
  },
  '5': {
    demo: (nodeRed, page) => demo(nodeRed, page, join(images, 'demo.png')),
    watch: (nodeRed, page) =>
      dialogOf('rescale-watch-runs')(nodeRed, page, join(images, 'watch-runs-light.png')),
    tail: (nodeRed, page) =>
      dialogOf('rescale-tail-file', true)(nodeRed, page, join(images, 'tail-file-light.png')),
    platform: (nodeRed, page) => platform(nodeRed, page, join(images, 'platform-dark.png')),
  },
};

async function makeOn(runtime: Runtime, wanted: readonly string[], browser: Browser): Promise<void> {
  const chosen = Object.entries(pictures[runtime]).filter(
    ([name]) => wanted.length === 0 || wanted.includes(name),
  );
  if (chosen.length === 0) return;
  const settings = { ...withRecipeNodes(), editorTheme: { tours: false } };
  const nodeRed = await startNodeRed({ runtime, settings, env: demoEnvironment });
  try {
    for (const [name, make] of chosen) {
      console.log(`${name} …`);
      // What a dashboard keeps for later is told by a notice over it.
      await make(nodeRed, await browser.newPage({ serviceWorkers: 'block' }));
    }
  } finally {
    await nodeRed.remove();
  }
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? script('chromium.mjs').trim(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    for (const runtime of ['4.1', '5'] as const) await makeOn(runtime, wanted, browser);
  } finally {
    await browser.close();
  }
}

void main();

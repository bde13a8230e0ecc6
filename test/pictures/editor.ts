/** The pictures of README.md that show the editor: the demo after its buttons were pressed, and three of its dialogs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import type { FlowNode, NodeRed } from '../real/node-red';
import { projectFolder } from '../real/scripts';

const demoFlows = JSON.parse(readFileSync(join(projectFolder, 'demo', 'flows.json'), 'utf8')) as FlowNode[];
const [start] = demoFlows;
const PLATFORM = demoFlows.find(({ name }) => name === 'demo platform')!.id;
const firstOf = (type: string) => demoFlows.find((node) => node.type === type)!.id;
const buttons = demoFlows.filter(({ type, z }) => type === 'inject' && z === start!.id);

/** What the demo finds in its environment when it talks to the simulator. */
export const demoEnvironment = {
  RESCALE_API_URL: 'simulator',
  RESCALE_API_KEY: 'simulator',
  RESCALE_JOB_ID: 'foamSweep',
  RESCALE_DEMO_FOLDER: 'outputs',
};

/** What a run needs here until it has ended, and some more. */
const FIRST_END = 45_000;
/** Between two presses, so that each result is there before the next one. */
const PAUSE = 4_000;

/** The demo as it is shipped, opened at its first tab. */
async function openDemo(nodeRed: NodeRed, page: Page): Promise<void> {
  // `npm start` puts the name of the variable there, too.
  const credentials = { token: '${RESCALE_API_KEY}' };
  await nodeRed.deploy(demoFlows.map((node) => (node.id === PLATFORM ? { ...node, credentials } : node)));
  await page.setViewportSize({ width: 1500, height: 900 });
  await page.goto(nodeRed.editor, { waitUntil: 'commit' });
  await page.locator('.red-ui-palette-node[data-palette-type="rescale-list-runs"]').waitFor();
  await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
}

/** The first tab, with what its buttons brought in the debug sidebar. */
export async function demo(nodeRed: NodeRed, page: Page, file: string): Promise<void> {
  await openDemo(nodeRed, page);
  await page.evaluate("RED.actions.invoke('core:show-debug-tab')");
  for (const [turn, { id }] of buttons.entries()) {
    await nodeRed.inject(id);
    await page.waitForTimeout(turn === 0 ? FIRST_END : PAUSE);
  }
  await page.screenshot({ path: file });
}

/** Takes the dialog on top down to `height`; longer ones go on below. */
async function takeDialog(page: Page, height: number, file: string): Promise<void> {
  // Trays slide in.
  await page.waitForFunction('$(".red-ui-tray, #red-ui-editor-stack").filter(":animated").length === 0');
  // The tray itself has a margin, through which the flow is seen.
  const { x, y, width } = (await page.locator('.red-ui-tray-header').last().boundingBox())!;
  await page.mouse.move(0, 0);
  await page.screenshot({ path: file, clip: { x, y, width, height } });
}

const HEIGHT = 800;

export const dialogOf =
  (type: string, unfolded = false) =>
  async (nodeRed: NodeRed, page: Page, file: string): Promise<void> => {
    await openDemo(nodeRed, page);
    await page.evaluate(`RED.editor.edit(RED.nodes.node(${JSON.stringify(firstOf(type))}))`);
    await page.locator('#node-dialog-ok').waitFor();
    if (unfolded) await page.locator('#rescale-advanced > summary').click();
    await takeDialog(page, HEIGHT, file);
  };

/** The platform, dark, after its connection was tested. */
export async function platform(nodeRed: NodeRed, page: Page, file: string): Promise<void> {
  await openDemo(nodeRed, page);
  await page.evaluate("document.documentElement.classList.add('nr-theme-dark')");
  await page.evaluate(`RED.editor.editConfig('', 'rescale-platform', ${JSON.stringify(PLATFORM)})`);
  await page.locator('#node-config-dialog-ok').waitFor();
  await page.locator('#rescale-advanced > summary').click();
  await page.locator('#rescale-test').click();
  await page.locator('#rescale-test-answer', { hasText: 'answers' }).waitFor();
  await takeDialog(page, HEIGHT, file);
}

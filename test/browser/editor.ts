/**
 * Node-RED's editor as a person uses it: nodes are dragged, wired and opened with the mouse, and dialogs are filled
 * through what is visible. The same for Node-RED 4.1 and 5.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

import type { Simulator } from '../../src/simulator';
import type { NodeRed } from '../real/node-red';
import { openPage } from './browser';

export interface Editor {
  readonly page: Page;
  readonly troubles: readonly string[];
  received(): Promise<string>;
  /** Loads the editor (again), with what is deployed. */
  load(): Promise<void>;
  logIn(username: string, password: string): Promise<void>;
  /** Drags a node from the palette to a place in the flow; its id. */
  drag(type: string, place: { x: number; y: number }): Promise<string>;
  /** Draws a wire from the first output of one node to the input of another. */
  wire(from: string, to: string): Promise<void>;
  /** Opens the dialog of a node with a double click. */
  open(nodeId: string): Promise<Dialog>;
  /** The dialog that is on top. */
  dialog(): Dialog;
  deploy(): Promise<void>;
  /** Presses the button of an inject node. */
  press(nodeId: string): Promise<void>;
  /** What the debug sidebar shows from a debug node of this name, as soon as it says what is expected. */
  debugged(name: string, expected: RegExp): Promise<string>;
  /** Waits until the flow shows the node with this label. */
  label(nodeId: string, text: string): Promise<void>;
  /** What Node-RED says about a node that can't work, as its red triangle tells it. */
  complaints(nodeId: string): Promise<string[]>;
  /** Keeps a picture of the whole editor where RESCALE_SCREENSHOTS names a folder. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

/** What a dialog holds: a text, a tick, or a typed field as [type, value]. */
export type Held = string | boolean | [type: string, value: string];

export interface Dialog {
  readonly element: Locator;
  control(name: string): Locator;
  set(name: string, value: Held): Promise<void>;
  read(name: string, like: Held): Promise<Held>;
  /** Opens the search list of a field with its button. */
  search(name: string): Promise<Locator>;
  /** Searches for `words` and takes the first that fits, with the keyboard alone. */
  pick(name: string, words: string): Promise<void>;
  done(): Promise<void>;
  cancel(): Promise<void>;
  /** Keeps a picture where RESCALE_SCREENSHOTS names a folder. */
  picture(name: string): Promise<void>;
}

interface Opened {
  editor?: Editor;
  nodeRed?: NodeRed;
  rescale?: Simulator;
}

/** For the `describe` of each suite in the editor. Keeps a picture after a failed test; `opened` is what `before` has opened. */
export function closeAfterwards(picture: string, opened: () => Opened): void {
  after(async () => {
    const { editor, nodeRed, rescale } = opened();
    await editor?.close();
    await nodeRed?.remove();
    await rescale?.close();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await opened().editor?.picture(picture);
  });
}

const pictures = process.env['RESCALE_SCREENSHOTS'];
const byId = (id: string) => `[id="${id}"]`;

export async function openEditor(nodeRed: NodeRed, language?: string): Promise<Editor> {
  const watched = await openPage({ language });
  const { page, troubles } = watched;
  page.setDefaultTimeout(15_000);
  const node = (id: string) => page.locator(byId(id));

  async function center(element: Locator): Promise<{ x: number; y: number }> {
    const box = await element.boundingBox();
    if (!box) throw new Error(`${String(element)} is not visible`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  async function dragTo(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
  }

  const ids = () => page.evaluate<string[]>('RED.nodes.filterNodes({}).map((node) => node.id)');
  const trays = () => page.locator('.red-ui-tray');

  function dialog(): Dialog {
    const element = trays().last();
    const control = (name: string) =>
      element.locator(`#node-config-input-${name}, #node-input-${name}, #rescale-${name}`);
    const box = (name: string) =>
      element.locator(
        `#node-input-${name} + .red-ui-typedInput-container, #node-input-${name}-typed + .red-ui-typedInput-container`,
      );
    const unit = (name: string) =>
      element.locator(`#node-config-input-${name}-unit, #node-input-${name}-unit`);
    /** Quantities are filled here in the unit in which they are stored: the first one. */
    const inStoredUnit = async (name: string) => {
      if (await unit(name).isVisible()) await unit(name).selectOption({ index: 0 });
    };

    /** Opens the fold in which a field is. */
    const unfold = async (name: string) => {
      const fold = element.locator('details:not([open])', {
        has: page.locator(`#node-config-input-${name}, #node-input-${name}`),
      });
      if ((await fold.count()) > 0) await fold.locator('> summary').click();
    };

    async function close(button: string): Promise<void> {
      const closing = await element.elementHandle();
      await element.locator(button).click();
      await closing.waitForElementState('hidden');
      // The tray slides out; what lies below takes no click before.
      await page.waitForFunction('$(".red-ui-tray, #red-ui-editor-stack").filter(":animated").length === 0');
    }

    const self: Dialog = {
      element,
      control,
      async set(name, value) {
        await unfold(name);
        if (typeof value === 'boolean') return control(name).setChecked(value);
        if (Array.isArray(value)) {
          const [type, text] = value;
          await box(name).locator('.red-ui-typedInput-type-select').click();
          await page.locator(`.red-ui-typedInput-options:visible a[value="${type}"]`).click();
          await inStoredUnit(name);
          const input = box(name).locator('.red-ui-typedInput-input');
          await input.fill(text);
          await input.press('Tab');
          return;
        }
        const tag = await control(name).evaluate((found) => found.tagName);
        if (tag === 'SELECT') await control(name).selectOption(value);
        else {
          await inStoredUnit(name);
          const hidden = (await control(name).getAttribute('type')) === 'hidden';
          const input = hidden
            ? element.locator(`#node-config-input-${name}-value, #node-input-${name}-value`)
            : control(name);
          await input.fill(value);
          await input.press('Tab');
        }
      },
      async read(name, like) {
        if (typeof like === 'boolean') return control(name).isChecked();
        const value = await control(name).inputValue();
        return Array.isArray(like) ? [await control(`${name}Type`).inputValue(), value] : value;
      },
      async search(name) {
        await box(name).locator('+ .rescale-search').click();
        const list = page.getByRole('listbox');
        await list.waitFor();
        await page.waitForFunction(
          'document.querySelector(".rescale-list [role=option]") || !/…$/.test(document.querySelector(".rescale-list").textContent)',
        );
        return list;
      },
      async pick(name, words) {
        const list = await self.search(name);
        await page.keyboard.type(words);
        await list.getByRole('option').first().waitFor();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await list.waitFor({ state: 'detached' });
      },
      done: () => close('#node-dialog-ok, #node-config-dialog-ok'),
      cancel: () => close('#node-dialog-cancel, #node-config-dialog-cancel'),
      async picture(name) {
        if (!pictures) return;
        const folder = join(pictures, nodeRed.runtime);
        mkdirSync(folder, { recursive: true });
        for (const theme of nodeRed.runtime === '5' ? ['light', 'dark'] : ['light']) {
          await page.evaluate(
            `document.documentElement.classList.toggle('nr-theme-dark', ${theme === 'dark'})`,
          );
          await element.screenshot({ path: join(folder, `${name}-${theme}.png`) });
        }
        await page.evaluate("document.documentElement.classList.remove('nr-theme-dark')");
      },
    };
    return self;
  }

  const editor: Editor = {
    page,
    troubles,
    received: () => watched.received(),
    dialog,
    async load() {
      await page.goto(nodeRed.editor);
      await page.locator('.red-ui-palette-node[data-palette-type="rescale-list-runs"]').waitFor();
      await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    },
    async logIn(username, password) {
      await page.goto(nodeRed.editor);
      await page.locator('#node-dialog-login-username').fill(username);
      await page.locator('#node-dialog-login-password').fill(password);
      await page.locator('#node-dialog-login-submit').click();
      await page.locator('#red-ui-workspace-chart').waitFor();
    },
    async drag(type, place) {
      const before = await ids();
      const source = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
      await source.scrollIntoViewIfNeeded();
      const chart = await page.locator('#red-ui-workspace-chart').boundingBox();
      await dragTo(await center(source), { x: chart!.x + place.x, y: chart!.y + place.y });
      const dropped = (await ids()).filter((id) => !before.includes(id));
      if (dropped.length !== 1) throw new Error(`${type} was not dropped`);
      return dropped[0]!;
    },
    async wire(from, to) {
      await dragTo(
        await center(node(from).locator('.red-ui-flow-port-output .red-ui-flow-port').first()),
        await center(node(to).locator('.red-ui-flow-port-input .red-ui-flow-port')),
      );
      const drawn = await page.evaluate<boolean>(
        `RED.nodes.filterLinks({}).some((wire) => wire.source.id === ${JSON.stringify(from)} && wire.target.id === ${JSON.stringify(to)})`,
      );
      if (!drawn) throw new Error(`there is no wire from ${from} to ${to}`);
    },
    async open(nodeId) {
      await node(nodeId).locator('.red-ui-flow-node').dblclick();
      await trays().last().locator('#node-dialog-ok').waitFor();
      await page.waitForTimeout(350);
      return dialog();
    },
    async deploy() {
      const answered = page.waitForResponse(
        (response) => response.request().method() === 'POST' && /\/flows$/.test(response.url()),
      );
      await page.locator('#red-ui-header-button-deploy').click();
      const response = await answered;
      if (!response.ok()) throw new Error(`the deploy was refused: ${response.status()}`);
      await page.waitForFunction('!RED.nodes.dirty()');
    },
    async press(nodeId) {
      await node(nodeId).locator('.red-ui-flow-node-button-button').click();
    },
    async debugged(name, expected) {
      await page.evaluate("RED.actions.invoke('core:show-debug-tab')");
      const message = page.locator('.red-ui-debug-msg', {
        has: page.locator('.red-ui-debug-msg-name', { hasText: name }),
      });
      await message.first().waitFor({ state: 'attached' });
      // A node that sends several messages may have sent only its first by now.
      for (;;) {
        const count = await message.count();
        const said = (await message.allTextContents()).join('\n');
        if (expected.test(said)) return said;
        await message.nth(count).waitFor({ state: 'attached' });
      }
    },
    async label(nodeId, text) {
      await node(nodeId).locator('.red-ui-flow-node-label', { hasText: text }).waitFor();
    },
    complaints: (nodeId) =>
      page.evaluate<string[]>(`RED.nodes.node(${JSON.stringify(nodeId)}).validationErrors || []`),
    async picture(name) {
      if (pictures) await page.screenshot({ path: join(pictures, nodeRed.runtime, `${name}.png`) });
    },
    async close() {
      await page.context().close();
    },
  };
  return editor;
}

import 'should';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startSimulator, type Simulator } from '../../src/simulator';
import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import { runtimes } from '../real/runtimes';
import { projectFolder } from '../real/scripts';
import { job } from './cases';
import { closeAfterwards, openEditor, type Editor } from './editor';

const TOKEN = 'canary-51c0ffee';
const place = { z: 'flow', wires: [[]] };
const node = (id: string, type: string, y: number, more: object = {}): FlowNode => ({
  ...place,
  id,
  type,
  x: 400,
  y,
  platform: 'platform',
  version: 1,
  ...more,
});
const fromMessage = { jobId: 'jobId', jobIdType: 'msg', runId: 'runId', runIdType: 'msg' };

/** Where a person would stumble: each stone that was found lies here, and stays away. */
for (const runtime of runtimes) {
  describe(`no friction in the editor of Node-RED ${runtime}`, function () {
    this.timeout(60_000);
    let rescale: Simulator;
    let nodeRed: NodeRed;
    let editor: Editor;

    before(async () => {
      rescale = await startSimulator({ token: TOKEN });
      rescale.createJob(job);
      rescale.advance(180);
      nodeRed = await startNodeRed({
        runtime,
        settings: {
          editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
        },
      });
      await nodeRed.deploy([
        { id: 'flow', type: 'tab', label: 'Flow' },
        {
          id: 'platform',
          type: 'rescale-platform',
          url: rescale.origin,
          version: 1,
          rate: 1.7,
          name: 'Wind',
          credentials: { token: TOKEN },
        },
        {
          id: 'kept',
          type: 'rescale-platform',
          url: rescale.origin,
          name: 'Kept',
          readOnly: true,
          credentials: { token: TOKEN },
        },
        {
          id: 'box',
          type: 'rescale-platform',
          url: 'simulator',
          name: 'Box',
          apiVersion: 'v2',
          readOnly: false,
          speed: 60,
          tls: '',
          proxy: '',
          version: 2,
        },
        node('get', 'rescale-get-run', 60, fromMessage),
        node('list', 'rescale-list-runs', 120, { ...fromMessage, limit: 0, pageSize: 100 }),
        node('stop', 'rescale-stop-run', 180, { ...fromMessage, platform: 'kept' }),
        node('download', 'rescale-download-files', 240, {
          ...fromMessage,
          files: 'payload',
          filesType: 'msg',
          to: 'folder',
          folder: 'results',
          folderType: 'str',
          concurrency: 4,
          limitBytes: 67_108_864,
        }),
        node('wait', 'rescale-wait-run', 300, {
          ...fromMessage,
          interval: 30,
          deadline: '604800',
          deadlineType: 'num',
        }),
        node('watch', 'rescale-watch-runs', 360, {
          jobs: 'browserJob',
          jobsType: 'str',
          events: ['completed'],
          interval: 30,
          wires: [['tested']],
        }),
        node('monitor', 'rescale-monitor-run', 480, { solver: 'auto', verdicts: ['converged', 'crashed'] }),
        node('table', 'rescale-tabulate-runs', 420, { goals: [{ name: 'Cl', goal: 'max' }], columns: [] }),
        {
          ...place,
          id: 'tested',
          type: 'debug',
          name: 'tested',
          x: 700,
          y: 360,
          active: true,
          tosidebar: true,
          complete: 'topic',
          targetType: 'msg',
          wires: [],
        },
        {
          ...place,
          id: 'inject',
          type: 'inject',
          x: 120,
          y: 120,
          props: [{ p: 'payload' }],
          wires: [['list']],
        },
      ]);
      editor = await openEditor(nodeRed);
      await editor.load();
    });
    closeAfterwards('friction-failed', () => ({ editor, nodeRed, rescale }));

    it('offers the jobs, then the runs of the chosen one, where the job comes with messages', async () => {
      const dialog = await editor.open('get');
      const list = await dialog.search('runId');
      (await list.textContent())!.should.match(/The job comes with the message/);
      // A screen reader is told that the list is open, also while somebody types.
      await editor.page.keyboard.type('w');
      await list.getByRole('option', { name: 'Wing in a wind tunnel' }).waitFor();
      const input = dialog.element.locator('#node-input-runId-value');
      (await input.getAttribute('aria-expanded'))!.should.equal('true');
      await editor.page.keyboard.press('Backspace');
      // Before the jobs: after a long list nobody sees why there are jobs where runs were asked for.
      (await list.locator('> *').first().textContent())!.should.match(/The job comes with the message/);
      await list.getByRole('option', { name: 'Wing in a wind tunnel' }).click();
      await list.getByRole('option', { name: 'Run 2' }).click();
      (await dialog.read('runId', ['', ''])).should.eql(['str', '2']);
      (await dialog.read('jobId', ['', ''])).should.eql(['msg', 'jobId']);
      await dialog.cancel();
    });

    it('says at the field why it is red, also to who can’t see it', async () => {
      const dialog = await editor.open('get');
      await dialog.set('jobId', ['str', 'a/b']);
      const input = dialog.element.locator('#node-input-jobId-value');
      const why = dialog.element.locator('#rescale-why-jobId');
      await why.filter({ hasText: /no slash/ }).waitFor();
      (await input.getAttribute('aria-invalid'))!.should.equal('true');
      (await input.getAttribute('aria-describedby'))!.split(' ').should.containEql('rescale-why-jobId');
      (await input.getAttribute('title'))!.should.match(/no slash/);
      await dialog.set('jobId', ['str', 'ab']);
      await why.waitFor({ state: 'hidden' });
      ((await input.getAttribute('aria-invalid')) === null).should.equal(true);
      for (const action of ['edit', 'add']) {
        const name = await dialog.element
          .locator(`#node-input-btn-platform-${action}`)
          .getAttribute('aria-label');
        name!.should.match(/platform/);
      }
      await dialog.cancel();
    });

    it('says before the first press that nothing brings the job', async () => {
      (await editor.complaints('list')).join(' ').should.match(/jobId/);
      const dialog = await editor.open('list');
      await dialog.element.locator('#rescale-why-jobId', { hasText: /inject node/ }).waitFor();
      await dialog.set('jobId', ['str', job.id!]);
      await dialog.done();
      (await editor.complaints('list')).should.eql([]);
    });

    it('shows which platform is read-only, in the list and at the node that it refuses', async () => {
      (await editor.complaints('stop')).join(' ').should.match(/platform/i);
      const dialog = await editor.open('stop');
      const options = await dialog.control('platform').locator('option').allTextContents();
      options.should.containEql('Kept (read-only)');
      await dialog.element.locator('#rescale-why-platform', { hasText: /read-only/ }).waitFor();
      await dialog.cancel();
    });

    it('says of an empty list that it is one, and gives each row of another its room', async () => {
      const dialog = await editor.open('table');
      const box = (name: string) =>
        dialog.element.locator(`#rescale-row-${name} .red-ui-editableList-container`);
      const said = `getComputedStyle(document.querySelector('#node-input-columns-rows'), '::before').content`;
      (await editor.page.evaluate<string>(said)).should.equal('"none yet"');
      const row = (await box('goals').locator('li').boundingBox())!;
      const around = (await box('goals').boundingBox())!;
      (around.y + around.height).should.be.aboveOrEqual(row.y + row.height);
      await dialog.cancel();
    });

    it('shows a relative folder as the one it will be', async () => {
      const dialog = await editor.open('download');
      const note = dialog.element.locator('#rescale-row-folder [role=status]');
      await note.filter({ hasText: /[/\\].+results/ }).waitFor();
      await dialog.set('folder', ['str', '/data']);
      await note.filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
      await dialog.cancel();
    });

    it('shows seven days as seven days, takes 1,5 h, and never as a choice', async () => {
      let dialog = await editor.open('wait');
      const number = () => dialog.element.locator('#node-input-deadline-value');
      const unit = () => dialog.element.locator('#node-input-deadline-unit');
      (await number().inputValue()).should.equal('7');
      (await unit().inputValue()).should.equal('days');
      await number().fill('1,5 h');
      await number().press('Tab');
      (await dialog.read('deadline', '')).should.equal('5400');
      (await unit().inputValue()).should.equal('hours');
      await unit().selectOption({ label: 'never' });
      await dialog.done();
      dialog = await editor.open('wait');
      (await dialog.read('deadline', ['', ''])).should.eql(['num', '0']);
      (await unit().inputValue()).should.equal('zero');
      await dialog.cancel();
    });

    it('has hints, complaints and links that can be read, also in the dark', async () => {
      const dialog = await editor.open('wait');
      await dialog.set('jobId', ['str', 'a/b']);
      await dialog.element.locator('#rescale-why-jobId').waitFor();
      for (const dark of runtime === '5' ? [false, true] : [false]) {
        await editor.page.evaluate(`document.documentElement.classList.toggle('nr-theme-dark', ${dark})`);
        for (const text of ['.rescale-hint', '#rescale-why-jobId', '.rescale-help']) {
          const found = await editor.page.evaluate<number>(contrast(`.red-ui-tray ${text}`));
          found.should.be.aboveOrEqual(4.5, `${text}${dark ? ', dark' : ''}`);
        }
      }
      await editor.page.evaluate("document.documentElement.classList.remove('nr-theme-dark')");
      await dialog.cancel();
    });

    it('leads from a dialog to its help, and from there to the table of errors', async () => {
      const dialog = await editor.open('wait');
      await dialog.element.locator('.rescale-help').click();
      const help = (text: RegExp) => editor.page.locator('.red-ui-help', { hasText: text }).first();
      await help(/Holds a message until/).waitFor();
      await dialog.cancel();
      await editor.page.locator('a[href="#rescale-errors"]').first().click();
      await help(/refused the API key/).waitFor();
    });

    it('shows what the key is doing, and whose it is', async () => {
      const dialog = await editor.open('get');
      await dialog.element.locator('#node-input-btn-platform-edit').click();
      await editor.page.locator('#node-config-dialog-ok').waitFor();
      const platform = editor.dialog();
      await platform.element.locator('#rescale-usage > summary').click();
      const panel = platform.element.locator('#rescale-usage-panel');
      await panel.filter({ hasText: /belongs to demouser.*Jobs and runs: \d+ in the last minute/ }).waitFor();
      // What runs is what was deployed, whatever the dialog holds by now.
      const deployed = panel.filter({ hasText: /as it was deployed, not what the dialog holds now/ });
      (await deployed.count()).should.equal(0);
      await platform.control('region').selectOption({ label: 'Europe: eu.rescale.com' });
      await deployed.waitFor();
      await platform.control('token').fill('');
      await platform.element.locator('#rescale-test').click();
      await platform.element
        .locator('#rescale-test-answer', { hasText: 'Enter an API key first.' })
        .waitFor();
      await platform.cancel();
      await dialog.cancel();
    });

    it('shows the fields of a long dialog when it opens, and folds only what is rare', async () => {
      const dialog = await editor.open('monitor');
      for (const shown of ['solver', 'emit', 'verdicts'])
        (await dialog.element.locator(`#rescale-row-${shown}`).isVisible()).should.equal(true, shown);
      (await dialog.element.locator('#rescale-row-warmUp').isVisible()).should.be.false();
      await dialog.cancel();
    });

    it('begins the sweep of a simulator anew from its dialog', async () => {
      const dialog = await editor.open('get');
      await dialog.control('platform').selectOption('box');
      await dialog.element.locator('#node-input-btn-platform-edit').click();
      await editor.page.locator('#node-config-dialog-ok').waitFor();
      const platform = editor.dialog();
      await platform.element.locator('#rescale-restart').click();
      await platform.element.locator('#rescale-restart-answer', { hasText: /begun anew/ }).waitFor();
      await platform.cancel();
      await dialog.cancel();
    });

    it('offers all as a choice where 0 means it', async () => {
      let dialog = await editor.open('list');
      const unit = () => dialog.element.locator('#node-input-limit-unit');
      (await unit().inputValue()).should.equal('zero');
      await dialog.set('limit', '5');
      await dialog.done();
      dialog = await editor.open('list');
      (await dialog.read('limit', '')).should.equal('5');
      await unit().selectOption({ label: 'all' });
      await dialog.done();
      const limit = await editor.page.evaluate<unknown>("RED.nodes.node('list').limit");
      String(limit).should.equal('0');
    });

    it('lifts what version 1 stored when its dialog opens', async () => {
      const dialog = await editor.open('get');
      await dialog.element.locator('#node-input-btn-platform-edit').click();
      await editor.page.locator('#node-config-dialog-ok').waitFor();
      const platform = editor.dialog();
      (await platform.read('rate', '')).should.equal('');
      await platform.done();
      const kept = await editor.page.evaluate<object>(
        `(({ rate, version }) => ({ rate, version }))(RED.nodes.node('platform'))`,
      );
      kept.should.eql({ rate: '', version: 2 });
      await dialog.cancel();
    });

    it('sends a test event from the dialog of a watch', async () => {
      const dialog = await editor.open('watch');
      await dialog.element.locator('#rescale-test-event').click();
      await dialog.element.locator('#rescale-test-event-answer', { hasText: /^Sent/ }).waitFor();
      await dialog.cancel();
      (await editor.debugged('tested', /run\/completed/)).should.match(/run\/completed/);
    });

    it('leaves one simulator however many examples are imported, and can take the import back', async () => {
      const simulators = () =>
        editor.page.evaluate<string[]>(
          `(() => { const found = []; RED.nodes.eachConfig((node) => { if (node.type === 'rescale-platform' && node.url === 'simulator') found.push(node.id); return true; }); return found; })()`,
        );
      for (const example of ['01 - list runs', '02 - get a run', '13 - submit job', '14 - list jobs']) {
        const flow = readFileSync(join(projectFolder, 'examples', `${example}.json`), 'utf8');
        await editor.page.evaluate(
          `RED.view.importNodes(${JSON.stringify(flow)}, { addFlow: false, generateIds: true })`,
        );
      }
      await editor.page.waitForFunction(
        `(() => { let count = 0; RED.nodes.eachConfig((node) => { if (node.url === 'simulator') count += 1; return true; }); return count === 1; })()`,
      );
      const [only] = await simulators();
      const used = await editor.page.evaluate<string[]>(
        `RED.nodes.filterNodes({ type: 'rescale-get-run' }).map((node) => node.platform)`,
      );
      used.filter((id) => id === only).length.should.equal(2);
      await editor.page.evaluate(`RED.history.pop()`);
      (await simulators()).should.eql([only]);
    });

    it('has seen no error in the console', () => {
      editor.troubles.should.eql([]);
    });
  });
}

/** Of a text to what is behind it, as WCAG counts it. Runs in the page. */
function contrast(selector: string): string {
  return `(() => {
    const channels = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
    const linear = (part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    const light = (color) => {
      const [red, green, blue] = channels(color).map(linear);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const element = document.querySelector(${JSON.stringify(selector)});
    let behind = element;
    while (behind && channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const both = [getComputedStyle(element).color, behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)'].map(light);
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  })()`;
}

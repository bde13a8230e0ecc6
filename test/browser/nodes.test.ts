import 'should';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startSimulator, type Simulator } from '../../src/simulator';
import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import { runtimes } from '../real/runtimes';
import { projectFolder } from '../real/scripts';
import { cases, fill, held, job } from './cases';
import { closeAfterwards, openEditor, type Editor } from './editor';

const TOKEN = 'canary-6b1d0e93';
const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
  'node-red': { nodes: Record<string, string> };
};
const types = Object.keys(manifest['node-red'].nodes).filter((type) => type !== 'rescale-platform');

/** Between one row of nodes and the next: all of them are in sight. */
const PITCH = 55;

/** A node without a platform works on what the message brings. */
const isLocal = (type: string) => cases[type]?.sends !== undefined;
const messageOf = (type: string) =>
  isLocal(type)
    ? { props: [{ p: 'payload' }], payload: cases[type]!.sends, payloadType: 'json' }
    : { props: [] };

/** What stands in the flow before a person adds our nodes: for each type something to press and something to read. */
const surroundings: FlowNode[] = [
  { id: 'flow', type: 'tab', label: 'Flow' },
  ...types.flatMap((type, row) => [
    {
      id: `press-${type}`,
      type: 'inject',
      z: 'flow',
      name: 'go',
      ...messageOf(type),
      repeat: '',
      crontab: '',
      once: false,
      topic: '',
      x: 100,
      y: 40 + row * PITCH,
      wires: [[]],
    },
    {
      id: `read-${type}`,
      type: 'debug',
      z: 'flow',
      name: `about ${type.replace('rescale-', '')}`,
      active: true,
      tosidebar: true,
      complete: 'payload',
      targetType: 'msg',
      x: 800,
      y: 40 + row * PITCH,
      wires: [],
    },
  ]),
];

for (const runtime of runtimes) {
  describe(`a person in the editor of Node-RED ${runtime}`, function () {
    this.timeout(60_000);
    // Each step stands on the one before.
    this.bail(true);
    let rescale: Simulator;
    let nodeRed: NodeRed;
    let editor: Editor;
    const ids = new Map<string, string>();
    const idOf = (type: string) => ids.get(type)!;

    before(async () => {
      rescale = await startSimulator({ token: TOKEN });
      rescale.createJob(job);
      rescale.advance(180);
      nodeRed = await startNodeRed({
        runtime,
        flows: surroundings,
        env: { BROWSER_JOB: job.id! },
        settings: {
          editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
        },
      });
      editor = await openEditor(nodeRed);
      await editor.load();
    });
    closeAfterwards('failed', () => ({ editor, nodeRed, rescale }));

    it('has a way to try every node', () => {
      types.filter((type) => !(type in cases)).should.eql([]);
    });

    it('is told what a new node still needs', async () => {
      for (const [row, type] of types.entries()) {
        ids.set(type, await editor.drag(type, { x: 340, y: 40 + row * PITCH }));
        const said = (await editor.complaints(idOf(type))).join(' ');
        said.should.match(isLocal(type) ? /^$/ : /Platform/, type);
      }
    });

    it('sees why there is no list yet', async () => {
      const dialog = await editor.open(idOf('rescale-list-runs'));
      (await (await dialog.search('jobId')).textContent())!.should.match(/Choose a platform first/);
      await editor.page.keyboard.press('Escape');
      (await dialog.read('jobId', ['', ''])).should.eql(['msg', 'jobId']);
      await dialog.element.locator('#node-input-btn-platform-add').click();
      await editor.page.locator('#node-config-dialog-ok').waitFor();
    });

    it('tests a platform before anything was deployed', async () => {
      const dialog = editor.dialog();
      await dialog.set('region', '');
      await dialog.set('url', rescale.origin);
      await dialog.set('token', 'wrong');
      const answer = dialog.element.locator('#rescale-test-answer');
      await dialog.control('test').click();
      await answer.filter({ hasText: /refused the API key \(HTTP 401\).*s\)$/ }).waitFor();
      await dialog.set('token', TOKEN);
      await dialog.control('test').click();
      await answer.filter({ hasText: /^Reached http:\/\/127.*s\)$/ }).waitFor();
    });

    it('sets everything there is to set', async () => {
      const dialog = editor.dialog();
      await dialog.element.locator('#rescale-advanced > summary').click();
      await dialog.set('name', 'Tunnel');
      await dialog.set('apiVersion', 'v1');
      await dialog.set('timeout', '20');
      await dialog.set('patience', '40');
      await dialog.set('rate', '0');
      await dialog.picture('rescale-platform');
      await dialog.done();
    });

    it('searches it before anything was deployed, with the key as it was typed', async () => {
      const dialog = editor.dialog();
      await dialog.pick('jobId', 'wind tunnel');
      (await dialog.read('jobId', ['', ''])).should.eql(['str', job.id]);
      await dialog.done();
      (await editor.complaints(idOf('rescale-list-runs'))).should.eql([]);
    });

    it('finds the only platform chosen when a dialog opens', async () => {
      for (const type of types) {
        const other = await editor.open(idOf(type));
        if (type !== 'rescale-list-runs' && (await other.control('platform').count()) > 0) {
          (await other.control('platform').locator('option:checked').textContent())!.should.equal('Tunnel');
        }
        if (type === 'rescale-download-files') await other.set('folder', ['str', nodeRed.userDir]);
        await other.done();
        (await editor.complaints(idOf(type))).should.eql([], type);
      }
      await editor.deploy();
    });

    it('finds the platform again as it was left, the key out of sight', async () => {
      await editor.load();
      const node = await editor.open(idOf('rescale-list-runs'));
      await node.element.locator('#node-input-btn-platform-edit').click();
      await editor.page.locator('#node-config-dialog-ok').waitFor();
      const dialog = editor.dialog();
      const values = { name: 'Tunnel', region: '', url: rescale.origin, apiVersion: 'v1', timeout: '20' };
      for (const [name, value] of Object.entries({ ...values, patience: '40', rate: '0' })) {
        (await dialog.read(name, value)).should.equal(value, name);
      }
      (await dialog.read('readOnly', false)).should.equal(false);
      (await dialog.read('token', '')).should.equal('__PWRD__');
      (await dialog.control('advanced').getAttribute('open'))!.should.equal('');
      await dialog.control('test').click();
      await dialog.element.locator('#rescale-test-answer', { hasText: /^Reached/ }).waitFor();
      await dialog.cancel();
      await node.cancel();
    });

    for (const type of types) {
      const { steps, label } = cases[type] ?? { steps: [], label: '' };

      it(`fills ${type}`, async () => {
        const dialog = await editor.open(idOf(type));
        await fill(dialog, steps);
        for (const step of steps) {
          const wanted = held(step);
          if (wanted) (await dialog.read(step[0], wanted)).should.eql(wanted, step[0]);
        }
        const body = editor.page.locator('.red-ui-tray-body').last();
        (await body.evaluate((found) => found.scrollWidth - found.clientWidth)).should.equal(
          0,
          'it scrolls sideways',
        );
        await dialog.picture(type);
        await dialog.done();
        (await editor.complaints(idOf(type))).should.eql([]);
        await editor.label(idOf(type), label);
        await editor.wire(`press-${type}`, idOf(type));
        await editor.wire(idOf(type), `read-${type}`);
      });
    }

    it('deploys', () => editor.deploy());

    for (const type of types) {
      it(`reads in the debug sidebar what ${type} says`, async () => {
        await editor.press(`press-${type}`);
        const { says } = cases[type]!;
        (await editor.debugged(`about ${type.replace('rescale-', '')}`, says)).should.match(says);
      });
    }

    it('opens the editor again', () => editor.load());

    for (const type of types) {
      it(`finds ${type} as it was left`, async () => {
        const dialog = await editor.open(idOf(type));
        for (const step of cases[type]!.steps) {
          const wanted = held(step);
          if (wanted) (await dialog.read(step[0], wanted)).should.eql(wanted, step[0]);
        }
        await dialog.cancel();
      });
    }

    it('pastes the address of a run, and gets its ids', async () => {
      const dialog = await editor.open(idOf('rescale-get-run'));
      const link = 'https://platform.rescale.com/jobs/AbCdE/runs/12/results/';
      await dialog.element.locator('#node-input-jobId-value').fill(link);
      (await dialog.read('jobId', ['', ''])).should.eql(['str', 'AbCdE']);
      (await dialog.read('runId', ['', ''])).should.eql(['str', '12']);
      await dialog.cancel();
    });

    it('types on when the platform can’t be asked, and is told why', async () => {
      rescale.setFaults([{ status: 503, times: 0 }]);
      const dialog = await editor.open(idOf('rescale-get-run'));
      const list = await dialog.search('jobId');
      await list.filter({ hasText: /HTTP 503/ }).waitFor();
      await editor.page.keyboard.press('Escape');
      await dialog.set('jobId', ['str', 'by hand']);
      (await dialog.read('jobId', ['', ''])).should.eql(['str', 'by hand']);
      await dialog.cancel();
      rescale.setFaults([]);
    });

    it('has seen no error in the console', () => {
      editor.troubles.should.eql([]);
    });

    it('was never sent the key', async () => {
      (await editor.received()).includes(TOKEN).should.equal(false);
    });
  });
}

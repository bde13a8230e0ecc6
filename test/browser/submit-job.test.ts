import 'should';

import { startSimulator, type Simulator } from '../../src/simulator';
import { startNodeRed, type NodeRed } from '../real/node-red';
import { runtimes } from '../real/runtimes';
import { closeAfterwards, openEditor, type Editor } from './editor';

const SECRET = 'port@licence.example';

for (const runtime of runtimes) {
  describe(`who sets up a submission in Node-RED ${runtime}`, function () {
    this.timeout(90_000);
    let rescale: Simulator;
    let nodeRed: NodeRed;
    let editor: Editor;

    before(async () => {
      rescale = await startSimulator();
      const made = await fetch(`${rescale.origin}/api/v2/jobs/`, {
        method: 'POST',
        headers: { authorization: `Token ${rescale.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          name: 'Beam under load',
          jobanalyses: [
            {
              analysis: { code: 'openfoam_plus', version: 'v2012+-intelmpi' },
              command: 'run --speed {{speed}}',
              envVars: { LICENSE_SERVER: SECRET },
              hardware: { coreType: 'emerald', coresPerSlot: 4, slots: 2, walltime: 10 },
            },
          ],
        }),
      });
      made.status.should.equal(201);
      rescale.clearRequests();
      nodeRed = await startNodeRed({ runtime });
      const place = { z: 'flow', x: 200, y: 80 };
      await nodeRed.deploy([
        { id: 'flow', type: 'tab', label: 'flow' },
        {
          id: 'platform',
          type: 'rescale-platform',
          url: rescale.origin,
          credentials: { token: rescale.token },
        },
        {
          ...place,
          id: 'submit',
          type: 'rescale-submit-job',
          platform: 'platform',
          source: 'jobId',
          sourceType: 'msg',
          tokens: 'payload',
          tokensType: 'msg',
          wires: [[]],
        },
      ]);
      editor = await openEditor(nodeRed);
      await editor.load();
    });
    closeAfterwards('submission-failed', () => ({ editor, nodeRed, rescale }));

    it('sees why there is nothing to show yet, then picks what the platform has', async () => {
      const dialog = await editor.open('submit');
      const preview = dialog.element.locator('#rescale-preview-answer');
      await dialog.control('show-preview').click();
      await preview.filter({ hasText: 'The job comes with the message' }).waitFor();

      await dialog.pick('source', 'beam under');
      await dialog.element.locator('#rescale-advanced > summary').click();
      await (await dialog.search('coreType')).getByText('0.06 a core and hour').waitFor();
      await editor.page.keyboard.press('Escape');
      await dialog.pick('coreType', 'marble');
      await dialog.pick('analysisVersion', 'v1706');
      await dialog.pick('project', 'struct');
      (await dialog.read('coreType', ['', ''])).should.eql(['str', 'marble']);
      (await dialog.read('analysisVersion', ['', ''])).should.eql(['str', 'v1706+-intelmpi']);
    });

    it('sees what will be sent and what it may cost, and no secret', async () => {
      const dialog = editor.dialog();
      const preview = dialog.element.locator('#rescale-preview-answer');
      await dialog.control('show-preview').click();
      await preview.locator('dt').first().waitFor();
      await preview.locator('dd').last().scrollIntoViewIfNeeded();
      await dialog.picture('submission-preview');
      const shown = await preview.innerText();
      for (const said of [
        'openfoam_plus v1706+-intelmpi',
        'run --speed {{speed}}',
        'marble, cores: 4, at once: 2, at most 10 h',
        'LICENSE_SERVER (values are not shown)',
        '4.8 (cores: 8 × 10 h × 0.06 at the listed price, all runs together)',
        'Structures',
        'it is submitted, and costs money',
      ]) {
        shown.should.containEql(said);
      }
      shown.should.match(/Comes with the message\s+Placeholders/);
      (await editor.received()).should.not.containEql(SECRET);
      rescale
        .requests()
        .filter(({ method }) => method !== 'GET')
        .should.eql([]);
      await dialog.done();
    });

    it('reads in the preview what the submission would refuse', async () => {
      const dialog = await editor.open('submit');
      await dialog.set('coresPerSlot', ['num', '7']);
      await dialog.control('show-preview').click();
      await dialog.element
        .locator('#rescale-preview-answer')
        .filter({ hasText: /marble can’t have these cores per slot: 7\./ })
        .waitFor();
      await dialog.cancel();
    });
  });
}

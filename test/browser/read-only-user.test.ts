import 'should';

import { startSimulator, type Simulator } from '../../src/simulator';
import { startNodeRed, type NodeRed, type User } from '../real/node-red';
import { runtimes } from '../real/runtimes';
import { job } from './cases';
import { closeAfterwards, openEditor, type Editor } from './editor';

const TOKEN = 'canary-90ac44f1';
const administrator: User = { username: 'administrator', password: 'all of it', permissions: '*' };
const visitor: User = { username: 'visitor', password: 'only reads', permissions: 'read' };

for (const runtime of runtimes) {
  describe(`a visitor who may only read, in the editor of Node-RED ${runtime}`, function () {
    this.timeout(60_000);
    this.bail(true);
    let rescale: Simulator;
    let nodeRed: NodeRed;
    let editor: Editor;

    before(async () => {
      rescale = await startSimulator({ token: TOKEN });
      rescale.createJob(job);
      nodeRed = await startNodeRed({
        runtime,
        users: [administrator, visitor],
        // Another root than usual: questions go to relative addresses.
        httpAdminRoot: '/behind/a/path',
        settings: {
          editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
        },
      });
      await nodeRed.deploy([
        { id: 'flow', type: 'tab', label: 'Flow' },
        { id: 'platform', type: 'rescale-platform', url: rescale.origin, credentials: { token: TOKEN } },
        {
          id: 'list',
          type: 'rescale-list-runs',
          z: 'flow',
          platform: 'platform',
          jobId: 'jobId',
          jobIdType: 'msg',
          limit: 0,
          pageSize: 100,
          x: 300,
          y: 200,
          wires: [[]],
        },
      ]);
      editor = await openEditor(nodeRed);
      await editor.logIn(visitor.username, visitor.password);
    });
    closeAfterwards('visitor-failed', () => ({ editor, nodeRed, rescale }));

    it('sees the lists', async () => {
      const dialog = await editor.open('list');
      const list = await dialog.search('jobId');
      await list.getByRole('option', { name: 'Wing in a wind tunnel' }).waitFor();
      await editor.page.keyboard.press('Escape');
    });

    it('sees no button that would be refused, and is refused without one', async () => {
      const node = editor.dialog();
      await node.element.locator('#node-input-btn-platform-edit').click();
      await editor.page.locator('#node-config-dialog-cancel').waitFor();
      const dialog = editor.dialog();
      await dialog.control('readOnly').waitFor();
      (await dialog.control('test').isVisible()).should.equal(false);
      rescale.clearRequests();
      for (const address of ['test', 'drafts/jobs']) {
        const asked = { method: 'POST', body: '{}' };
        const { status } = await nodeRed.request(`rescale-platform/${address}`, asked, visitor);
        status.should.equal(401, address);
      }
      rescale.requests().should.eql([]);
      await dialog.cancel();
      await node.cancel();
    });

    it('can’t deploy', async () => {
      const dialog = await editor.open('list');
      await dialog.set('limit', '7');
      await dialog.done();
      const allowed = await editor.page.evaluate<boolean>("RED.user.hasPermission('flows.write')");
      allowed.should.equal(false);
      const refused = await nodeRed.request('flows', { method: 'POST', body: '[]' }, visitor);
      refused.status.should.equal(401);
    });

    it('was never sent the key', async () => {
      const received = await editor.received();
      received
        .includes('Wing in a wind tunnel')
        .should.equal(true, 'the lists are among what was looked through');
      received.includes(TOKEN).should.equal(false);
    });
  });
}

import 'should';

import { startNodeRed, type FlowNode, type NodeRed } from './node-red';
import { runtimes } from './runtimes';

/** The harness itself: the other suites rest on what is checked here. */
const flow: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'harness' },
  {
    id: 'press',
    type: 'inject',
    z: 'tab',
    props: [{ p: 'payload' }],
    payload: '{"a":[1,2]}',
    payloadType: 'json',
    wires: [['note']],
  },
  {
    id: 'note',
    type: 'function',
    z: 'tab',
    func: "global.get('record')('seen', msg.payload);\nnode.status({ text: 'noted' });\nreturn msg;",
    outputs: 1,
    wires: [['show']],
  },
  { id: 'show', type: 'debug', z: 'tab', active: true, tosidebar: true, complete: 'payload', wires: [] },
];

for (const runtime of runtimes) {
  describe(`a real Node-RED ${runtime}`, function () {
    this.timeout(120_000);
    let nodeRed: NodeRed;

    before(async () => {
      nodeRed = await startNodeRed({ runtime });
      await nodeRed.deploy(flow);
    });
    after(() => nodeRed?.remove());

    it('tells what its flows did', async () => {
      await nodeRed.inject('press');
      const { value } = await nodeRed.comms.debugMessage(({ id }) => id === 'show');
      (value as object).should.eql({ a: [1, 2] });
      await nodeRed.comms.status('note', ({ text }) => text === 'noted');
      nodeRed.recorded('seen').should.eql([{ a: [1, 2] }]);
    });

    it('keeps its flows and records over a kill', async () => {
      await nodeRed.kill();
      nodeRed.running.should.be.false();
      nodeRed.recorded('seen').length.should.equal(1);
      const { editor } = nodeRed;
      await nodeRed.restart();
      nodeRed.editor.should.equal(editor);
      await nodeRed.inject('press');
      await nodeRed.comms.debugMessage(({ id }) => id === 'show');
      nodeRed.recorded('seen').length.should.equal(2);
    });

    it('ends when it is asked to', async () => {
      (await nodeRed.stop())!.should.equal(0);
    });

    it('says why it can’t start', async () => {
      await startNodeRed({
        runtime,
        flows: [{ id: 'x', type: 'no-such-type', z: '' }],
      }).should.be.rejectedWith(/no-such-type/);
    });
  });
}

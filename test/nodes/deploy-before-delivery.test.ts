import 'should';
import type { Message } from '../../src/runtime/definition/definition';
import { flowAround, platformOf, type FlowNode, type LoadedFlow } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';
import { userFolderForEach } from '../support/user-folder';
import { diverging, pieces } from './monitor-setup';

/** Node-RED brings a message on in a later turn than it was sent; what closes the next node before that loses it unseen. */
describe('A deploy between the sending of a message and its arrival', function () {
  this.timeout(120_000);
  const suite = nodesOnSimulator();
  const userFolder = userFolderForEach('delivery');

  type NodeUnderTest = { type: string } & Record<string, unknown>;
  const load = (node: NodeUnderTest) => suite.load(node, {}, { settings: { userDir: userFolder.path } });

  const DEPLOYS = {
    'of everything': (flow: LoadedFlow, nodes: FlowNode[]) => flow.deploy(nodes),
    'of the next nodes alone': (flow: LoadedFlow, nodes: FlowNode[]) =>
      flow.deploy(
        nodes.map((node) => (/^out/.test(node.id) ? { ...node, name: 'changed' } : node)),
        'nodes',
      ),
  };

  it('holds nothing back where it lacks the type of another node, so that no flows are started', async () => {
    const jobId = suite.simulator.createJob({ runs: [{ duration: null }, { duration: null }] });
    const end = (runId: string) => suite.simulator.control(jobId, { action: 'end-run', runId, exitCode: 0 });
    const watch = { type: 'rescale-watch-runs', interval: 5, outcome: false, jobs: jobId };
    const flow = await load(watch);
    await flow.status('node', ({ text }) => text?.endsWith('of 2') ?? false);
    const [nodes] = flowAround(watch, platformOf(suite.simulator));
    const unknown = { id: 'unknown', type: 'never-installed', z: 'tab', wires: [] };
    const neverStarted = /timeout waiting event/;
    await flow.deploy([...nodes, unknown], 'nodes').should.be.rejectedWith(neverStarted);
    for (const runId of ['1', '2']) {
      end(runId);
      flow.receive('node', { action: 'check' });
      const told = await flow.take('out');
      told.should.containEql({ runId });
      told.payload!.should.have.property('redelivered', false);
    }
    // The next node is closed and not there again until that is put right: what is told meanwhile waits for it.
    const changed = nodes.map((node) => (node.id === 'out' ? { ...node, name: 'changed' } : node));
    await flow.deploy([...changed, unknown], 'nodes').should.be.rejectedWith(neverStarted);
    const sent = new Promise<void>((resolve) => void flow.node('node').once('call:send', () => resolve()));
    suite.simulator.control(jobId, { action: 'set-status', status: 'Completed' });
    flow.receive('node', { action: 'check' });
    await sent;
    await flow.deploy(changed, 'nodes');
    const told = await flow.take('out');
    told.payload!.should.containEql({ event: 'job', redelivered: true });
  });

  for (const [which, deploy] of Object.entries(DEPLOYS)) {
    describe(which, () => {
      /** The nodes are closed in the very turn in which the node sends its first message. Resolves when they are back. */
      const deployWithFirstMessage = (flow: LoadedFlow, node: NodeUnderTest) =>
        new Promise<void>((resolve, reject) => {
          const [nodes] = flowAround(node, platformOf(suite.simulator));
          flow.node('node').once('call:send', () => void deploy(flow, nodes).then(resolve, reject));
        });
      const job = (runs: number) =>
        suite.simulator.createJob({ runs: Array.from({ length: runs }, () => ({ duration: null })) });
      const end = (jobId: string, runId: string) =>
        suite.simulator.control(jobId, { action: 'end-run', runId, exitCode: 0 });
      const detailsOf = ({ rescale }: Message) => rescale as Record<string, unknown>;

      it('costs no event of a watch, and those that come again say so', async () => {
        const jobId = job(3);
        const watch = { type: 'rescale-watch-runs', interval: 5, outcome: false, jobs: jobId };
        const flow = await load(watch);
        await flow.status('node', ({ text }) => text?.endsWith('of 3') ?? false);
        const deployed = deployWithFirstMessage(flow, watch);
        for (const runId of ['1', '2', '3']) end(jobId, runId);
        flow.receive('node', { action: 'check' });
        await deployed;
        const told = await flow.takeAll('out', 3);
        told.map(({ runId }) => runId as string).should.eql(['1', '2', '3']);
        told[0]!.payload!.should.have.property('redelivered', true);
      });

      it('costs no message of a wait', async () => {
        const jobId = job(1);
        const wait = { type: 'rescale-wait-run', interval: 5, outcome: false, files: false };
        const flow = await load(wait);
        flow.receive('node', { jobId, runId: 1, topic: 'kept' });
        await flow.status('node', ({ text }) => /waiting 1/.test(text!));
        const deployed = deployWithFirstMessage(flow, wait);
        end(jobId, '1');
        await deployed;
        const message = await flow.take('out');
        message.should.have.properties({ topic: 'kept', jobId, runId: '1' });
        detailsOf(message).should.have.property('redelivered', true);
      });

      for (const emit of ['batch', 'line']) {
        it(`costs no line of a follow that sends each ${emit}, nor its end`, async () => {
          const lines = Array.from({ length: 250 }, (_, n) => `line ${n}`);
          const file = { path: 'log', content: `${lines.join('\n')}\n` };
          const jobId = suite.simulator.createJob({ runs: [{ duration: null, files: [file] }] });
          const follow = { type: 'rescale-follow-file', interval: 2, path: 'log', pathType: 'str', emit };
          const flow = await load(follow);
          let deployed = deployWithFirstMessage(flow, follow);
          flow.receive('node', { jobId, runId: 1 });
          await deployed;
          // The last line of a live file may still grow.
          const isLast = ({ payload }: Message) => String(payload).includes('line 248');
          await flow.until('the last lines', () => flow.received('out').find(isLast));
          deployed = deployWithFirstMessage(flow, follow);
          end(jobId, '1');
          suite.simulator.advance(60);
          await deployed;
          await flow.take('out2');
          const told = flow.received('out').flatMap(({ payload }) => payload as string | string[]);
          new Set(told).should.eql(new Set(lines));
        });
      }

      it('costs no verdict of a monitor', async () => {
        const monitor = { type: 'rescale-monitor-run' };
        const flow = await load(monitor);
        const deployed = deployWithFirstMessage(flow, monitor);
        for (const message of pieces(diverging(60, 10), 1000)) flow.receive('node', message);
        await deployed;
        const told = await flow.take('out2');
        told.payload!.should.have.properties({ verdict: 'diverging', step: 10, redelivered: true });
      });

      it('costs no job that was submitted', async () => {
        const submit = {
          type: 'rescale-submit-job',
          source: 'foamSweep',
          sourceType: 'str',
          jobName: 'x',
          jobNameType: 'str',
        };
        const flow = await load(submit);
        const deployed = deployWithFirstMessage(flow, submit);
        flow.receive('node', { topic: 'kept' });
        await deployed;
        const message = await flow.take('out');
        message.should.have.property('topic', 'kept');
        detailsOf(message).should.have.properties({ submitted: true, redelivered: true });
      });
    });
  }
});

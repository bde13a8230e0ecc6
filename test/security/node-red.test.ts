import 'should';

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startSimulator, type Simulator } from '../../src/simulator';
import { startNodeRed, type FlowNode, type NodeRed, type User } from '../real/node-red';
import { runtimes } from '../real/runtimes';
import { canaryToken, tracesOf } from './canary';

const administrator: User = { username: 'administrator', password: 'all of it', permissions: '*' };
const visitor: User = { username: 'visitor', password: 'only reads', permissions: 'read' };

/** Every file below a folder but the installed packages, with its content as it lies on the disk. */
function filesBelow(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') Object.assign(found, filesBelow(path));
    } else if (entry.isFile()) found[path] = readFileSync(path, 'latin1');
  }
  return found;
}

for (const runtime of runtimes) {
  describe(`the key in Node-RED ${runtime}`, function () {
    this.timeout(120_000);
    const token = canaryToken();
    let simulator: Simulator;
    let nodeRed: NodeRed;

    before(async () => {
      simulator = await startSimulator({ token });
      nodeRed = await startNodeRed({
        runtime,
        users: [administrator, visitor],
        settings: {
          contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 1 } } },
          logging: { console: { level: 'trace', metrics: true, audit: true } },
        },
      });
      await nodeRed.deploy(flow(simulator.origin, token));
    });
    after(async () => {
      await nodeRed?.remove();
      await simulator?.close();
    });

    it('is used', async () => {
      for (const { id } of flow('', '').filter(({ type }) => type === 'inject')) await nodeRed.inject(id);
      await nodeRed.comms.debugMessage((message) => message.id === 'shown' && message.format === 'Object');
      simulator
        .requests()
        .some(({ headers }) => headers['authorization'] === `Token ${token}`)
        .should.be.true();
    });

    it('is not told with an error of the platform that repeats it', async () => {
      simulator.setFaults([
        { status: 401, body: { detail: `Invalid token: ${token}` }, times: 4 },
        { status: 400, body: `Token ${token} https://s.test/x?sig=${token}`, times: 4 },
        { html: true, body: `<html><title>${token}</title>`, times: 4 },
        { reset: 'before', times: 4 },
      ]);
      for (let round = 0; round < 4; round += 1) {
        nodeRed.comms.forget();
        for (const { id } of flow('', '').filter(({ type }) => type === 'inject')) await nodeRed.inject(id);
        await nodeRed.comms.debugMessage((message) => message.id === 'failed');
        tracesOf(token, { debug: nodeRed.comms.debug }).should.eql([]);
      }
      simulator.setFaults([]);
    });

    it('is in no flow, no list of nodes and no credentials that the editor gets', async () => {
      const paths = [
        'flows',
        'flow/flow',
        'flow/global',
        'nodes',
        'settings',
        'credentials/rescale-platform/platform',
        'context/global',
        'context/flow/flow',
        'context/node/node1',
      ];
      for (const user of [administrator, visitor]) {
        for (const path of paths) {
          const response = await nodeRed.request(path, { headers: { accept: 'application/json' } }, user);
          const text = await response.text();
          tracesOf(token, { [path]: text }).should.eql([], `${user.username} ${response.status}`);
        }
      }
    });

    it('is in no answer to a dialog', async () => {
      const questions = {
        'rescale-platform/lookups/jobs': { platform: 'platform' },
        'rescale-platform/lookups/runs': { platform: 'platform', jobId: 'XXXXXX' },
        'rescale-platform/lookups/files': { platform: 'platform', jobId: 'XXXXX', runId: '1' },
        'rescale-platform/test': { id: 'platform', url: simulator.origin, token: '__PWRD__' },
      };
      for (const faulty of [false, true]) {
        simulator.setFaults(faulty ? [{ status: 400, body: { detail: `Token ${token}` }, times: 0 }] : []);
        for (const [path, question] of Object.entries(questions)) {
          const response = await nodeRed.request(path, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(question),
          });
          tracesOf(token, { [path]: await response.text() }).should.eql([]);
        }
      }
      simulator.setFaults([]);
    });

    it('is in nothing that was shown, logged or put on the disk', async () => {
      await nodeRed.stop();
      const shown = { log: nodeRed.log(), debug: nodeRed.comms.debug, recorded: nodeRed.recorded('message') };
      nodeRed.log().should.containEql('rescale-get-run');
      tracesOf(token, { ...shown, ...filesBelow(nodeRed.userDir) }).should.eql([]);
    });
  });
}

/** Nodes that succeed and fail, with everything that a flow could keep of a message. */
function flow(url: string, token: string): FlowNode[] {
  const place = { z: 'flow', x: 0, y: 0 };
  const nodes: ({ type: string } & Record<string, unknown>)[] = [
    { type: 'rescale-get-run', jobId: 'XXXXXX', runId: '1' },
    { type: 'rescale-list-runs', jobId: 'XXXXXX' },
    { type: 'rescale-list-jobs' },
    { type: 'rescale-submit-job', source: 'foamSweep', sourceType: 'str', submit: false },
    { type: 'rescale-list-files', jobId: 'XXXXXX', runId: '1' },
    { type: 'rescale-list-directory', jobId: 'XXXXX', runId: '1' },
    { type: 'rescale-tail-file', jobId: 'XXXXX', runId: '1', path: 'airFoil2D/0/U', pathType: 'str' },
    { type: 'rescale-snapshot-run', jobId: 'XXXXX', runId: '1' },
    { type: 'rescale-get-run', jobId: 'noSuchJob', runId: '1' },
    { type: 'rescale-stop-run', jobId: 'noSuchJob', runId: '1' },
    { type: 'rescale-download-files', to: 'buffer', files: 'noSuchFile', filesType: 'str' },
    { type: 'rescale-wait-run', jobId: 'XXXXXX', runId: '1', interval: '5' },
    { type: 'rescale-follow-file', jobId: 'XXXXX', runId: '1', path: 'airFoil2D/0/U', pathType: 'str' },
    { type: 'rescale-watch-runs', jobs: 'XXXXXX', jobsType: 'str', interval: '5', startFrom: 'all' },
  ];
  const debug = {
    ...place,
    type: 'debug',
    active: true,
    tosidebar: true,
    console: true,
    complete: 'true',
    wires: [],
  };
  return [
    { id: 'flow', type: 'tab', label: 'flow' },
    {
      id: 'platform',
      type: 'rescale-platform',
      name: '',
      url,
      timeout: '2',
      patience: '3',
      credentials: { token },
    },
    ...nodes.flatMap((node, index): FlowNode[] => [
      {
        ...place,
        id: `press${index}`,
        type: 'inject',
        props: [],
        wires: [[`node${index}`]],
      },
      {
        ...place,
        jobIdType: 'str',
        runIdType: 'str',
        name: '',
        platform: 'platform',
        wires: [['keep']],
        ...node,
        id: `node${index}`,
      },
    ]),
    {
      ...place,
      id: 'keep',
      type: 'function',
      func: "flow.set('kept', msg); global.set('kept', msg); global.get('record')('message', msg); return msg;",
      outputs: 1,
      wires: [['shown']],
    },
    { ...debug, id: 'shown' },
    { ...place, id: 'catch', type: 'catch', scope: null, wires: [['failed', 'keep']] },
    { ...debug, id: 'failed' },
    { ...place, id: 'status', type: 'status', scope: null, wires: [['keep']] },
  ];
}

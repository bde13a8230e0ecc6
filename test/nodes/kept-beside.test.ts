import 'should';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../src/runtime/definition/definition';
import { createFileStore } from '../../src/runtime/state/state-store';
import { flowAround, platformOf } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const type = 'rescale-follow-file';
const path = 'shared/log.solver';

describe('A follow whose state can’t be gone on from', function () {
  this.timeout(120_000);
  const suite = nodesOnSimulator();
  let userDir: string;
  let jobId: string;

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), 'kept-beside-'));
    jobId = suite.simulator.createJob({ runs: [{ duration: null }] });
    suite.simulator.control(jobId, { action: 'append', runId: '1', path, text: 'one\ntwo\nthree\n' });
  });
  afterEach(() => rmSync(userDir, { recursive: true, force: true }));

  const folder = () => join(userDir, 'rescale', 'node');
  const errorOf = ({ error }: Message) => error as { code: string; message: string };

  const damages: Record<string, (key: string, text: string) => string> = {
    'because a later version wrote it': (key) =>
      JSON.stringify({ key, value: { version: 99, jobId: 'kept' } }),
    'because both copies were cut': (_key, text) => text.slice(0, -5),
  };
  for (const [why, damaged] of Object.entries(damages)) {
    for (const part of ['follow:', 'follow-at:']) {
      it(`${why} (${part}) is told on Catch, and kept beside when the file is followed again`, async () => {
        const [nodes, { credentials }] = flowAround({ type, interval: 2 }, platformOf(suite.simulator));
        const without = nodes.map((node) => (node.id === 'node' ? { ...node, d: true } : node));
        const flow = await suite.load({ type, interval: 2 }, {}, { settings: { userDir } });
        flow.receive('node', { jobId, runId: 1, path });
        await flow.take('out');
        await flow.deploy(without, 'full', credentials);
        const files = readdirSync(folder()).filter((name) => name.endsWith('.json'));
        const text = (name: string) => readFileSync(join(folder(), name), 'utf8');
        const file = files.find((name) => text(name).includes(`"key":"${part}`))!;
        const { key } = JSON.parse(text(file)) as { key: string };
        const left = damaged(key, text(file));
        for (const copy of [file, `${file}.last`]) writeFileSync(join(folder(), copy), left);

        await flow.unload();
        const after = await suite.load({ type, interval: 2 }, {}, { settings: { userDir } });
        const told = errorOf(await after.take('caught'));
        told.code.should.equal('RESCALE_PROTOCOL');
        told.message.should.match(/can’t be read/).and.containEql('.unread');
        after.receive('node', { jobId, runId: 1, path });
        (await after.take('out')).payload!.should.eql(['one', 'two']);
        text(`${file}.unread`).should.equal(left);
        (await createFileStore(folder()).read(key))!.recovered.should.be.false();
        // Once for each start.
        after.received('caught').length.should.equal(1);
      });
    }
  }
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../src/runtime/definition/definition';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

export const type = 'rescale-submit-job';
export const fixed = (field: string, value: string, valueType = 'str') => ({
  [field]: value,
  [`${field}Type`]: valueType,
});
export const definition = {
  name: 'beam',
  jobanalyses: [
    {
      analysis: { code: 'openfoam_plus', version: 'v2012+-intelmpi' },
      command: 'run --speed {{speed}}',
      envVars: { LICENSE: 'port@license.example' },
      hardware: { coreType: 'emerald', coresPerSlot: 1, slots: 1, walltime: 2 },
    },
  ],
};
export type CaughtMessage = Message & { error: { message: string; code: string }; jobId?: string };

/** For the `describe` of each file that uses it: a simulator, a folder with an input, and what was asked. */
export function submissions() {
  const nodes = nodesOnSimulator();
  const place = { folder: '' };
  before(() => {
    place.folder = mkdtempSync(join(tmpdir(), 'rescale-'));
    writeFileSync(join(place.folder, 'mesh.txt'), 'mesh');
  });
  after(() => rmSync(place.folder, { recursive: true, force: true }));

  const asked = (method: string, path: RegExp) =>
    nodes.simulator.requests().filter((request) => request.method === method && path.test(request.url));
  const created = () => asked('POST', /\/jobs\/$/);
  const submitted = () => asked('POST', /\/submit\/$/);

  async function refusal(config: Record<string, unknown>, message: Message = {}): Promise<CaughtMessage> {
    const flow = await nodes.load({ type, from: 'definition', ...config });
    flow.receive('node', { payload: definition, ...message });
    return (await flow.take('caught')) as CaughtMessage;
  }
  return { nodes, place, asked, created, submitted, refusal };
}

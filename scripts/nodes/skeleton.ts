/** The files of a new node type, by their path. What is a matter of the node itself says TODO, which a test refuses. */

export interface Skeleton {
  /** The folder below `nodes/`. */
  name: string;
  type: string;
  /** Works on messages alone. */
  local: boolean;
}

export function skeleton(node: Skeleton, languages: string[]): Map<string, string> {
  const { name, type } = node;
  const words = name.replace(/-/g, ' ');
  const files = new Map([
    [`nodes/${name}/node.ts`, node.local ? localEntry(node) : entry(node)],
    [`nodes/${name}/dialog.ts`, node.local ? localDialog() : dialog()],
    [`icons/${type}.svg`, skeletonIcon],
    [`examples/99 - ${words}.json`, example(node, words)],
    [`test/nodes/${name}.test.ts`, node.local ? localTest(node) : test(node)],
  ]);
  for (const language of languages) {
    files.set(`nodes/${name}/${language}.json`, texts(node, words));
    files.set(`nodes/${name}/${language}.md`, help(node));
  }
  return files;
}

const entry = ({ type }: Skeleton) => `
import { defineNode } from '../../src/runtime/node/define-node';
import { jobIdField, runIdField } from '../../src/runtime/fields/fields';

/** TODO: what it does, in one line. */
export = defineNode({
  type: '${type}',
  fields: { jobId: jobIdField(), runId: runIdField() },
  async input(context) {
    const { jobId, runId } = context.fields;
    const run = await context.client.getRun(jobId, runId, context);
    return { payload: run, status: { key: 'done' } };
  },
});
`;

const localEntry = ({ type }: Skeleton) => `
import { defineLocalNode } from '../../src/runtime/node/define-node';
import { tickField } from '../../src/runtime/fields/fields';

/** TODO: what it does, in one line. */
export = defineLocalNode({
  type: '${type}',
  fields: { mark: tickField(true) },
  async input(context) {
    const payload = context.fields.mark ? { seen: context.message.payload } : context.message.payload;
    return Promise.resolve({ payload, status: { key: 'done' } });
  },
});
`;

const dialog = () => `
import type { Dialog } from '../dialog/field';
import { job, platform, run } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  fields: [platform(), job(), run()],
  example: { payload: { id: '1' }, jobId: 'foamSweep', runId: '1' },
});
`;

const localDialog = () => `
import type { Dialog } from '../dialog/field';
import { checkbox } from '../dialog/kinds';

export const dialog = (): Dialog => ({
  fields: [checkbox('mark', true)],
  example: { payload: { seen: 7 } },
});
`;

function texts({ local }: Skeleton, words: string): string {
  const own = local
    ? { label: { bare: words }, field: { mark: 'TODO' } }
    : { label: { bare: words, of: `${words} __runId__ of __jobId__` } };
  return JSON.stringify({ palette: words, ...own, port: { input: 'TODO', output: 'TODO' } });
}

const help = ({ local }: Skeleton) => `TODO: what one uses the node for, in one sentence.
${local ? '\n## fields\n\n- mark: TODO\n' : ''}
## outputs

: payload (object) : TODO.
${local ? '' : '= ids\n= rescale\n'}`;

/** What stands until somebody draws one. */
export const skeletonIcon = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="60" viewBox="0 0 40 60">
  <path fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" d="M12 30h16M20 22v16"/>
</svg>
`;

/** A flow that can be imported: something to press, the node, and something to read. */
function example({ name, type, local }: Skeleton, words: string): string {
  const id = (place: number) =>
    [...name]
      .reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 40, place + 7)
      .toString(16)
      .padStart(16, `${place}`);
  const z = id(0);
  const about = local
    ? {}
    : { platform: id(5), jobId: 'XXXXX', jobIdType: 'str', runId: '1', runIdType: 'str' };
  const debug = {
    active: true,
    tosidebar: true,
    console: false,
    tostatus: false,
    complete: 'payload',
    targetType: 'msg',
  };
  const nodes: object[] = [
    { id: z, type: 'tab', label: words, disabled: false, info: '', env: [] },
    { id: id(1), type: 'comment', z, name: 'TODO', info: 'TODO', x: 180, y: 60, wires: [] },
    {
      id: id(2),
      type: 'inject',
      z,
      name: 'Try',
      props: [],
      repeat: '',
      once: false,
      x: 170,
      y: 120,
      wires: [[id(3)]],
    },
    { id: id(3), type, z, name: '', version: 1, ...about, x: 380, y: 120, wires: [[id(4)]] },
    { id: id(4), type: 'debug', z, name: 'Result', ...debug, x: 590, y: 120, wires: [] },
  ];
  if (!local) nodes.push({ id: id(5), type: 'rescale-platform', name: '', version: 1, url: 'simulator' });
  return JSON.stringify(nodes, null, 4);
}

const test = ({ type }: Skeleton) => `
import 'should';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

describe('${type}', () => {
  const nodes = nodesOnSimulator();

  it('TODO', async () => {
    const flow = await nodes.load({ type: '${type}' });
    flow.receive('node', { jobId: 'XXXXX', runId: '1' });
    const message = await flow.take('out');
    message.payload!.should.have.property('id', '1');
  });
});
`;

const localTest = ({ type }: Skeleton) => `
import 'should';
import { loadFlow } from '../support/flow';

describe('${type}', () => {
  it('TODO', async () => {
    const node = { id: 'node', type: '${type}', z: 'flow', wires: [['out']] };
    const flow = await loadFlow([node, { id: 'out', type: 'collector', z: 'flow' }]);
    flow.receive('node', { payload: 7 });
    (await flow.take('out')).payload!.should.eql({ seen: 7 });
    await flow.unload();
  });
});
`;

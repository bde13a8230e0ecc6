import 'should';

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startNodeRed, type NodeRed } from './node-red';
import { runtimes } from './runtimes';
import { projectFolder } from './scripts';

interface NodeSet {
  module: string;
  types: string[];
  enabled: boolean;
  err?: unknown;
}

const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
  name: string;
  'node-red': { nodes: Record<string, string> };
};
const types = Object.keys(manifest['node-red'].nodes);
const administrator = { username: 'administrator', password: 'all of it', permissions: '*' };
const visitor = { username: 'visitor', password: 'only reads', permissions: 'read' };

for (const runtime of runtimes) {
  describe(`the palette in Node-RED ${runtime}`, function () {
    this.timeout(120_000);
    let nodeRed: NodeRed;

    before(async () => {
      nodeRed = await startNodeRed({ runtime, users: [administrator, visitor], httpAdminRoot: '/admin' });
    });
    after(() => nodeRed?.remove());

    async function get<T>(path: string): Promise<T> {
      const response = await nodeRed.request(path, { headers: { accept: 'application/json' } });
      response.status.should.equal(200, path);
      return (await response.json()) as T;
    }

    it('has every node type, none in error', async () => {
      const sets = (await get<NodeSet[]>('nodes')).filter((set) => set.module === manifest.name);
      sets.filter((set) => set.err !== undefined || !set.enabled).should.eql([]);
      sets
        .flatMap((set) => set.types)
        .sort()
        .should.eql([...types].sort());
    });

    it('offers every icon to the editor', async () => {
      const icons = await get<Record<string, string[]>>('icons');
      const sources = readdirSync(join(projectFolder, 'icons')).filter((name) => name.endsWith('.svg'));
      sources.length.should.be.above(0);
      [...(icons[manifest.name] ?? [])].sort().should.eql(sources.sort());
    });

    it('offers every example in the import menu', async () => {
      const offered = await get<{ fn: string }[]>(`library/examples/flows/${manifest.name}`);
      const files = readdirSync(join(projectFolder, 'examples')).filter((name) => name.endsWith('.json'));
      files.length.should.be.above(0);
      offered
        .map(({ fn }) => `${fn}.json`)
        .sort()
        .should.eql(files.sort());
    });

    it('answers nobody who has not logged in, and lets a reader read only', async () => {
      (await nodeRed.request('nodes', {}, null)).status.should.equal(401);
      (await nodeRed.request('flows', {}, visitor)).status.should.equal(200);
      (await nodeRed.request('flows', { method: 'POST' }, visitor)).status.should.equal(401);
    });
  });
}

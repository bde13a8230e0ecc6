/**
 * `npm run new-node -- name`: writes the skeleton of a node type, and says what is left to do. With `--local` it is a
 * node that works on messages alone, without a platform.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format } from 'prettier';
import { listProblems } from './lists';
import { readSources, root } from './sources';
import { skeleton, type Skeleton } from './skeleton';

/** Why there is nothing to write, as a sentence. */
class Refused extends Error {}

async function write(path: string, text: string): Promise<void> {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  const kept = /\.(md|svg)$/.test(path) && path !== 'README.md';
  writeFileSync(full, kept ? text : await format(text, { ...options(), filepath: full }));
}

function options(): object {
  return JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8')) as object;
}

/** Beside the last node that is there. */
function withNode(manifest: string, type: string): string {
  const parsed = JSON.parse(manifest) as { 'node-red': { nodes: Record<string, string> } };
  parsed['node-red'].nodes[type] = `dist/nodes/${type}.js`;
  return JSON.stringify(parsed);
}

function withRow(readme: string, { type, local }: Skeleton): string {
  const rows = readme.split('\n');
  const last = rows.findLastIndex((row) => row.startsWith('| `rescale-'));
  if (last < 0) throw new Refused('README.md has no table of nodes.');
  rows.splice(last + 1, 0, `| \`${type}\` | 1/1 | TODO: what it does${local ? '' : ' on the platform'} |`);
  return rows.join('\n');
}

async function main(parameters: string[]): Promise<void> {
  const local = parameters.includes('--local');
  const [name = ''] = parameters.filter((one) => !one.startsWith('--'));
  if (!/^[a-z]+(-[a-z]+)*$/.test(name)) {
    throw new Refused('Say a name of small letters and hyphens, such as: npm run new-node -- describe-run');
  }
  if (existsSync(join(root, 'nodes', name))) throw new Refused(`nodes/${name} is there already.`);
  const languages = readdirSync(join(root, 'nodes', 'locales'));
  const made: Skeleton = { name, type: `rescale-${name}`, local };
  for (const [path, text] of skeleton(made, languages)) await write(path, text);
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  await write('package.json', withNode(read('package.json'), made.type));
  await write('README.md', withRow(read('README.md'), made));
  const left = listProblems(readSources().nodes);
  console.log(`nodes/${name} is written. Left to do (docs/adding-a-node.md):`);
  for (const problem of left) console.log(`- ${problem}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error instanceof Refused ? error.message : error);
});

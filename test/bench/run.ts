/**
 * `npm run bench`: all comparisons on both lines of Node-RED, each in a real one with the packed package.
 * `npm run bench -- burst listing` runs these; `--runtime 5` takes one line; `--profile FOLDER` writes a CPU profile of each
 * Node-RED that is measured. With `--gate` it ends with 1 when a goal was missed.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { runtimeProgram, runtimes, type Runtime } from '../real/runtimes';
import type { Bench } from './bench';
import { alerts } from './benches/alerts';
import { burst } from './benches/burst';
import { download } from './benches/download';
import { follow } from './benches/follow';
import { follows } from './benches/follows';
import { insight } from './benches/insight';
import { listing } from './benches/listing';
import { oneMessage } from './benches/one-message';
import { startUp } from './benches/start-up';
import { waits } from './benches/waits';
import { goalTable, machine, table, type BenchResult } from './figures';

const benches: Record<string, Bench> = {
  'one-message': oneMessage,
  'start-up': startUp,
  burst,
  listing,
  download,
  follow,
  follows,
  waits,
  alerts,
  insight,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runtime: { type: 'string' },
      profile: { type: 'string' },
      gate: { type: 'boolean', default: false },
    },
  });
  const lines = runtimes.filter((one) => values.runtime === undefined || one === values.runtime);
  if (lines.length === 0) throw new Error(`--runtime is one of ${runtimes.join(', ')}`);
  const names = positionals.length > 0 ? positionals : Object.keys(benches);
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    throw new Error(`there is no ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  }
  const nodeArguments =
    values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];

  const all: BenchResult = { rows: [], goals: [] };
  for (const name of names) {
    for (const runtime of lines) {
      console.error(`${name} on ${runtime} …`);
      const { rows, goals } = await benches[name]!(runtime, nodeArguments);
      all.rows.push(...rows.map((row) => ({ ...row, bench: `${runtime}: ${row.bench}` })));
      all.goals.push(...goals.map((goal) => ({ ...goal, what: `${runtime}: ${goal.what}` })));
    }
  }
  const date = new Date().toISOString().slice(0, 10);
  console.log(`\n${date}, ${lines.map(versions).join('; ')}, ${machine()}\n`);
  console.log(`${goalTable(all.goals)}\n`);
  console.log(table(all.rows));
  if (values.gate && all.goals.some(({ kept }) => !kept)) process.exitCode = 1;
}

function versions(runtime: Runtime): string {
  const { node, red } = runtimeProgram(runtime);
  const nodeVersion = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  const redVersion = execFileSync(node, [red, '--version'], { encoding: 'utf8' });
  return `Node-RED ${/v([\d.]+)/.exec(redVersion)?.[1] ?? runtime}, Node.js ${nodeVersion}`;
}

void main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

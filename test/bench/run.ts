/**
 * `npm run bench`: all comparisons on both lines of Node-RED, each in a real one with the packed package, in about a quarter of an
 * hour. `npm run bench -- burst listing` runs these; `--runtime 5` takes one line; `--profile FOLDER` writes a CPU profile of each
 * Node-RED that is measured. With `--gate` it ends with 1 when a goal was missed. With `--table` the README's table is replaced by
 * the one of this run, which has to be a whole one.
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
import { monitor } from './benches/monitor';
import { oneMessage } from './benches/one-message';
import { smallFiles } from './benches/small-files';
import { startUp } from './benches/start-up';
import { stop } from './benches/stop';
import { waits } from './benches/waits';
import { withReasons } from './known-limits';
import { writeReadmeTable } from './readme-table';
import { goalTable, machine, readmeTable, table, type BenchResult, type Goal, type Told } from './figures';

/** Those that take the machine for themselves, one after the other, in the order of the README's table. */
const alone: Record<string, Bench> = {
  'one-message': oneMessage,
  burst,
  listing,
  download,
  'start-up': startUp,
  insight,
  monitor,
};

/** Those that mostly wait, for runs to end and for the rate of the platform; so several go at the same time. */
const waiting: Record<string, Bench> = {
  'small-files': smallFiles,
  follow,
  follows,
  waits,
  alerts,
  stop,
};

const AT_ONCE = 4;

/** Without Node-RED, so the line makes no difference. */
const once = new Set(['insight']);

interface Task {
  name: string;
  runtime: Runtime;
  bench: Bench;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runtime: { type: 'string' },
      profile: { type: 'string' },
      gate: { type: 'boolean', default: false },
      table: { type: 'boolean', default: false },
    },
  });
  const lines = runtimes.filter((one) => values.runtime === undefined || one === values.runtime);
  if (lines.length === 0) throw new Error(`--runtime is one of ${runtimes.join(', ')}`);
  const all = { ...alone, ...waiting };
  const unknown = positionals.filter((name) => !(name in all));
  if (unknown.length > 0) {
    throw new Error(`there is no ${unknown.join(', ')}; there are ${Object.keys(all).join(', ')}`);
  }
  const tasksOf = (benches: Record<string, Bench>): Task[] =>
    Object.entries(benches)
      .filter(([name]) => positionals.length === 0 || positionals.includes(name))
      .flatMap(([name, bench]) =>
        lines.slice(0, once.has(name) ? 1 : undefined).map((runtime) => ({ name, runtime, bench })),
      );
  if (values.table && (positionals.length > 0 || lines.length < runtimes.length)) {
    throw new Error('--table takes a whole run, for the table of README.md comes from one');
  }
  const nodeArguments =
    values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];

  const results = new Map<Task, BenchResult>();
  const run = async (task: Task) => {
    console.error(`${task.name} on ${task.runtime} …`);
    try {
      results.set(task, await task.bench(task.runtime, nodeArguments));
    } catch (error) {
      // The others are measured all the same.
      console.error(error);
      const [reached = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      const goal: Goal = { what: `${task.name} runs to its end`, reached, wanted: 'figures', kept: false };
      results.set(task, { rows: [], goals: [goal], told: [] });
    }
  };
  for (const task of tasksOf(alone)) await run(task);
  const queue = tasksOf(waiting);
  const next = async () => {
    for (let task = queue.shift(); task; task = queue.shift()) await run(task);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));

  const done = [...tasksOf(alone), ...tasksOf(waiting)].map(({ name, runtime }) => {
    const [, result] = [...results].find(([task]) => task.name === name && task.runtime === runtime)!;
    return { runtime, result };
  });
  const goals = done.flatMap(({ runtime, result }) =>
    result.goals.map((goal) => ({ ...goal, what: `${runtime}: ${goal.what}` })),
  );
  const rows = done.flatMap(({ runtime, result }) =>
    result.rows.map((row) => ({ ...row, bench: `${runtime}: ${row.bench}` })),
  );
  const told = new Map<string, Told[]>(
    lines.map((line) => [line, done.flatMap(({ runtime, result }) => (runtime === line ? result.told : []))]),
  );
  const date = new Date().toISOString().slice(0, 10);
  const where = `${date}, ${lines.map(versions).join('; ')}, ${machine()}`;
  console.log(`\n${where}\n\n${goalTable(withReasons(goals))}\n\n${table(rows)}`);
  const figures = `Measured on ${where}.\n\n${readmeTable(told)}`;
  console.log(`\n${figures}`);
  if (values.table) await writeReadmeTable(figures);
  if (values.gate && goals.some(({ kept }) => !kept)) process.exitCode = 1;
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

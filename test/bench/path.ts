/**
 * `npm run path -- get-run`: which files and functions of the package one message passes. `--runtime 5` for the other line,
 * `--names` for each function's name and how often it ran, `list-runs` for a list of three pages.
 *
 * How it counts: a real Node-RED with the packed package, and a platform in another process. Fifty messages go through the
 * node to warm it up; then V8's precise coverage (by function, `Profiler.startPreciseCoverage`) is read around exactly one
 * more. Counted is what lies in the package's `dist`, by its source, and ran at least once: methods, callbacks and getters are functions too;
 * what runs before the first message, Node-RED itself, and dependencies are not counted.
 */
import { parseArgs } from 'node:util';

import { runtimes, type Runtime } from '../real/runtimes';
import { platformNode, startBenchNodeRed } from './bench-node-red';
import { startPlatform } from './platform';

const WARM_UP = 50;

const paths: Record<string, { node: Record<string, unknown>; message: Record<string, unknown> }> = {
  'get-run': { node: { type: 'rescale-get-run' }, message: { jobId: 'bench', runId: '1' } },
  'list-runs': { node: { type: 'rescale-list-runs', pageSize: 100 }, message: { jobId: 'runs300' } },
};

/** By file: the functions that ran. */
type Passed = Record<string, { name: string; at: number; calls: number }[]>;

async function passedBy(name: string, runtime: Runtime): Promise<Passed> {
  const { node, message } = paths[name]!;
  const platform = await startPlatform();
  const bench = await startBenchNodeRed({
    runtime,
    others: [platformNode(platform.origin)],
    subjects: { [name]: [{ type: String(node['type']), name: '', platform: 'platform', ...node }] },
  });
  const post = async (path: string) => {
    const response = await bench.nodeRed.request(path, { method: 'POST' });
    return (await response.json()) as Passed;
  };
  try {
    await bench.measure({ subject: name, messages: WARM_UP, window: 1, message });
    await post('bench/path/begin');
    await bench.measure({ subject: name, messages: 1, window: 1, message });
    return await post('bench/path/end');
  } finally {
    await bench.remove();
    platform.close();
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runtime: { type: 'string' }, names: { type: 'boolean', default: false } },
  });
  const [name = 'get-run'] = positionals;
  if (!(name in paths)) throw new Error(`there is no ${name}; there are ${Object.keys(paths).join(', ')}`);
  const runtime = runtimes.find((one) => one === (values.runtime ?? '4.1'));
  if (!runtime) throw new Error(`--runtime is one of ${runtimes.join(', ')}`);
  const passed = await passedBy(name, runtime);
  let functions = 0;
  for (const [file, ran] of Object.entries(passed).sort()) {
    functions += ran.length;
    console.log(`${String(ran.length).padStart(4)}  ${file}`);
    if (!values.names) continue;
    for (const one of ran.sort((a, b) => a.at - b.at)) {
      console.log(`        ${one.name}${one.calls > 1 ? ` ×${one.calls}` : ''}`);
    }
  }
  console.log(`one ${name} message passes ${Object.keys(passed).length} files and ${functions} functions`);
}

void main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

/**
 * What a user relies on in "watch, list, download, next step": when the next step has heard of each run of a sweep, all
 * files of all of them are in the folder. The simulator lists files late, in steps, and some can't be read at first.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { startSimulator, type Simulator } from '../../src/simulator';
import type { Message } from '../../src/runtime/definition/definition';
import { loadFlow, platformOf, type FlowNode, type LoadedFlow } from '../support/flow';

const JOB = 'foamSweep';
const TAB = 'tab';

/** What all chains have in common: the test's Node-RED takes one catch node. */
const AROUND: FlowNode[] = [
  { id: TAB, type: 'tab', label: 'Sweeps' },
  { z: TAB, id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { z: TAB, id: 'caught', type: 'collector' },
];

interface Verdict {
  runs: number;
  /** What the platform lists for all runs, once all is over. */
  listed: number;
  /** Of these, on disk when the next step had heard of the last run. */
  fetched: number;
  /** Runs whose files the next step did not get, or not all, with what is missing. */
  missing: string[];
  /** What went to Catch. */
  errors: string[];
}

interface Chain {
  simulator: Simulator;
  folder: string;
  /** What its nodes' ids begin with. */
  name: string;
}

/** So many sweeps at the same time, each on a simulator of its own at this speed; one verdict for each. */
export async function fetchSweeps(times: number, speed: number): Promise<Verdict[]> {
  const chains: Chain[] = [];
  let flow: LoadedFlow | null = null;
  try {
    for (let index = 0; index < times; index += 1) {
      const folder = await mkdtemp(join(tmpdir(), 'complete-results-'));
      chains.push({
        simulator: await startSimulator({ speed, seed: index + 1, restarts: false }),
        folder,
        name: `c${index}`,
      });
    }
    const platforms = chains.map(({ simulator, name }) => platformOf(simulator, { id: `${name}-platform` }));
    const nodes = [
      ...AROUND,
      ...chains.flatMap((chain, index) => [platforms[index]!.node, ...chainOf(chain)]),
    ];
    const credentials = Object.assign({}, ...platforms.map((one) => one.credentials)) as Record<
      string,
      Record<string, string>
    >;
    // A sweep takes three hours of the simulator's clock; the rest is for a machine that is busy.
    const patience = (10_800 / speed) * 1000 + 600_000;
    flow = await loadFlow(nodes, { credentials, patience });
    const verdicts: Verdict[] = [];
    for (const chain of chains) verdicts.push(await verdictOf(chain, flow));
    return verdicts;
  } finally {
    await flow?.unload();
    for (const { simulator, folder } of chains) {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function chainOf({ name, folder }: Chain): FlowNode[] {
  const id = (part: string) => `${name}-${part}`;
  const ours = { z: TAB, platform: id('platform') };
  return [
    {
      ...ours,
      id: id('watch'),
      type: 'rescale-watch-runs',
      jobs: JOB,
      jobsType: 'str',
      events: ['completed'],
      startFrom: 'all',
      interval: 5,
      outcome: false,
      wires: [[id('list')]],
    },
    { ...ours, id: id('list'), type: 'rescale-list-files', wires: [[id('download')]] },
    {
      ...ours,
      id: id('download'),
      type: 'rescale-download-files',
      files: 'payload',
      filesType: 'msg',
      to: 'folder',
      folder,
      folderType: 'str',
      wires: [[id('next')]],
    },
    { z: TAB, id: id('next'), type: 'collector' },
  ];
}

async function verdictOf({ simulator, folder, name }: Chain, flow: LoadedFlow): Promise<Verdict> {
  const runs = await allOf<{ id: string }>(simulator, `jobs/${JOB}/runs/`);
  const heard = await flow.until(`the next step for all runs of ${name}`, () => {
    const ids = new Set(
      [...flow.received(`${name}-next`), ...caughtOf(name, flow)].map(({ runId }) => runId),
    );
    return ids.size >= runs.length ? ids : undefined;
  });
  const onDisk = await filesBelow(join(folder, JOB));
  let listed = 0;
  let fetched = 0;
  const missing: string[] = [];
  for (const { id } of runs) {
    const files = await allOf<{ relativePath: string }>(simulator, `jobs/${JOB}/runs/${id}/files/`);
    const gone = files
      .map(({ relativePath }) => relativePath)
      .filter((path) => !onDisk.has(`run${id}/${path}`));
    listed += files.length;
    fetched += files.length - gone.length;
    if (gone.length > 0 || files.length === 0 || !heard.has(id))
      missing.push(`run ${id}: ${gone.join(', ')}`);
  }
  const errors = caughtOf(name, flow).map(({ error }) => JSON.stringify(error));
  return { runs: runs.length, listed, fetched, missing, errors };
}

/** What went to Catch from the nodes of one chain. */
function caughtOf(name: string, flow: LoadedFlow): Message[] {
  const isOurs = ({ error }: Message) =>
    (error as { source: { id: string } }).source.id.startsWith(`${name}-`);
  return flow.received('caught').filter(isOurs);
}

/** All rows of a list of the platform, asked without our client. */
async function allOf<Row>({ origin, token }: Simulator, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  let next: string | null = `${origin}/api/v2/${path}?page_size=100`;
  while (next !== null) {
    const answer = await fetch(next, { headers: { authorization: `Token ${token}` } });
    const page = (await answer.json()) as { results: Row[]; next: string | null };
    rows.push(...page.results);
    next = page.next;
  }
  return rows;
}

/** Paths with slashes. */
async function filesBelow(folder: string): Promise<Set<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
}

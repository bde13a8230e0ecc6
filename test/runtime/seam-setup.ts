import type { Behaviour, InputContext, NodeHost, Results } from '../../src/runtime/definition/definition';
import { jobIdField, runIdField, type Field } from '../../src/runtime/fields/fields';
import { defineNode, type NodeModule } from '../../src/runtime/node/define-node';
import { startSimulator, type Simulator } from '../../src/simulator';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';

export interface ProbeFields {
  jobId: string;
  runId: string;
}
type Shape = { jobId: Field<string>; runId: Field<string> };

const fields: Shape = { jobId: jobIdField(), runId: runIdField() };
export const PROBE = 'rescale-probe';
export const place = { jobId: 'j1', runId: '2' };

/** A node that does what the test says. */
export const probe = (context: (context: InputContext<ProbeFields>) => Results): NodeModule =>
  defineNode({ type: PROBE, fields, input: context });

export const holding = (setup: (host: NodeHost<ProbeFields>) => Behaviour<ProbeFields>): NodeModule =>
  defineNode({ type: PROBE, fields, busy: 'waiting', setup });

/** Something that a test waits for. */
export function signalled() {
  let give = () => {};
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}

/** What the tests of the seam work with: one simulator for all of a file, and a flow for each of them. */
export let simulator: Simulator;
let flow: LoadedFlow | null = null;

/** For the `describe` of each file that uses it. */
export function flowForEach(): void {
  before(async () => {
    simulator = await startSimulator({ speed: 0 });
  });
  after(() => simulator.close());
  afterEach(async () => {
    await flow?.unload();
    flow = null;
  });
}

export async function load(module: NodeModule, config: Record<string, unknown> = {}): Promise<LoadedFlow> {
  const [nodes, options] = flowAround({ type: PROBE, ...config }, platformOf(simulator));
  return keep(await loadFlow(nodes, { ...options, own: { [PROBE]: module } }));
}

/** Unloads this flow after the test. */
export function keep(loaded: LoadedFlow): LoadedFlow {
  flow = loaded;
  return loaded;
}

export function deployChanged(loaded: LoadedFlow, config: Record<string, unknown>) {
  const [nodes, { credentials }] = flowAround({ type: PROBE, ...config }, platformOf(simulator));
  return loaded.deploy(nodes, 'nodes', credentials);
}

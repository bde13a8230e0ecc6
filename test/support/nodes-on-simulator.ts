import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';
import { flowAround, loadFlow, platformOf, type FlowOptions, type LoadedFlow } from './flow';

/** What a suite of node tests has around it. */
interface NodesOnSimulator {
  readonly simulator: Simulator;
  /** Loads `flowAround` one node; the flow is unloaded after the test. */
  load(
    node: { type: string } & Record<string, unknown>,
    platform?: Record<string, unknown>,
    options?: FlowOptions,
  ): Promise<LoadedFlow>;
}

/**
 * Gives the surrounding `describe` a simulator of its own, whose clock stands still unless told otherwise. Every test
 * finds it without faults and without recorded requests.
 */
export function nodesOnSimulator(options: SimulatorOptions = {}): NodesOnSimulator {
  let simulator: Simulator | null = null;
  const flows: LoadedFlow[] = [];

  before(async () => {
    simulator = await startSimulator({ speed: 0, ...options });
  });
  beforeEach(() => {
    simulator!.setFaults([]);
    simulator!.clearRequests();
  });
  afterEach(async () => {
    for (const flow of flows.splice(0)) await flow.unload();
  });
  after(() => simulator!.close());

  return {
    get simulator() {
      return simulator!;
    },
    async load(node, platform = {}, more = {}) {
      const [nodes, given] = flowAround(node, platformOf(simulator!, platform));
      const flow = await loadFlow(nodes, { ...given, ...more });
      flows.push(flow);
      return flow;
    },
  };
}

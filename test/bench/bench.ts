import type { Runtime } from '../real/runtimes';
import type { BenchResult } from './figures';

/** One comparison, alone by its name. `nodeArguments` go to the Node.js of Node-RED, such as `--cpu-prof`. */
export type Bench = (runtime: Runtime, nodeArguments: string[]) => Promise<BenchResult>;

import { script } from './scripts';

/** The two lines of Node-RED that the package supports: 4.1 on the Node.js of this process, 5 on a newer one of its own. */
export type Runtime = '4.1' | '5';

export const runtimes: readonly Runtime[] = ['4.1', '5'];

/** The line that a suite of one line is run on: `TEST_RUNTIME`, which `scripts/test.mjs` sets; 4.1 unless told. */
export const runtimeUnderTest: Runtime = process.env['TEST_RUNTIME'] === '5' ? '5' : '4.1';

interface RuntimeProgram {
  /** The Node.js binary. */
  node: string;
  /** Node-RED's `red.js`. */
  red: string;
}

const programs = new Map<Runtime, RuntimeProgram>();

/** What to start for a runtime, installed if it is missing. */
export function runtimeProgram(runtime: Runtime): RuntimeProgram {
  const program = programs.get(runtime) ?? (JSON.parse(script('runtimes.mjs', runtime)) as RuntimeProgram);
  programs.set(runtime, program);
  return program;
}

/** Settings for a Node-RED that has Dashboard 2 and the e-mail node too. */
export function withRecipeNodes(): { nodesDir: string[] } {
  return { nodesDir: [JSON.parse(script('runtimes.mjs', 'recipes')) as string] };
}

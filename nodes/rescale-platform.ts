import { definePlatform } from '../src/runtime/platform';

/** Loaded on first use: most platforms are real ones. */
const simulator = () => module.require('../src/simulator') as typeof import('../src/simulator');

export = definePlatform((options) => simulator().startSimulator(options));

import type * as Simulator from '../src/simulator';
import { definePlatform } from '../src/runtime/platform';

/** Loaded on first use: most platforms are real ones. */
const simulator = () => module.require('../src/simulator') as typeof Simulator;

export = definePlatform((options) => simulator().startSimulator(options));

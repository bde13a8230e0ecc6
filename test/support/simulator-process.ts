/** A simulator in a process of its own, with the options of its command line as JSON. Says where it is, then serves. */
import { startSimulator, type SimulatorOptions } from '../../src/simulator';

const options = JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions;
void startSimulator(options).then(({ origin, token }) => process.send!({ origin, token }));
process.once('disconnect', () => process.exit());

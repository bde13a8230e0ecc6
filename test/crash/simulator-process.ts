/** A simulator in a process of its own, whose clock only moves when it is told to. Says where it is, then serves. */
import { startSimulator } from '../../src/simulator';

void startSimulator({ speed: 0 }).then(({ origin, token }) => process.send!({ origin, token }));
process.once('disconnect', () => process.exit());

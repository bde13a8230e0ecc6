import type { NodeAPI } from 'node-red';
import { onEscapedFault } from '../../api/errors/guard';
import { withoutKnownKeys } from '../../api/errors/known-keys';
import { reasonOf } from '../status/message-catalog';

/** Each Node-RED of this process is told once of each fault. */
const told = new WeakSet<object>();

/** The same fault again and again would fill a disk: it is logged so often at most … */
const MOST = 20;
/** … in so long a time (ms). */
const WINDOW = 3_600_000;

/**
 * What was thrown where nobody could catch it goes to Node-RED's log: it is a fault of this package, and without a
 * trace nobody could mend it. The flows go on.
 */
export function logEscapedFaults(RED: NodeAPI): void {
  if (told.has(RED.events)) return;
  told.add(RED.events);
  let since = performance.now();
  let count = 0;
  onEscapedFault((fault) => {
    if (performance.now() - since > WINDOW) [since, count] = [performance.now(), 0];
    count += 1;
    if (count > MOST) return;
    const stack = fault instanceof Error ? fault.stack : undefined;
    RED.log.error(`node-red-rescale: ${withoutKnownKeys(stack ?? reasonOf(fault))}`);
  });
}

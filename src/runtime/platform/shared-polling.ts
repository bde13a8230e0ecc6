import type { Clock } from '../../api/time/clock';
import { createJobPolling, type JobPolling } from '../../runs/polling/job-polling';
import type { Connection } from '../definition/definition';

/** The one polling of jobs for all nodes on the same platform node: each job is read once for all of them. */
export function sharedPolling(connection: Connection, clock: Clock): JobPolling {
  return connection.shared('job-polling', () => createJobPolling({ client: connection.client, clock }));
}

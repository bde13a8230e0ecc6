import type { Clock } from '../../api/time/clock';
import { createPoller, type Poller } from '../../runs/polling/poller';
import type { Connection } from '../definition/definition';

/** The one poller of all nodes on the same platform node: each job is read once for all of them. */
export function sharedPoller(connection: Connection, clock: Clock): Poller {
  return connection.shared('poller', () => createPoller({ client: connection.client, clock }));
}

import type { RescaleClient } from '../../api/client/client';
import type { Clock } from '../../api/time/clock';
import { createPoller, type Poller } from '../../runs/polling/poller';
import type { Connection } from '../definition/definition';

/** The one poller of everybody on the same platform and key. */
export function sharedPoller(connection: Connection, clock: Clock): Poller {
  return connection.shared('poller', (client) => createPoller({ client: lastingClient(client), clock }));
}

/** A client that is whichever is there: the poller outlives the platform node, and so the client, that made it. */
function lastingClient(current: () => RescaleClient): RescaleClient {
  return new Proxy({} as RescaleClient, {
    get(_, name) {
      const client = current();
      const member: unknown = Reflect.get(client, name);
      return typeof member === 'function' ? (member.bind(client) as unknown) : member;
    },
  });
}

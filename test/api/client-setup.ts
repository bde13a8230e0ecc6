import type { ClientOptions, RescaleClient } from '../../src/api/client/client';
import { clientOf, startServer, type ScriptedServer } from './scripted-server';

/** A server that answers as it is told, and a client of it: new for each of them. */
export let server: ScriptedServer;
export let client: RescaleClient;

/** For the `describe` of each file that uses it. */
export function newForEach(): void {
  beforeEach(async () => {
    server = await startServer();
    client = clientOf(server);
  });

  afterEach(async () => {
    client.close();
    await server.close();
  });
}

/** Another client for the rest of the test. */
export function useClient(options: Partial<ClientOptions>): void {
  client.close();
  client = clientOf(server, options);
}

/** Who the key of a running platform belongs to, for its dialog. */
import type { NodeAPI } from 'node-red';
import type { RescaleClient } from '../../api/client/client';
import { findPlatform } from '../platform/platform';
import { registerEditorRoute, EditorError } from './editor-route';

interface KeyOwnerAnswer {
  /** Null where the platform does not say it. */
  user: string | null;
}

/** Asked once for each client: the owner of a key does not change. */
const owners = new WeakMap<RescaleClient, Promise<string | null>>();

/** Registers the route `rescale-platform/owner`: `{ id }` of a platform node. Called once, by the platform's node file. */
export function registerKeyOwner(RED: NodeAPI): void {
  registerEditorRoute(
    RED,
    '/rescale-platform/owner',
    'rescale-platform.read',
    async ({ id }): Promise<KeyOwnerAnswer> => {
      if (typeof id !== 'string' || !RED.nodes.getNode(id)) throw new EditorError('ask.node-not-deployed');
      const { client } = await findPlatform(RED, id).connect();
      return { user: await ownerOf(client) };
    },
  );
}

function ownerOf(client: RescaleClient): Promise<string | null> {
  const known = owners.get(client);
  if (known) return known;
  const request = client.checkConnection({ once: true }).then(({ user }) => user);
  owners.set(client, request);
  return request.catch(() => {
    owners.delete(client);
    return null;
  });
}

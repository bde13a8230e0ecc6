/** What the key of a running platform is doing, for its dialog: who it belongs to, how much it asks, what waits. */
import type { NodeAPI } from 'node-red';
import type { RescaleClient } from '../../api/client/client';
import { findPlatform } from '../platform/platform';
import { answerEditor, EditorReason } from './editor-answers';

/** How one kind of request stands. Rates are requests per second; instants are milliseconds since the epoch. */
export interface ScopeUsage {
  scope: string;
  /** Null without a limit. */
  rate: number | null;
  lastMinute: number;
  waiting: number;
  pausedUntil: number | null;
  slowUntil: number | null;
}

export interface Usage {
  /** Who the key belongs to; null where the platform does not say it. */
  user: string | null;
  scopes: ScopeUsage[];
}

/** Asked once for each client: the owner of a key does not change. */
const owners = new WeakMap<RescaleClient, Promise<string | null>>();

/** Makes the address `rescale-platform/usage`. Called once, by the platform's node file. */
export function registerUsage(RED: NodeAPI): void {
  answerEditor(RED, '/rescale-platform/usage', 'rescale-platform.read', async (question): Promise<Usage> => {
    const { platform } = question;
    if (typeof platform !== 'string' || !RED.nodes.getNode(platform)) {
      throw new EditorReason('ask.node-not-deployed');
    }
    const { client } = await findPlatform(RED, platform).connect();
    const scopes = client.budget.usage();
    return { user: await ownerOf(client), scopes };
  });
}

function ownerOf(client: RescaleClient): Promise<string | null> {
  const known = owners.get(client);
  if (known) return known;
  const asked = client.checkConnection({ once: true }).then(({ user }) => user);
  owners.set(client, asked);
  return asked.catch(() => {
    owners.delete(client);
    return null;
  });
}

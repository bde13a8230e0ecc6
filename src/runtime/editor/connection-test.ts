/** The platform dialog's "Test connection": tries what the dialog holds now, whether it was deployed or not. */
import type { NodeAPI } from 'node-red';
import { withUndeployedPlatform, type PlatformPorts } from './undeployed-platform';
import { registerEditorRoute } from './editor-route';

/** What the editor gets when the platform was reached and took the key; otherwise it gets a reason. */
interface ConnectionAnswer {
  /** The address as messages call it. */
  platform: string;
  /** Who the key belongs to, where the platform says it. */
  user: string | null;
}

/** Registers the route `rescale-platform/test`. Called once, by the platform's node file. */
export function registerConnectionTest(RED: NodeAPI, ports: PlatformPorts): void {
  registerEditorRoute(RED, '/rescale-platform/test', 'rescale-platform.write', (request, signal) =>
    withUndeployedPlatform(RED, ports, request, async (client, settings): Promise<ConnectionAnswer> => {
      const answer = { platform: settings.name, user: null };
      if (settings.simulated) return answer;
      return { ...answer, ...(await client.checkConnection({ signal, once: true })) };
    }),
  );
}

/** What the key of a running platform is doing, for its dialog. */
import type { NodeAPI } from 'node-red';
import type { ScopeUsage } from '../../api/limits/budget';
import { isRescaleError } from '../../api/errors/errors';
import { findPlatform } from '../platform/platform';
import { registerEditorRoute } from './editor-route';

export interface KeyUsageAnswer {
  /** False for a platform that was not deployed yet, or is disabled: nothing runs. */
  running: boolean;
  /** The address as messages call it; null when it can't be used. */
  platform: string | null;
  scopes: ScopeUsage[];
}

/**
 * Registers the route `rescale-platform/usage`: `{ id }` of a platform node. A request of it costs nothing, because it is
 * answered from what this process has counted. Called once, by the platform's node file.
 */
export function registerKeyUsage(RED: NodeAPI): void {
  registerEditorRoute(RED, '/rescale-platform/usage', 'rescale-platform.read', ({ id }) =>
    Promise.resolve().then((): KeyUsageAnswer => {
      try {
        const platform = findPlatform(RED, id);
        return { running: true, platform: platform.name, scopes: platform.usage() };
      } catch (error) {
        if (!isRescaleError(error)) throw error;
        return { running: false, platform: null, scopes: [] };
      }
    }),
  );
}

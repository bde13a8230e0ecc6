/** The button of the platform's dialog that restarts the sweep of the simulator. */
import type { NodeAPI } from 'node-red';
import { isRescaleError } from '../../api/errors/errors';
import { findPlatform } from '../platform/platform';
import { registerEditorRoute, EditorError } from './editor-route';

/** Registers the route `rescale-platform/restart`: `{ id }` of a deployed platform. Called once, by the platform's node file. */
export function registerSweepRestart(RED: NodeAPI): void {
  registerEditorRoute(RED, '/rescale-platform/restart', 'rescale-platform.write', async ({ id }) => {
    const { restart } = await deployed(RED, id).connect();
    if (!restart) throw new EditorError('ask.node-not-deployed');
    restart();
    return {};
  });
}

function deployed(RED: NodeAPI, id: unknown): ReturnType<typeof findPlatform> {
  try {
    return findPlatform(RED, id);
  } catch (error) {
    throw isRescaleError(error) ? new EditorError('ask.node-not-deployed') : error;
  }
}

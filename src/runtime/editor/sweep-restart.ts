/** The button of the platform's dialog that begins the sweep of the simulator anew. */
import type { NodeAPI } from 'node-red';
import { isRescaleError } from '../../api/errors/errors';
import { findPlatform } from '../platform/platform';
import { answerEditor, EditorReason } from './editor-answers';

/** Makes the address `rescale-platform/restart`: `{ id }` of a deployed platform. Called once, by the platform's file. */
export function registerSweepRestart(RED: NodeAPI): void {
  answerEditor(RED, '/rescale-platform/restart', 'rescale-platform.write', async ({ id }) => {
    const { restart } = await deployed(RED, id).connect();
    if (!restart) throw new EditorReason('ask.node-not-deployed');
    restart();
    return {};
  });
}

function deployed(RED: NodeAPI, id: unknown): ReturnType<typeof findPlatform> {
  try {
    return findPlatform(RED, id);
  } catch (error) {
    throw isRescaleError(error) ? new EditorReason('ask.node-not-deployed') : error;
  }
}

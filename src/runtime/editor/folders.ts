/** Which folder a relative one will be: only the server knows where it stands. */
import { resolve } from 'node:path';
import type { NodeAPI } from 'node-red';
import { registerEditorRoute } from './editor-route';

/** Registers the route `rescale-platform/folder`. Called once, by the platform's node file. */
export function registerFolders(RED: NodeAPI): void {
  registerEditorRoute(RED, '/rescale-platform/folder', 'rescale-platform.read', (request) => {
    const { folder } = request;
    return Promise.resolve({ folder: resolve(typeof folder === 'string' ? folder.trim() : '') });
  });
}

/** Which folder a relative one will be: only the server knows where it stands. */
import { resolve } from 'node:path';
import type { NodeAPI } from 'node-red';
import { answerEditor } from './editor-answers';

/** Makes the address `rescale-platform/folder`. Called once, by the platform's node file. */
export function registerFolders(RED: NodeAPI): void {
  answerEditor(RED, '/rescale-platform/folder', 'rescale-platform.read', (question) => {
    const { folder } = question;
    return Promise.resolve({ folder: resolve(typeof folder === 'string' ? folder.trim() : '') });
  });
}

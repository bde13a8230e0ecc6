import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type ScriptedServer } from './scripted-server';

/** A server that answers as it is told, and a folder for what is downloaded from it: new for each test. */
export let server: ScriptedServer;
export let folder: string;

/** For each `describe` that uses them. */
export function newForEach(): void {
  beforeEach(async () => {
    server = await startServer();
    folder = mkdtempSync(join(tmpdir(), 'downloads-'));
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
}

import type { NodeAPI } from 'node-red';
import { registerConnectionTest } from '../../src/runtime/editor/connection-test';
import { registerFolders } from '../../src/runtime/editor/folders';
import { registerJobPreview } from '../../src/runtime/editor/job-preview';
import { registerKeyOwner } from '../../src/runtime/editor/key-owner';
import { registerKeyUsage } from '../../src/runtime/editor/key-usage';
import { registerLookups } from '../../src/runtime/editor/lookups';
import { registerSweepRestart } from '../../src/runtime/editor/sweep-restart';
import { registerTestEvent } from '../../src/runtime/editor/test-event';
import { createClient, definePlatform } from '../../src/runtime/platform/platform';
import type { StartSimulator } from '../../src/runtime/platform/simulator-lease';
import type * as Simulator from '../../src/simulator';

/** Loaded on first use: most platforms are real ones. */
const startSimulator: StartSimulator = (options) =>
  (module.require('../../src/simulator') as typeof Simulator).startSimulator(options);

/** Where and as whom to call, and what the dialogs ask of this Node-RED. */
export = (RED: NodeAPI): void => {
  definePlatform(startSimulator)(RED);
  const ports = { createClient, startSimulator };
  registerLookups(RED, ports);
  registerConnectionTest(RED, ports);
  registerFolders(RED);
  registerKeyUsage(RED);
  registerKeyOwner(RED);
  registerSweepRestart(RED);
  registerTestEvent(RED);
  registerJobPreview(RED, ports);
};

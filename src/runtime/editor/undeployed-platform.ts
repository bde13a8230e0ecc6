/** A client for one request to a platform as the dialog holds it now, whether it was deployed or not. */
import type { Node, NodeAPI } from 'node-red';
import type { ClientOptions, RescaleClient } from '../../api/client/client';
import { createBudget } from '../../api/limits/create-budget';
import { findPlatform } from '../platform/platform';
import { readPlatformSettings, type PlatformSettings } from '../platform/platform-settings';
import { leaseSimulator, type StartSimulator } from '../platform/simulator-lease';
import { readProxy, readTls } from '../platform/transport-nodes';
import { EditorError, reasonFor, type EditorRequest } from './editor-route';

export interface PlatformPorts {
  createClient(options: ClientOptions): RescaleClient;
  startSimulator: StartSimulator;
}

/** What the editor shows in place of a stored password; the password itself never goes to a browser. */
const STORED_TOKEN = '__PWRD__';

/** Milliseconds without a byte. A person waits for this, so it gives up sooner than a flow would. */
const TIMEOUT = 10_000;

/**
 * Makes a client from what the dialog holds: `url`, `apiVersion`, `timeout`, `speed`, `token`, `tls` and `proxy`, and the `id` of
 * the platform, whose stored key is taken where none was typed. Only who may deploy may ask this way, because the
 * address is theirs to choose.
 */
export async function withUndeployedPlatform<Found>(
  RED: NodeAPI,
  ports: PlatformPorts,
  request: EditorRequest,
  use: (client: RescaleClient, settings: PlatformSettings) => Promise<Found>,
): Promise<Found> {
  const settings = readRequest(RED, request);
  const lease = settings.simulated ? await leaseSimulator(ports.startSimulator, settings.speed) : null;
  const { origin, token } = lease?.simulator ?? settings;
  let client: RescaleClient | null = null;
  try {
    client = ports.createClient({
      origin,
      platform: settings.name,
      apiVersion: settings.apiVersion,
      token,
      timeout: Math.min(settings.timeout, TIMEOUT),
      patience: settings.patience,
      // Not the shared one: the key on trial may not be the one in use, and what a person looks up does no harm.
      budget: createBudget({ rate: 0 }),
      tls: readDeployed('tls', () => readTls(RED, request['tls'])),
      proxy: lease ? undefined : readDeployed('proxy', () => readProxy(RED, request['proxy'], origin)),
    });
    return await use(client, settings);
  } finally {
    client?.close();
    lease?.release();
  }
}

/** The fields of the dialog, with the stored key where it was not typed again. */
function readRequest(RED: NodeAPI, request: EditorRequest): PlatformSettings {
  const id = String(request['id']);
  // The typings say that it is always there; a platform that was never deployed is not.
  const node = RED.nodes.getNode(id) as Node | null;
  const lookup = (variable: string): unknown =>
    node ? RED.util.getSetting(node, variable) : process.env[variable];
  if (request['token'] !== STORED_TOKEN) return readPlatformSettings(request, lookup);
  const stored = RED.nodes.getCredentials(id) as { token?: unknown } | undefined;
  const settings = readPlatformSettings({ ...request, token: stored?.token }, lookup);
  // Else anybody who may test could have the key sent to a machine of their own.
  const storedFor = node ? findPlatform(RED, id).name : null;
  if (!settings.simulated && settings.name !== storedFor) throw new EditorError('test.stored-elsewhere');
  return settings;
}

/** A picked config node that Node-RED does not know is, in the dialog, one that was not deployed yet. */
function readDeployed<Value>(field: 'tls' | 'proxy', read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (reasonFor(error).key !== 'errors.config-missing-node') throw error;
    throw new EditorError(`test.not-deployed-${field}`);
  }
}

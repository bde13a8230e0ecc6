/** A platform as a dialog holds it now, whether it was deployed or not: its client for one question. */
import type { Node, NodeAPI } from 'node-red';
import type { ClientOptions, RescaleClient } from '../../api/client/client';
import { createBudget } from '../../api/limits/create-budget';
import { findPlatform } from '../platform/platform';
import { readPlatformSettings, type PlatformSettings } from '../platform/platform-settings';
import { leaseSimulator, type StartSimulator } from '../platform/simulator-lease';
import { readProxy, readTls } from '../platform/transport-nodes';
import { EditorReason, reasonFor, type Question } from './editor-answers';

export interface DraftPorts {
  createClient(options: ClientOptions): RescaleClient;
  startSimulator: StartSimulator;
}

/** What the editor shows in place of a stored password; the password itself never goes to a browser. */
const STORED_TOKEN = '__PWRD__';

/** Milliseconds without a byte. A person waits for this, so it gives up sooner than a flow would. */
const TIMEOUT = 10_000;

/**
 * Asks with what the dialog holds: `url`, `apiVersion`, `timeout`, `speed`, `token`, `tls` and `proxy`, and the `id` of
 * the platform, whose stored key is taken where none was typed. Only who may deploy may ask this way, because the
 * address is theirs to choose.
 */
export async function withDraft<Found>(
  RED: NodeAPI,
  ports: DraftPorts,
  question: Question,
  use: (client: RescaleClient, settings: PlatformSettings) => Promise<Found>,
): Promise<Found> {
  const settings = readQuestion(RED, question);
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
      tls: readDeployed('tls', () => readTls(RED, question['tls'])),
      proxy: lease ? undefined : readDeployed('proxy', () => readProxy(RED, question['proxy'], origin)),
    });
    return await use(client, settings);
  } finally {
    client?.close();
    lease?.release();
  }
}

/** The fields of the dialog, with the stored key where it was not typed again. */
function readQuestion(RED: NodeAPI, question: Question): PlatformSettings {
  const id = String(question['id']);
  // The typings say that it is always there; a platform that was never deployed is not.
  const node = RED.nodes.getNode(id) as Node | null;
  const lookup = (variable: string): unknown =>
    node ? RED.util.getSetting(node, variable) : process.env[variable];
  if (question['token'] !== STORED_TOKEN) return readPlatformSettings(question, lookup);
  const stored = RED.nodes.getCredentials(id) as { token?: unknown } | undefined;
  const settings = readPlatformSettings({ ...question, token: stored?.token }, lookup);
  // Else anybody who may test could have the key sent to a machine of their own.
  const storedFor = node ? findPlatform(RED, id).name : null;
  if (!settings.simulated && settings.name !== storedFor) throw new EditorReason('test.stored-elsewhere');
  return settings;
}

/** A picked config node that Node-RED does not know is, in the dialog, one that was not deployed yet. */
function readDeployed<Value>(field: 'tls' | 'proxy', read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (reasonFor(error).key !== 'errors.config-missing-node') throw error;
    throw new EditorReason(`test.not-deployed-${field}`);
  }
}

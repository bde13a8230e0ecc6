/** The platform dialog's "Test connection": tries what the dialog holds now, whether it was deployed or not. */
import type { Node, NodeAPI } from 'node-red';
import type { ClientOptions, RescaleClient } from '../../api/client/client';
import { createBudget } from '../../api/limits/create-budget';
import { answerEditor, EditorReason, reasonFor, type Question } from './editor-answers';
import { findPlatform } from '../platform/platform';
import { readPlatformSettings, type PlatformSettings } from '../platform/platform-settings';
import { leaseSimulator, type StartSimulator } from '../platform/simulator-lease';
import { readProxy, readTls } from '../platform/transport-nodes';

/** What the editor gets when the platform was reached and took the key; otherwise it gets a reason. */
export interface ConnectionAnswer {
  /** The address as messages call it. */
  platform: string;
  /** Who the key belongs to, where the platform says it. */
  user: string | null;
}

export interface ConnectionTestPorts {
  createClient(options: ClientOptions): RescaleClient;
  startSimulator: StartSimulator;
}

/** What the editor shows in place of a stored password; the password itself never goes to a browser. */
const STORED_TOKEN = '__PWRD__';

/** Milliseconds without a byte. A person waits for this, so it gives up sooner than a flow would. */
const TIMEOUT = 10_000;

/** Makes the address `rescale-platform/test`. Called once, by the platform's node file. */
export function registerConnectionTest(RED: NodeAPI, ports: ConnectionTestPorts): void {
  answerEditor(RED, '/rescale-platform/test', 'rescale-platform.write', (question, signal) =>
    tryConnection(RED, ports, question, signal),
  );
}

async function tryConnection(
  RED: NodeAPI,
  ports: ConnectionTestPorts,
  question: Question,
  signal: AbortSignal,
): Promise<ConnectionAnswer> {
  const settings = readQuestion(RED, question);
  const answer = { platform: settings.name, user: null };
  if (settings.simulated) {
    const lease = await leaseSimulator(ports.startSimulator, settings.speed);
    lease.release();
    return answer;
  }
  const client = ports.createClient({
    origin: settings.origin,
    platform: settings.name,
    apiVersion: settings.apiVersion,
    token: settings.token,
    timeout: Math.min(settings.timeout, TIMEOUT),
    patience: settings.patience,
    // Not the shared one: the key on trial may not be the one in use, and a single request does no harm.
    budget: createBudget({ rate: 0 }),
    tls: readDeployed('tls', () => readTls(RED, question['tls'])),
    proxy: readDeployed('proxy', () => readProxy(RED, question['proxy'], settings.origin)),
  });
  try {
    return { ...answer, ...(await client.checkConnection({ signal, once: true })) };
  } finally {
    client.close();
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
  // Else anybody who may test could have the key sent to a machine of their own (node-red.md 2, 7).
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

/** What the tests that kill Node-RED share: a simulator and a Node-RED, each a process of its own, and their flow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import { runtimeUnderTest } from '../real/runtimes';
import { startRemoteSimulator, type RemoteSimulator } from '../support/remote-simulator';

/** Started before the tests of the `describe` that this is called in, and ended after them. */
export function killedNodeRed(options?: { speed: number }): {
  readonly simulator: RemoteSimulator;
  readonly nodeRed: NodeRed;
} {
  let simulator: RemoteSimulator;
  let nodeRed: NodeRed;
  before(async () => {
    simulator = await startRemoteSimulator(options);
    nodeRed = await startNodeRed({ runtime: runtimeUnderTest });
  });
  after(async () => {
    await nodeRed?.remove();
    await simulator?.close();
  });
  return {
    get simulator() {
      return simulator;
    },
    get nodeRed() {
      return nodeRed;
    },
  };
}

/** What another process does is looked at until it has happened. `patience` in milliseconds. */
export async function until(
  happened: () => boolean,
  what: string,
  patience: number,
  progress = () => {},
): Promise<void> {
  const end = Date.now() + patience;
  let told = Date.now();
  while (!happened()) {
    if (Date.now() > end) throw new Error(`waited too long for ${what}`);
    if (Date.now() - told > PROGRESS) {
      told = Date.now();
      progress();
    }
    await sleep(250);
  }
}

/** How often (ms) it is said how far it is. */
const PROGRESS = 10_000;

/** Where every node lies; nobody looks at it. */
export const place = { z: 'tab', x: 0, y: 0 };

/** The tab and the platform of a flow. */
export function tabWithPlatform({ origin, token }: RemoteSimulator): FlowNode[] {
  return [
    { id: 'tab', type: 'tab', label: 'crash' },
    { id: 'platform', type: 'rescale-platform', url: origin, rate: 0, credentials: { token } },
  ];
}

/** The inject node `begin`, whose message has these texts. */
export function beginWith(texts: Record<string, string>, targets: readonly string[]): FlowNode {
  const props = Object.entries(texts).map(([p, v]) => ({ p, v, vt: 'str' }));
  return { ...place, id: 'begin', type: 'inject', props, wires: [[...targets]] };
}

/** A node that writes down, under a name, a value of each message: what `recorded` reads after a kill. */
export function note(id: string, name: string, value = 'msg.payload'): FlowNode {
  const func = `global.get('record')('${name}', ${value});`;
  return { ...place, id, type: 'function', outputs: 0, func, wires: [] };
}

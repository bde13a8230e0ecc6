/** A cell of the matrix: a simulator of its own under one fault, a platform, the node, and what looks at it. */
import { EventEmitter } from 'node:events';

import { startSimulator, type Simulator } from '../../src/simulator';
import type { Message } from '../../src/runtime/definition/definition';
import { canaryToken } from '../security/canary';
import { loadFlow, platformOf, type Credentials, type FlowNode, type LoadedFlow } from '../support/flow';
import { PATIENCE, TIMEOUT, type Fault } from './expectations';
import type { NodeUnderTest } from './node-list';

export interface Cell {
  id: string;
  fault: Fault;
  simulator: Simulator;
  /** What the node is asked. */
  message: Message;
}

/** A line of Node-RED's log before it is written: `msg` is the error object itself. */
interface LogEntry {
  id?: string;
  msg: unknown;
}

export interface LoadedCells {
  flow: LoadedFlow;
  logged: readonly LogEntry[];
  unload(): Promise<void>;
}

/** A lost stop is looked after for ten seconds, and a node that waits takes a round or two to see that all is well. */
const CELL_PATIENCE = 40_000;

export async function makeCell(
  node: NodeUnderTest,
  fault: Fault,
  index: number,
  foreign: string,
): Promise<Cell> {
  const token = canaryToken();
  const simulator = await startSimulator({ token });
  const message = (await node.prepare?.(simulator)) ?? node.message;
  simulator.clearRequests();
  simulator.setFaults([{ ...fault.rule({ token, foreign, tenth: node.tenth }), ...node.at }]);
  return { id: `cell${index}`, fault, simulator, message };
}

/** All cells in one flow, so that they run at the same time. */
export async function loadCells(
  node: NodeUnderTest,
  cells: readonly Cell[],
  userDir: string,
): Promise<LoadedCells> {
  const [nodes, credentials] = flowOf(node, cells);
  const flow = await loadFlow(nodes, { credentials, patience: CELL_PATIENCE, settings: { userDir } });
  const logged: LogEntry[] = [];
  const listener = new EventEmitter().on('log', (entry: LogEntry) => logged.push(entry));
  flow.RED.log.addHandler(listener);
  return {
    flow,
    logged,
    async unload() {
      flow.RED.log.removeHandler(listener);
      await flow.unload();
    },
  };
}

/** What reached Catch, Complete or the output of a cell. */
export function receivedOf(
  { flow }: LoadedCells,
  { id }: Cell,
  part: 'caught' | 'completed' | 'out',
): Message[] {
  if (part === 'out') return flow.received(`${id}-out`);
  const source = (message: Message) =>
    (message.error as { source?: { id?: string } } | undefined)?.source?.id ?? message.cell;
  return flow.received(part).filter((message) => (part === 'caught' ? source(message) : message.cell) === id);
}

function flowOf(node: NodeUnderTest, cells: readonly Cell[]): [FlowNode[], Credentials] {
  const place = { z: 'tab', x: 0, y: 0, name: '', wires: [] };
  const credentials: Credentials = {};
  const each = cells.flatMap(({ id, fault, simulator }): FlowNode[] => {
    const platform = platformOf(simulator, {
      id: `${id}-platform`,
      timeout: String(TIMEOUT / 1000),
      patience: String(PATIENCE / 1000),
    });
    Object.assign(credentials, platform.credentials);
    const out = `${id}-out`;
    return [
      platform.node,
      {
        ...place,
        wires: [[out], [out]],
        ...node.config,
        ...fault.config,
        id,
        type: node.type,
        platform: platform.node.id,
      },
      { ...place, id: out, type: 'collector' },
    ];
  });
  // One of each for all cells: the test helper takes a type of Node-RED's own only once.
  const around: FlowNode[] = [
    { id: 'tab', type: 'tab', label: 'faults' },
    { ...place, id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { ...place, id: 'caught', type: 'collector' },
    {
      ...place,
      id: 'complete',
      type: 'complete',
      scope: cells.map(({ id }) => id),
      uncaught: false,
      wires: [['completed']],
    },
    { ...place, id: 'completed', type: 'collector' },
  ];
  return [[...around, ...each], credentials];
}

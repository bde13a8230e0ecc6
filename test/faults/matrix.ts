/**
 * Runs cells of the matrix: each with a simulator of its own under one fault, a platform, the node, and a Catch, a Complete
 * and a collector around it. All cells of a node stand in one flow and run at the same time.
 */
import { EventEmitter } from 'node:events';

import type { Message } from '../../src/runtime/definition';
import { startSimulator, type Simulator } from '../../src/simulator';
import { canaryToken, tracesOf } from '../security/canary';
import { loadFlow, platformOf, type Credentials, type FlowNode, type LoadedFlow } from '../support/flow';
import { PATIENCE, TIMEOUT, type Fault } from './fault-list';
import { startForeignHost } from './foreign-host';
import type { NodeUnderTest } from './node-list';

/** What came of one cell. */
export interface CellReport {
  fault: string;
  /** `result`, or the code of the error. */
  outcome: string;
  /** Requests to the address of the fault, until the outcome. */
  asked: number;
  /** How often Catch, Complete and the output were reached until the outcome. */
  caught: number;
  completed: number;
  sent: number;
  /** Of the error, as the flow author reads it; '' for a result. */
  words: string;
  /** What a healthy message came to afterwards. */
  next: string;
  /** Catch and Complete together, at the end of all: two messages, so two. */
  ends: number;
  /** Where the key showed. */
  traces: string[];
  /** What reached another host. */
  strayed: number;
}

interface Cell {
  id: string;
  fault: Fault;
  simulator: Simulator;
}

/** A line of Node-RED's log before it is written: `msg` is the error object itself. */
interface LogEntry {
  id?: string;
  msg: unknown;
}

/** A lost stop is looked after for ten seconds. */
const CELL_PATIENCE = 25_000;

export async function runCells(node: NodeUnderTest, faults: readonly Fault[]): Promise<CellReport[]> {
  const foreign = await startForeignHost();
  const cells: Cell[] = [];
  for (const [index, fault] of faults.entries()) {
    const token = canaryToken();
    const rule = fault.rule({ token, foreign: foreign.origin, tenth: node.tenth });
    const simulator = await startSimulator({ token, faults: [{ ...rule, ...node.at }] });
    cells.push({ id: `cell${index}`, fault, simulator });
  }
  // The helper takes a type of Node-RED's own only once, so the flow begins with one cell.
  const flow = await loadFlow(...flowOf(node, cells.slice(0, 1)));
  const logged: LogEntry[] = [];
  const listener = new EventEmitter().on('log', (entry: LogEntry) => logged.push(entry));
  flow.RED.log.addHandler(listener);
  try {
    const [nodes, { credentials }] = flowOf(node, cells);
    await flow.deploy(nodes, 'full', credentials);
    const reports = await Promise.all(cells.map((cell) => runCell(flow, node, cell, logged)));
    return reports.map((report) => ({ ...report, strayed: foreign.calls.length }));
  } finally {
    flow.RED.log.removeHandler(listener);
    await flow.unload();
    await Promise.all(cells.map(({ simulator }) => simulator.close()));
    await foreign.close();
  }
}

function flowOf(
  node: NodeUnderTest,
  cells: Cell[],
): [FlowNode[], { credentials: Credentials; patience: number }] {
  const flow: FlowNode[] = [{ id: 'tab', type: 'tab', label: 'faults' }];
  const credentials: Credentials = {};
  for (const { id, simulator } of cells) {
    const platform = platformOf(simulator, {
      id: `${id}-platform`,
      timeout: String(TIMEOUT / 1000),
      patience: String(PATIENCE / 1000),
    });
    Object.assign(credentials, platform.credentials);
    const around = { z: 'tab', name: '', scope: [id], uncaught: false };
    flow.push(
      platform.node,
      {
        name: '',
        ...node.config,
        id,
        z: 'tab',
        type: node.type,
        platform: platform.node.id,
        wires: [[`${id}-out`]],
      },
      { z: 'tab', id: `${id}-out`, type: 'collector' },
      { ...around, id: `${id}-catch`, type: 'catch', wires: [[`${id}-caught`]] },
      { z: 'tab', id: `${id}-caught`, type: 'collector' },
      { ...around, id: `${id}-complete`, type: 'complete', wires: [[`${id}-completed`]] },
      { z: 'tab', id: `${id}-completed`, type: 'collector' },
    );
  }
  return [flow, { credentials, patience: CELL_PATIENCE }];
}

async function runCell(
  flow: LoadedFlow,
  node: NodeUnderTest,
  { id, fault, simulator }: Cell,
  logged: readonly LogEntry[],
): Promise<Omit<CellReport, 'strayed'>> {
  const { path, method } = node.at;
  const address = new RegExp(path ?? '');
  const count = (part: string) => flow.received(`${id}-${part}`).length;
  const ended = async (ends: number): Promise<string> => {
    const caught = count('caught');
    await flow.until(`the end of “${fault.name}”`, () =>
      count('caught') + count('completed') >= ends ? true : undefined,
    );
    return count('caught') > caught ? codeOf(flow.received(`${id}-caught`).at(-1)!) : 'result';
  };

  flow.receive(id, { ...node.message, payload: 'asked' });
  const outcome = await ended(1);
  const requests = simulator.requests();
  const asked = requests.filter(
    (request) => request.method === method && address.test(pathOf(request.url)),
  ).length;
  const first = { caught: count('caught'), completed: count('completed'), sent: count('out') };
  const words = outcome === 'result' ? '' : wordsOf(flow.received(`${id}-caught`)[0]!);

  simulator.setFaults([]);
  // A snapshot that was asked for after all is done by then.
  simulator.advance(3600);
  flow.receive(id, { ...node.message, payload: 'asked again' });
  const next = await ended(2);
  const traces = tracesOf(simulator.token, {
    messages: flow.received(`${id}-out`),
    errors: flow.received(`${id}-caught`),
    completions: flow.received(`${id}-completed`),
    statuses: flow.statuses(id),
    // With them come the errors themselves, as the node threw them.
    log: logged.filter((entry) => entry.id === id),
  });
  const ends = count('caught') + count('completed');
  return { fault: fault.name, outcome, asked, ...first, words, next, ends, traces };
}

const errorOf = (message: Message) => message.error as { code?: string; message?: string } | undefined;
const codeOf = (message: Message): string => errorOf(message)?.code ?? 'an error without a code';
const wordsOf = (message: Message): string => errorOf(message)?.message ?? '';
const pathOf = (url: string): string => url.replace(/\?.*$/, '').replace(/^\/api(\/v2)?/, '');

/** Runs the cells of one node, all at the same time, and tells what came of each. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Message } from '../../src/runtime/definition/definition';
import { tracesOf } from '../security/canary';
import { loadCells, makeCell, receivedOf, type Cell, type LoadedCells } from './cells';
import type { Fault } from './expectations';
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
  /** Of the first error, as the flow author reads it; '' without one. */
  words: string;
  /** What a healthy message came to afterwards; null for a node that holds its work until all is well. */
  next: string | null;
  /** Catch and Complete together, at the end of all. */
  ends: number;
  /** Where the key showed. */
  traces: string[];
  /** What reached another host: anything, or with the key, where other hosts may be asked without it. */
  strayed: number;
}

/** How often (ms) the simulator is asked whether a fault has struck; it has no event for that. */
const LOOK = 25;

/** More cells at the same time take the processor from each other's time limits. */
const AT_A_TIME = 40;

export async function runCells(node: NodeUnderTest, faults: readonly Fault[]): Promise<CellReport[]> {
  const reports: CellReport[] = [];
  const quiet = faults.filter(({ disturbance }) => !disturbance);
  for (let first = 0; first < quiet.length; first += AT_A_TIME)
    reports.push(...(await runTogether(node, quiet.slice(first, first + AT_A_TIME))));
  for (const fault of faults.filter(({ disturbance }) => disturbance)) {
    try {
      reports.push(...(await runTogether(node, [fault])));
    } finally {
      fault.disturbance!.end();
    }
  }
  return reports;
}

async function runTogether(node: NodeUnderTest, faults: readonly Fault[]): Promise<CellReport[]> {
  const userDir = mkdtempSync(join(tmpdir(), 'rescale-faults-'));
  const foreign = await startForeignHost();
  const cells = await Promise.all(faults.map((fault, index) => makeCell(node, fault, index, foreign.origin)));
  let loaded = await loadCells(node, cells, userDir);
  try {
    const restarted = cells.find(({ fault }) => fault.disturbance?.from === 'restart');
    if (restarted) {
      await holdStored(loaded, node, restarted, userDir);
      await loaded.unload();
      restarted.fault.disturbance!.begin();
      loaded = await loadCells(node, cells, userDir);
    }
    const run = node.kind === 'hold' ? runHoldingCell : runCell;
    const reports = await Promise.all(cells.map((cell) => run(loaded, node, cell)));
    const stored = filesBelow(userDir);
    const strayed = foreign.calls.filter(
      ({ authorization }) => node.kind !== 'contents' || authorization !== undefined,
    ).length;
    return reports.map((report, index) => ({
      ...report,
      traces: [...report.traces, ...tracesOf(cells[index]!.simulator.token, stored)],
      strayed,
    }));
  } finally {
    await loaded.unload();
    await Promise.all(cells.map(({ simulator }) => simulator.close()));
    await foreign.close();
    rmSync(userDir, { recursive: true, force: true });
  }
}

type Report = Omit<CellReport, 'strayed'>;

/** A message under the fault, and one when all is well again. */
async function runCell(loaded: LoadedCells, node: NodeUnderTest, cell: Cell): Promise<Report> {
  const { id, fault, simulator, message } = cell;
  const { flow } = loaded;
  const look = counts(loaded, cell);
  const ended = async (ends: number): Promise<string> => {
    const before = look('caught');
    await flow.until(`the end of “${fault.name}”`, () =>
      look('caught') + look('completed') >= ends ? true : undefined,
    );
    return look('caught') > before ? codeOf(receivedOf(loaded, cell, 'caught').at(-1)!) : 'result';
  };

  flow.receive(id, { payload: 'asked', ...message, cell: id });
  if (fault.disturbance) {
    while (requestsAt(node, cell) === 0) await pause(LOOK);
    fault.disturbance.begin();
  }
  const outcome = await ended(1);
  const asked = requestsAt(node, cell);
  const first = { caught: look('caught'), completed: look('completed'), sent: look('out') };

  simulator.setFaults([]);
  // A snapshot that was asked for after all is done by then.
  simulator.advance(3600);
  flow.receive(id, { payload: 'asked again', ...message, cell: id });
  const next = await ended(2);
  const words = wordsOf(receivedOf(loaded, cell, 'caught')[0]);
  const ends = look('caught') + look('completed');
  const traces = tracesAt(loaded, cell);
  return { fault: fault.name, outcome, asked, ...first, words, next, ends, traces };
}

/** Work that is held until the fault has gone, whatever it was. */
async function runHoldingCell(loaded: LoadedCells, node: NodeUnderTest, cell: Cell): Promise<Report> {
  const { id, fault, simulator, message } = cell;
  const { flow } = loaded;
  const look = counts(loaded, cell);
  const { disturbance } = fault;
  if (disturbance?.from === 'restart') {
    while (!disturbance.met()) await pause(LOOK);
    disturbance.end();
  } else {
    if (node.sends === undefined) flow.receive(id, { payload: 'asked', ...message, cell: id });
    while (requestsAt(node, cell) === 0) await pause(LOOK);
    disturbance?.begin();
  }
  // What lasts for ever is over when it was met: the node must then go on by itself.
  simulator.setFaults([]);
  const asked = requestsAt(node, cell);
  await flow.until(`the end of “${fault.name}”`, () => {
    // What a restart found is held for nobody who waits for its end any more.
    const goesOnAlone = node.sends !== undefined || disturbance?.from === 'restart';
    const over = goesOnAlone ? look('out') >= (node.sends ?? node.messages ?? 1) : look('completed') > 0;
    return over ? true : undefined;
  });
  const ends = { caught: look('caught'), completed: look('completed'), sent: look('out') };
  const words = wordsOf(receivedOf(loaded, cell, 'caught')[0]);
  const traces = tracesAt(loaded, cell);
  return {
    fault: fault.name,
    outcome: 'result',
    asked,
    ...ends,
    words,
    next: null,
    ends: ends.completed,
    traces,
  };
}

/** Resolves when the work is held on disk and the platform was asked for it. */
async function holdStored(
  { flow }: LoadedCells,
  node: NodeUnderTest,
  cell: Cell,
  userDir: string,
): Promise<void> {
  if (node.sends === undefined) flow.receive(cell.id, { payload: 'asked', ...cell.message, cell: cell.id });
  const isStored = () => Object.keys(filesBelow(userDir)).length > 0;
  while (requestsAt(node, cell) === 0 || !isStored()) await pause(LOOK);
}

const counts =
  (loaded: LoadedCells, cell: Cell) =>
  (part: 'caught' | 'completed' | 'out'): number =>
    receivedOf(loaded, cell, part).length;

function requestsAt(node: NodeUnderTest, { simulator }: Cell): number {
  const { path, method } = node.at;
  const address = new RegExp(path ?? '');
  const there = (request: { method: string; url: string }) =>
    request.method === method && address.test(pathOf(request.url));
  return simulator.requests().filter(there).length;
}

const pathOf = (url: string): string => url.replace(/\?.*$/, '').replace(/^\/api(\/v2)?/, '');

/** Where the key shows in what came out of a cell. */
function tracesAt(loaded: LoadedCells, cell: Cell): string[] {
  return tracesOf(cell.simulator.token, {
    messages: receivedOf(loaded, cell, 'out'),
    errors: receivedOf(loaded, cell, 'caught'),
    completions: receivedOf(loaded, cell, 'completed'),
    statuses: loaded.flow.statuses(cell.id),
    // With them come the errors themselves, as the node threw them.
    log: loaded.logged.filter((entry) => entry.id === cell.id),
  });
}

/** Every file below a folder with its content, byte for byte. */
function filesBelow(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'latin1')]));
}

const errorOf = (message: Message | undefined) =>
  message?.error as { code?: string; message?: string } | undefined;
const codeOf = (message: Message): string => errorOf(message)?.code ?? 'an error without a code';
const wordsOf = (message: Message | undefined): string => errorOf(message)?.message ?? '';

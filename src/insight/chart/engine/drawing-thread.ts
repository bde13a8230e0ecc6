import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundleFolder } from '../../bundles/bundle-folder';

/** What the thread is asked for. */
export type Order =
  | { format: 'svg'; option: object; width: number; height: number }
  /** `fonts` are files of this machine, for letters that the package's own fonts do not have. */
  | { format: 'png'; svg: string; fonts: string[] };

type Drawn = string | Uint8Array;

interface Answer {
  id: number;
  drawn?: Drawn;
  error?: string;
}

interface Waiting {
  resolve(drawn: Drawn): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Milliseconds. The largest pictures take seconds; one that takes longer never ends. */
const LONGEST = 30_000;
/** After so long without a picture its memory (some 60 MB) is given back. */
const IDLE = 60_000;

let worker: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let last = 0;
const waiting = new Map<number, Waiting>();

/**
 * Draws in a thread of its own: it takes a tenth of a second of work and more, in which no flow must wait. One thread for the
 * whole process, started at the first picture; it keeps no process alive.
 */
export async function drawInThread(order: Order): Promise<Drawn> {
  clearTimeout(idle);
  worker ??= start();
  const id = ++last;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error('Drawing the picture took too long')), LONGEST);
    waiting.set(id, { resolve, reject, timer });
    worker!.ref();
    worker!.postMessage({ id, order });
  });
}

function start(): Worker {
  const folder = bundleFolder();
  const started = new Worker(join(folder, 'drawing-thread.js'), {
    workerData: { folder },
    execArgv: [],
    env: {},
  });
  started.on('message', ({ id, drawn, error }: Answer) => {
    const one = waiting.get(id);
    if (!one) return;
    settle(id, one);
    if (drawn !== undefined) one.resolve(drawn);
    else one.reject(new Error(error));
  });
  started.on('error', (error: Error) => started === worker && fail(error));
  started.on('exit', () => started === worker && fail(new Error('The thread that draws ended')));
  return started;
}

function settle(id: number, one: Waiting): void {
  clearTimeout(one.timer);
  waiting.delete(id);
  if (waiting.size > 0) return;
  worker?.unref();
  idle = setTimeout(end, IDLE);
  idle.unref();
}

/** Ends the thread; the next picture starts another one. */
function end(): void {
  const ended = worker;
  worker = undefined;
  void ended?.terminate();
}

function fail(error: Error): void {
  end();
  clearTimeout(idle);
  for (const one of waiting.values()) {
    clearTimeout(one.timer);
    one.reject(error);
  }
  waiting.clear();
}

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundleFolder } from '../../bundles/bundle-folder';
import { machineFonts } from './machine-fonts';

interface Answer {
  id: number;
  png?: Uint8Array;
  error?: string;
}

interface Waiting {
  resolve(png: Buffer): void;
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
 * A picture as PNG, made in a thread of its own: it takes a tenth of a second of work and more, in which no flow must
 * wait. One thread for the whole process, started at the first picture; it keeps no process alive.
 */
export async function rasterise(svg: string): Promise<Buffer> {
  const fonts = await machineFonts(svg);
  clearTimeout(idle);
  worker ??= start();
  const id = ++last;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error('Drawing the picture took too long')), LONGEST);
    waiting.set(id, { resolve, reject, timer });
    worker!.ref();
    worker!.postMessage({ id, svg, fonts });
  });
}

function start(): Worker {
  const folder = bundleFolder();
  const started = new Worker(join(folder, 'rasteriser.js'), {
    workerData: { folder },
    execArgv: [],
    env: {},
  });
  started.on('message', ({ id, png, error }: Answer) => {
    const one = waiting.get(id);
    if (!one) return;
    settle(id, one);
    if (png) one.resolve(Buffer.from(png.buffer, png.byteOffset, png.byteLength));
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

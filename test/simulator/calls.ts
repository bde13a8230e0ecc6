import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/index';

/** An answer, read to its end. */
export interface Told {
  status: number;
  headers: Headers;
  text: string;
  /** Of any shape; undefined when the text is not JSON. */
  json: ReturnType<typeof JSON.parse>;
}

/** A simulator that stands still, and how to ask it. Closed after each test. */
export interface Bench {
  simulator: Simulator;
  get: (path: string, options?: RequestInit) => Promise<Told>;
  post: (path: string, body?: unknown) => Promise<Told>;
}

const open: Simulator[] = [];

export async function bench(options: SimulatorOptions = {}): Promise<Bench> {
  const simulator = await startSimulator({ speed: 0, now: Date.UTC(2026, 2, 6, 12), ...options });
  open.push(simulator);
  const get = async (path: string, request: RequestInit = {}): Promise<Told> => {
    const answer = await fetch(simulator.origin + path, {
      redirect: 'manual',
      ...request,
      headers: { authorization: `Token ${simulator.token}`, ...(request.headers as Record<string, string>) },
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
  };
  return {
    simulator,
    get,
    post: (path, body) =>
      get(path, {
        method: 'POST',
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
  };
}

export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

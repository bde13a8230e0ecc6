/**
 * The runs room against the simulator, with the simulator's own clock: what waits for minutes waits for them on the
 * virtual clock, which takes a moment of the test's time.
 */
import { createBudget } from '../../src/api/limits/create-budget';
import type { CallTrace, RescaleClient } from '../../src/api/client/client';
import { createClient } from '../../src/api/endpoints/create-client';
import { systemClock, type Clock } from '../../src/api/time/clock';
import { RescaleError } from '../../src/api/errors/errors';
import type { TaskContext, TaskProgress } from '../../src/runs/tasks/task-context';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';

export interface RunsOnSimulator {
  simulator: Simulator;
  client: RescaleClient;
  clock: Clock;
  /** Fresh work, and what it was told on its way. */
  work(signal?: AbortSignal): TaskContext & { trace: CallTrace; facts: TaskProgress[] };
  /** Requests to the API so far, as `METHOD path?query`, the version prefix left out. */
  requests(matching?: RegExp): string[];
  close(): Promise<void>;
}

const SPEED = 60;

/** `patience` (ms) is that of a call, in this machine's time. */
export async function runsOnSimulator(
  options: SimulatorOptions = {},
  patience = 700,
): Promise<RunsOnSimulator> {
  const speed = options.speed ?? SPEED;
  // With a start that is told, the platform's dates are instants of the clock that the work reads.
  const simulator = await startSimulator({ speed, now: Date.now(), ...options });
  const client = createClient({
    origin: simulator.origin,
    apiVersion: 'v2',
    token: simulator.token,
    timeout: 5_000,
    patience,
    budget: createBudget({ rate: 0 }),
  });
  const clock: Clock = {
    now: () => simulator.now(),
    monotonic: () => simulator.now(),
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / (speed || SPEED), signal),
  };
  return {
    simulator,
    client,
    clock,
    work(signal) {
      const facts: TaskProgress[] = [];
      return {
        signal,
        trace: { attempts: 0, status: null },
        clock,
        facts,
        progress: (fact) => facts.push(fact),
      };
    },
    requests(matching = /./) {
      return simulator
        .requests()
        .map(({ method, url }) => `${method} ${url.replace(/^\/api\/(v2\/)?/, '/')}`)
        .filter((request) => matching.test(request));
    },
    async close() {
      client.close();
      await simulator.close();
    },
  };
}

/** The error of work that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<RescaleError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RescaleError) return error;
    throw error;
  }
  throw new Error('It should have failed.');
}

import { RescaleError } from '../../api/errors/errors';
import { startTimer } from '../../api/errors/guard';

/** What the runtime needs to know of a simulator; the platform's node file hands in how to start one. */
export interface RunningSimulator {
  readonly origin: string;
  readonly token: string;
  /** Restarts a job as it was created, but now; default the sweep. Throws where there is no such job. */
  restart(jobId?: string): void;
  close(): Promise<void>;
}

export type StartSimulator = (options: { speed: number }) => Promise<RunningSimulator>;

interface Lease {
  simulator: Promise<RunningSimulator>;
  holders: number;
  /** Cancels the shutdown that the last release has scheduled. */
  cancelShutdown: () => void;
}

/** By speed: platforms that ask for the same clock share one simulator, with its jobs. */
const leases = new Map<number, Lease>();

/** A redeploy closes all platforms for a moment; the sweep that a user is looking at goes on. Milliseconds. */
const SHUTDOWN_DELAY = 5000;

export interface SimulatorLease {
  simulator: RunningSimulator;
  release(): void;
}

/** Starts the simulator of this speed, or joins those who use it. Rejects with RESCALE_CONFIG. */
export async function leaseSimulator(start: StartSimulator, speed: number): Promise<SimulatorLease> {
  const lease = leases.get(speed) ?? { simulator: start({ speed }), holders: 0, cancelShutdown() {} };
  leases.set(speed, lease);
  lease.holders += 1;
  lease.cancelShutdown();

  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    lease.holders -= 1;
    if (lease.holders === 0)
      lease.cancelShutdown = startTimer(SHUTDOWN_DELAY, () => shutDown(speed, lease), { background: true });
  };
  try {
    return { simulator: await lease.simulator, release };
  } catch (error) {
    leases.delete(speed);
    const reason = error instanceof Error ? error.message : String(error);
    throw new RescaleError('RESCALE_CONFIG', 'config-simulator', { reason });
  }
}

/** Restarts a job of this simulator; default its sweep. */
export function restarter(simulator: RunningSimulator): (jobId?: string) => void {
  return (jobId) => {
    try {
      simulator.restart(jobId);
    } catch {
      throw new RescaleError('RESCALE_NOT_FOUND', 'not-found-job', {
        jobId: String(jobId),
        platform: 'simulator',
      });
    }
  };
}

function shutDown(speed: number, lease: Lease): void {
  if (leases.get(speed) === lease) leases.delete(speed);
  void lease.simulator.then((simulator) => simulator.close()).catch(() => {});
}

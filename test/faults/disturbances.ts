/** Faults of this machine: its clock and its disk. They strike all cells of a run, so each of them runs by itself. */
import { all, always, held, result, type Disturbance, type Fault } from './expectations';

const HOURS = 3_600_000;

/** The time of day is set by so many ms. The platform's is not: it goes by no clock that can be set. */
function clockSet(by: number): Disturbance {
  const { now } = Date;
  let asked = 0;
  return {
    from: 'first request',
    begin() {
      Date.now = () => {
        asked += 1;
        return now() + by;
      };
    },
    met: () => asked > 0,
    end: () => void (Date.now = now),
  };
}

const clocks: Fault[] = [
  ['the clock is set ahead by 2 h', 2 * HOURS],
  ['the clock is set back by 2 h', -2 * HOURS],
].map(([name, by]) => ({
  name: String(name),
  rule: () => ({ delay: 500 }),
  expected: { ...all(result()), hold: held },
  disturbance: clockSet(Number(by)),
}));

/** State can’t be read for the first moments after a restart, which is no damage. */
function unreadable(code: string): Disturbance {
  // What `import` gives is a copy that nobody else sees.
  const files = module.require('node:fs/promises') as { readFile: () => Promise<unknown> };
  const { readFile } = files;
  let failed = 0;
  return {
    from: 'restart',
    begin() {
      files.readFile = () => {
        failed += 1;
        return Promise.reject(Object.assign(new Error(`${code}: planted`), { code, syscall: 'read' }));
      };
    },
    met: () => failed > 0,
    end: () => void (files.readFile = readFile),
  };
}

const disks: Fault[] = ['EBUSY', 'EMFILE', 'EIO'].map((code) => ({
  name: `state that can’t be read after a restart: ${code}`,
  rule: () => ({ status: 503, ...always }),
  expected: { hold: held },
  disturbance: unreadable(code),
}));

export const disturbances: readonly Fault[] = [...clocks, ...disks];

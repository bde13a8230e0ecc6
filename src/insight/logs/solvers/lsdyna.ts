/**
 * LS-DYNA: cycle lines of messag, d3hsp and the screen, and the energy blocks of glstat. Lines of one cycle and time
 * are one step.
 */
import { readNumber } from '../numbers';
import { defineProfile } from '../profile';
import type { StepBuilder } from '../step-builder';

interface DynaState {
  cycle: number | null;
  time: number | null;
  /** The cycle that an energy block has announced; its time stands in a line of its own. */
  announced: number | null;
  end: number | null;
}

/** `  481482 t 1.3000E-01 dt 2.70E-07 write d3plot file` */
const CYCLE = /^\s*(\d+) t\s+(\S+) dt\s+(\S+)/;
const BLOCK = /^\s*dt of cycle\s+(\d+) is controlled by/;
/** ` kinetic energy.................   5.45443E-01` */
const DOTTED = /^\s*([A-Za-z][A-Za-z0-9 /().&]*?)\s?\.{2,}\s*(\S+)\s*$/;
const END_TIME = /^\s*(?:problem )?termination time[ .=]+([-+.\dEe]+)\s*$/i;

const NAMES: Readonly<Record<string, string>> = {
  'time step': 'dt',
  'total energy / initial energy': 'energyRatio',
  'energy ratio w/o eroded energy': 'energyRatioWithoutEroded',
  'percentage increase': 'addedMassPercent',
};

function camelCase(words: string): string {
  return words
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function beginCycle(state: DynaState, cycle: number, time: number, text: string, log: StepBuilder): void {
  if (state.cycle === cycle && state.time === time && log.isOpen) return;
  log.begin(time);
  if (state.time !== null && time < state.time)
    log.remark('restarted', 'dyna-time-back', 'the time went back: a run was started again', text);
  state.cycle = cycle;
  state.time = time;
  log.set(log.define('cycle', 'other', true), cycle);
  if (state.end !== null && state.end > 0)
    log.progress = { progress: Math.min(1, time / state.end), end: state.end, stepsLeft: null };
}

function takeDotted(state: DynaState, text: string, log: StepBuilder): boolean {
  const match = DOTTED.exec(text);
  const value = readNumber(match?.[2] ?? '');
  if (!match || value === undefined) return false;
  const words = (match[1] ?? '').trim();
  if (words === 'time' && state.announced !== null) {
    beginCycle(state, state.announced, value, text, log);
    state.announced = null;
    return true;
  }
  if (!log.isOpen || state.announced !== null) return false;
  const name = NAMES[words] ?? camelCase(words);
  const role = name === 'dt' ? 'time-step' : 'other';
  const usual =
    /^(?:dt|energyRatio|addedMassPercent|kineticEnergy|internalEnergy|hourglassEnergy|totalEnergy)$/;
  log.set(log.define(name, role, usual.test(name)), value);
  return true;
}

export const lsdyna = defineProfile<DynaState>({
  solver: 'lsdyna',
  signs: [
    { word: ' dt ', pattern: /^\s*\d+ t\s+\d\.\d+E[-+]\d+ dt\s+\d\.\d+E[-+]\d+\s/, points: 3 },
    { word: 'is controlled by', pattern: BLOCK, points: 3 },
    {
      word: 't e r m i n a t i o n',
      pattern: /(?:N o r m a l|E r r o r)\s+t e r m i n a t i o n/,
      points: 3,
    },
    {
      word: 'LS-DYNA',
      pattern: /LS-DYNA (?:\S+ )?(?:keyword|Version|smp|mpp|\w*R\d|[sm]pp|\d)|Livermore Software/i,
      points: 3,
    },
    { word: 'Livermore', pattern: /Livermore\s+Software\s+Technology|LIVERMORE\s+SOFTWARE/i, points: 3 },
    { word: 'l s - d y n a', points: 3 },
    { word: 'total energy / initial energy', points: 2 },
  ],
  remarks: [
    {
      rule: 'dyna-normal',
      kind: 'completed',
      word: 't e r m i n a t i o n',
      pattern: /N o r m a l\s+t e r m i n a t i o n/,
      reason: 'the solver reached its end (normal termination)',
    },
    {
      rule: 'dyna-error-termination',
      kind: 'crashed',
      word: 't e r m i n a t i o n',
      pattern: /E r r o r\s+t e r m i n a t i o n/,
      reason: 'the solver ended with an error (error termination)',
    },
    {
      rule: 'dyna-error',
      kind: 'crashed',
      word: '*** Error',
      pattern: /^\s*\*\*\* Error(?: +\d+|:)/,
      reason: 'the solver reported an error that ends the run',
    },
    {
      rule: 'dyna-negative-volume',
      kind: 'diverging',
      word: 'egative volume',
      pattern: /negative volume in/i,
      reason: 'an element was turned inside out (negative volume)',
    },
    {
      rule: 'dyna-velocity',
      kind: 'diverging',
      word: 'elocit',
      pattern: /out-of-range (?:velocities|forces)|NaN detected/i,
      reason: 'velocities left their range',
    },
  ],
  begin: () => ({ cycle: null, time: null, announced: null, end: null }),
  line(state, text, log, complete) {
    if (!complete) return false;
    if (text.includes(' dt ')) {
      const match = CYCLE.exec(text);
      const [time, dt] = [readNumber(match?.[2] ?? ''), readNumber(match?.[3] ?? '')];
      if (match && time !== undefined && dt !== undefined) {
        beginCycle(state, Number(match[1]), time, text, log);
        log.set(log.define('dt', 'time-step', true), dt);
        log.kind = 'transient';
        return true;
      }
    }
    const block = text.includes('dt of cycle') ? BLOCK.exec(text) : null;
    if (block) {
      state.announced = Number(block[1]);
      log.kind = 'transient';
      return true;
    }
    const end = text.includes('ermination time') ? readNumber(END_TIME.exec(text)?.[1] ?? '') : undefined;
    if (end !== undefined) state.end = end;
    if (text.includes('..')) return takeDotted(state, text, log);
    return false;
  },
});

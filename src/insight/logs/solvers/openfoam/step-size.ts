/** How large a step of time is: Courant numbers and deltaT, which are printed inside a step or before the one they are of. */
import { readNumber } from '../../numbers';
import type { StepBuilder } from '../../step-builder';

interface Courant {
  mean: number;
  max: number;
}

export interface StepSize {
  courant: Courant | null;
  /** Regions that have printed theirs. */
  regions: string[];
  interfaceCourant: Courant | null;
  deltaT: number | null;
  /** Printed inside the open step, so it is not the next one's. */
  inside: boolean;
}

export function newStepSize(): StepSize {
  return { courant: null, regions: [], interfaceCourant: null, deltaT: null, inside: false };
}

const COURANT = /Courant Number mean: (\S+) max: (\S+)/;
const COURANT_TOGETHER = /Mean and max Courant Numbers = (\S+) (\S+)/;
const REGION = /^\s*Region: (\S+) /;
const DELTA_T = /^\s*(?:\S+ +)?deltaT = (\S+)\s*$/;

/** Whether the line tells a size. `inside`: the open step has solved nothing yet, so the line is about it. */
export function takeStepSize(size: StepSize, text: string, inside: boolean): boolean {
  const deltaT = text.includes('deltaT = ') ? readNumber(DELTA_T.exec(text)?.[1] ?? '') : undefined;
  const match = deltaT === undefined ? (COURANT.exec(text) ?? COURANT_TOGETHER.exec(text)) : null;
  const [mean, max] = [readNumber(match?.[1] ?? ''), readNumber(match?.[2] ?? '')];
  if (deltaT === undefined && (mean === undefined || max === undefined)) return false;
  const before = match ? text.slice(0, match.index) : '';
  // The mesh's own Courant number tells how far a moving mesh goes, not the flow.
  if (before.includes('Mesh ')) return false;
  if (size.inside && !inside) Object.assign(size, newStepSize());
  size.inside = inside;
  if (deltaT !== undefined) size.deltaT = deltaT;
  else if (mean !== undefined && max !== undefined) takeCourant(size, { mean, max }, before, text);
  return true;
}

function takeCourant(size: StepSize, courant: Courant, before: string, text: string): void {
  if (before.includes('Interface ')) {
    size.interfaceCourant = courant;
    return;
  }
  const region = REGION.exec(text)?.[1] ?? before.trim();
  // Regions print one line each: the worst of them counts; a region that comes again begins anew.
  if (!size.courant || size.regions.includes(region)) {
    size.regions = [];
    size.courant = courant;
  } else if (!(courant.max <= size.courant.max)) size.courant = courant;
  size.regions.push(region);
}

export function setStepSize(size: StepSize, log: StepBuilder): void {
  if (size.courant) {
    log.set(log.define('courant_mean', 'other', false), size.courant.mean);
    log.set(log.define('courant_max', 'courant-max', false), size.courant.max);
  }
  if (size.interfaceCourant)
    log.set(log.define('courant_interface_max', 'courant-max', false), size.interfaceCourant.max);
  if (size.deltaT !== null) log.set(log.define('deltaT', 'time-step', false), size.deltaT);
}

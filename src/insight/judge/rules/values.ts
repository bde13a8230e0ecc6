import type { SeriesRole } from '../../logs/log-step';
import { formatNumber, type Finding, type Reading } from '../reading/reading';
import type { Trail } from '../reading/trail';

/** One series in the step in judgement. */
interface SeriesValue {
  readonly trail: Trail;
  readonly value: number;
  readonly index: number;
}

/** The series of a role that have a finite value in this step. */
export function valuesOf({ step, trails, places }: Reading, role: SeriesRole): readonly SeriesValue[] {
  const indexes = places.get(role);
  if (!indexes) return NONE;
  const found: SeriesValue[] = [];
  for (const index of indexes) {
    const value = step.values[index] ?? NaN;
    if (Number.isFinite(value)) found.push({ trail: trails[index]!, value, index });
  }
  return found;
}

/** Most logs have no series of most roles, and each step is looked at by all rules. */
const NONE: readonly SeriesValue[] = [];

/** A finding about one value, with the sentence that tells it. */
export function findingAbout(name: string, value: number, sentence: string): Finding {
  return { evidence: [sentence], values: { [name]: Number.isFinite(value) ? value : null } };
}

/** ` at step 812`, or nothing before the first step. */
export function atStep({ step }: Reading): string {
  return step.step > 0 ? ` at step ${step.step}` : '';
}

export { formatNumber as shown };

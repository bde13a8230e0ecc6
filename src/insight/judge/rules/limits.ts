import type { Limit } from '../reading/options';
import type { Finding, Reading } from '../reading/reading';
import { shown } from './values';

/** The user's own bounds: which of them are passed in this step for long enough, by their place in the list. */
export function* passedLimits(reading: Reading): Generator<{ place: number; finding: Finding }> {
  const { step, trails, options } = reading;
  for (let place = 0; place < options.limits.length; place += 1) {
    const limit = options.limits[place]!;
    for (let index = 0; index < trails.length; index += 1) {
      const { name } = trails[index]!;
      const value = step.values[index] ?? NaN;
      if (Number.isNaN(value) || !limit.test(name)) continue;
      const bound = passedBound(limit, value);
      const steps = reading.streak(`limit ${place}`, bound !== null, name);
      if (bound === null || steps < Math.max(1, limit.hold)) continue;
      const [side, level] = bound;
      const held = limit.hold > 1 ? ` for ${limit.hold} steps` : '';
      const sentence = `${name} has been ${side} ${shown(level)}${held}: ${shown(value)} at step ${step.step}`;
      yield {
        place,
        finding: { evidence: [sentence], values: { [name]: Number.isFinite(value) ? value : null } },
      };
      break;
    }
  }
}

function passedBound({ above, below }: Limit, value: number): ['above' | 'below', number] | null {
  if (above !== undefined && value > above) return ['above', above];
  if (below !== undefined && value < below) return ['below', below];
  return null;
}

import { shownValue } from '../../api/errors/shown-value';
import { RescaleError } from '../../api/errors/errors';
import type { Check } from './fields';

/** Names and their values, for what stands as `{{name}}` in a job. */
export const tokens: Check<Record<string, unknown>> = (value, shown) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new RescaleError('RESCALE_INPUT', 'submit-tokens', { field: shown, value: shownValue(value) });
};

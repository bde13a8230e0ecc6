import { RescaleError, type ErrorText } from './errors';

/** Throws RESCALE_INPUT for what is no whole number from `least` to `most`, both included. */
export function checkWhole(field: string, value: number, least: number, most?: number): void {
  if (Number.isSafeInteger(value) && value >= least && (most === undefined || value <= most)) return;
  const expected: ErrorText =
    most === undefined
      ? { key: 'expected-whole-least', values: { least } }
      : { key: 'expected-whole-range', values: { least, most } };
  throw new RescaleError('RESCALE_INPUT', 'input-range', { field, value, expected });
}

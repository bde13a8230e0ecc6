import { number, numberField, optionalField, type Bounds, type Field } from './fields';

/** A hundred years, in seconds: what is longer, up to the largest number there is, can't be reckoned with, nor kept. */
const LONGEST_SPAN = 3_155_760_000;

/** Ten years, in hours: what is older or later is a slip of the hand. */
const MOST_HOURS = 87_600;

/** Hours. */
export const hoursField = (hours: number): Field<number> =>
  numberField(hours, { least: 0, most: MOST_HOURS });

/** Minutes. */
export const minutesField = (minutes: number): Field<number> =>
  numberField(minutes, { least: 0, most: MOST_HOURS * 60 });

/** Seconds. */
export const deadlineField = (
  seconds: number,
  bounds: Bounds = { least: 0, most: LONGEST_SPAN },
): Field<number> => optionalField({ value: String(seconds), type: 'num' }, number(bounds), seconds);

/** Seconds between two looks: at most a day, and for each node as often as its `least` says. */
export const intervalField = (seconds: number, least: number): Field<number> =>
  numberField(seconds, { least, most: 86_400 });

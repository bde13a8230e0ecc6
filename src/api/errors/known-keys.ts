import type { ErrorTextValues } from './errors';
import { createKeyRedactor, type Redact } from './redactor';

/*
 * A key that is typed or wired into a field for an id or a path by mistake would be repeated by whatever refuses it. So every word
 * that fills a place of a sentence or a status is freed of the keys of this process, wherever it comes from.
 */

/** Keys are changed by redeploying them; the old ones may still be good. */
const MOST_KEYS = 20;
/** No key is shorter. */
const SHORTEST = 6;
/** Less of a key gives nothing away, so ids of a few letters, which is what statuses hold, need no look. */
const TELLING = 8;
/** What the simulator of this package takes is written in its documents. */
const NO_SECRET = 'simulator';

/** The last ones that platforms were set to; what takes each of them out is made when there is a word to look at. */
const redactors = new Map<string, Redact | null>();

/** From here on it is in no sentence and no status. */
export function hideKey(key: string): void {
  if (key.length < SHORTEST || key === NO_SECRET) return;
  const redact = redactors.get(key) ?? null;
  redactors.delete(key);
  redactors.set(key, redact);
  for (const oldest of redactors.keys()) {
    if (redactors.size <= MOST_KEYS) return;
    redactors.delete(oldest);
  }
}

/** The text without any of the keys. Never throws. */
export function withoutKnownKeys(text: string): string {
  let left = text;
  for (const [key, known] of redactors) {
    if (text.length < Math.min(key.length, TELLING)) continue;
    const redact = known ?? createKeyRedactor(key);
    if (!known) redactors.set(key, redact);
    left = redact(left);
  }
  return left;
}

/** The same values where no key is in them. */
export function valuesWithoutKeys(values: ErrorTextValues): ErrorTextValues {
  let left = values;
  for (const [place, value] of Object.entries(values)) {
    const shown = valueWithoutKeys(value);
    if (shown !== value) left = { ...left, [place]: shown };
  }
  return left;
}

function valueWithoutKeys(value: ErrorTextValues[string]): ErrorTextValues[string] {
  if (typeof value === 'string') return withoutKnownKeys(value);
  if (typeof value === 'number' || !value.values) return value;
  const values = valuesWithoutKeys(value.values);
  return values === value.values ? value : { ...value, values };
}

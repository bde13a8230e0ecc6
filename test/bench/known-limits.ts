import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Goal } from './figures';

const limits = join(__dirname, '..', '..', 'docs', 'limits.md');

/** Goals that are known to be missed, by what they are about, and the paragraph of docs/limits.md that says why. */
const known: [about: RegExp, paragraph: string][] = [
  [/CPU of get-run beside http request/, "Beside core's http request node"],
  [/longest block of a burst/, 'Thousands of messages at once'],
  [/memory growth of a .* download/, 'Memory of a download'],
  [/small files beside the granted/, 'Thousands of small files'],
  [/CPU of \d+ follows/, 'Two hundred follows'],
  [/CPU of [\d,]+ watched runs/, 'Ten thousand watched runs'],
  [/CPU of loading the package/, 'Loading the package'],
  [/memory that the package adds/, 'Memory of the package'],
];

/** The goals, those that are missed with the reason where one is known. Throws where docs/limits.md has no such paragraph. */
export function withReasons(goals: readonly Goal[]): Goal[] {
  const text = readFileSync(limits, 'utf8');
  for (const [, paragraph] of known) {
    if (!text.includes(`**${paragraph}`)) throw new Error(`docs/limits.md has no paragraph “${paragraph}”`);
  }
  return goals.map((goal) => {
    const reason = goal.kept ? undefined : known.find(([about]) => about.test(goal.what))?.[1];
    return { ...goal, reason };
  });
}

/** Finds what remark rules look for, in lines that nearly all have none of it. */
import type { RemarkRule } from './remark-rules';

export interface RemarkScreen {
  readonly rules: readonly RemarkRule[];
  readonly screen: RegExp;
}

/** One expression that tells lines without any of the words, which are nearly all, at once. */
export function screenOf(rules: readonly RemarkRule[]): RemarkScreen {
  const words = [...new Set(rules.map(({ word }) => word))];
  const shortest = words.filter((word) => !words.some((other) => other !== word && word.includes(other)));
  return {
    rules,
    screen: new RegExp(shortest.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')),
  };
}

/** Words are looked for so far into a line: sentences are short, and an expression must not wander through a dump. */
export const WORDS_LIMIT = 4_000;

export function remarksOf(
  { rules, screen }: RemarkScreen,
  line: string,
  tell: (rule: RemarkRule) => void,
): void {
  const words = line.length > WORDS_LIMIT ? line.slice(0, WORDS_LIMIT) : line;
  if (!screen.test(words)) return;
  for (const rule of rules) {
    if (words.includes(rule.word) && (!rule.pattern || rule.pattern.test(words))) tell(rule);
  }
}

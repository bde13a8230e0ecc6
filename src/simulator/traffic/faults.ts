import type { FaultRule, RateScope } from '../scripts/fault-rule';

/** The fault rules and how often each took effect. */
export interface Faults {
  set(rules: FaultRule[]): void;
  rules(): (FaultRule & { matched: number; taken: number })[];
  /** The rule for this request, counted as used; null when none takes effect. */
  take(request: RequestFacts): FaultRule | null;
}

/** What a rule can match. */
interface RequestFacts {
  method: string;
  /** After the version prefix. */
  path: string;
  scope: RateScope | null;
}

interface CountedRule {
  rule: FaultRule;
  pattern: RegExp | null;
  /** Matching requests that came to this rule. */
  matched: number;
  taken: number;
}

export function createFaults(initial: FaultRule[] = []): Faults {
  let counted: CountedRule[] = [];
  const faults: Faults = {
    set(rules) {
      counted = rules.map((rule) => ({
        rule,
        pattern: rule.path === undefined ? null : new RegExp(rule.path),
        matched: 0,
        taken: 0,
      }));
    },
    rules: () => counted.map(({ rule, matched, taken }) => ({ ...rule, matched, taken })),
    take({ method, path, scope }) {
      for (const each of counted) {
        const { rule, pattern } = each;
        if (rule.method !== undefined && rule.method.toUpperCase() !== method) continue;
        if (pattern && !pattern.test(path)) continue;
        if (rule.scope !== undefined && rule.scope !== scope) continue;
        const times = rule.times ?? 1;
        if (times !== 0 && each.taken >= times) continue;
        each.matched += 1;
        if (each.matched <= (rule.skip ?? 0)) continue;
        each.taken += 1;
        return rule;
      }
      return null;
    },
  };
  faults.set(initial);
  return faults;
}

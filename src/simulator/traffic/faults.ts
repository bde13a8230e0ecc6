import { htmlPage, usualAnswer, type Answer, type Body } from '../answers/answers';
import type { FaultRule } from '../scripts/types';

/** The fault script at work. */
export interface Faults {
  set(rules: FaultRule[]): void;
  rules(): (FaultRule & { matched: number; taken: number })[];
  /** The rule for this request, counted as used; null when none takes effect. */
  take(method: string, path: string): FaultRule | null;
}

interface Counted {
  rule: FaultRule;
  pattern: RegExp | null;
  /** Matching requests that came to this rule. */
  matched: number;
  taken: number;
}

export function createFaults(initial: FaultRule[] = []): Faults {
  let counted: Counted[] = [];
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
    take(method, path) {
      for (const each of counted) {
        const { rule, pattern } = each;
        if (rule.method !== undefined && rule.method.toUpperCase() !== method) continue;
        if (pattern && !pattern.test(path)) continue;
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

/** True when the request is not to be carried out at all. */
export function prevents(rule: FaultRule): boolean {
  if (rule.reset === 'before') return true;
  if (rule.effective) return false;
  return (statusOf(rule) ?? 200) >= 400 || rule.redirect !== undefined;
}

function statusOf(rule: FaultRule): number | undefined {
  return rule.status ?? (rule.retryAfter ? 429 : undefined);
}

/** The answer as the rule wants it. @param answer what the platform said; null when it was not asked */
export function disturbed(answer: Answer | null, rule: FaultRule): Answer {
  const status = statusOf(rule) ?? (rule.redirect === undefined ? answer?.status : 302) ?? 200;
  const refused = !answer || (status >= 400 && answer.status < 400);
  const base = refused ? usualAnswer(status) : answer;
  let { body } = base;
  const headers = { ...base.headers };
  if (rule.html) {
    const page = htmlPage(status, status >= 400 ? `${status} Error` : 'Rescale: sign in');
    body = page.body;
    Object.assign(headers, page.headers);
  }
  if ('body' in rule) body = scriptedBody(rule.body);
  if (body.kind === 'json') body = { kind: 'json', value: disturbedList(body.value, rule) };
  if (rule.retryAfter) headers['retry-after'] = retryAfter(rule.retryAfter);
  if (rule.redirect !== undefined) headers['location'] = rule.redirect;
  if (rule.contentType !== undefined) headers['content-type'] = rule.contentType;
  for (const [name, value] of Object.entries(rule.headers ?? {})) headers[name.toLowerCase()] = value;
  return { status, headers, body };
}

function scriptedBody(value: unknown): Body {
  return typeof value === 'string' ? { kind: 'text', text: value } : { kind: 'json', value };
}

function retryAfter({ seconds, form }: { seconds: number; form?: 'seconds' | 'date' }): string {
  // An HTTP date has whole seconds; rounding up never asks for less than what was scripted.
  if (form === 'date') return new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000).toUTCString();
  return String(seconds);
}

function disturbedList(value: unknown, rule: FaultRule): unknown {
  if (Array.isArray(value)) return disturbedRows(value, rule);
  if (value === null || typeof value !== 'object' || !('results' in value)) return value;
  const list = { ...value } as Record<string, unknown>;
  if (Array.isArray(list['results'])) list['results'] = disturbedRows(list['results'], rule);
  if (rule.next === null || typeof rule.next === 'string') list['next'] = rule.next;
  else if (rule.next) delete list['next'];
  return list;
}

function disturbedRows(rows: unknown[], rule: FaultRule): unknown[] {
  if (rule.emptyPage) return [];
  return [...rows.slice(rule.missingRows ?? 0), ...rows.slice(0, rule.duplicateRows ?? 0)];
}

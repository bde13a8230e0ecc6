import { htmlPage, defaultAnswer, type Answer, type Body } from '../answers/answers';
import type { FaultRule } from '../scripts/fault-rule';
import { gatewayAnswer } from './gateway';
import { oddRow } from './odd-rows';

/** True when the platform must not carry the request out. */
export function preventsRequest(rule: FaultRule): boolean {
  if (rule.reset === 'before') return true;
  if (rule.effective) return false;
  return (statusOf(rule) ?? 200) >= 400 || rule.redirect !== undefined;
}

function statusOf(rule: FaultRule): number | undefined {
  return rule.status ?? (rule.retryAfter ? 429 : rule.gateway === undefined ? undefined : 502);
}

/**
 * The answer with the rule's faults.
 * @param answer what the platform said; null when it was not asked @param date the platform's, ms since the epoch
 */
export function applyFault(answer: Answer | null, rule: FaultRule, date: number): Answer {
  const status = statusOf(rule) ?? (rule.redirect === undefined ? answer?.status : 302) ?? 200;
  const failed = !answer || (status >= 400 && answer.status < 400);
  let base = failed ? defaultAnswer(status) : answer;
  if (rule.gateway !== undefined) base = gatewayAnswer(status, rule.gateway);
  let { body } = base;
  const headers = { ...base.headers };
  if (rule.html) {
    const page = htmlPage(status, status >= 400 ? `${status} Error` : 'Rescale: sign in');
    body = page.body;
    Object.assign(headers, page.headers);
  }
  if ('body' in rule) body = scriptedBody(rule.body);
  if (body.kind === 'json') body = { kind: 'json', value: faultyJson(body.value, rule) };
  if (rule.retryAfter) headers['retry-after'] = retryAfter(rule.retryAfter, date);
  if (rule.redirect !== undefined) headers['location'] = rule.redirect;
  if (rule.contentType !== undefined) headers['content-type'] = rule.contentType;
  for (const [name, value] of Object.entries(rule.headers ?? {})) headers[name.toLowerCase()] = value;
  headers['date'] ??= new Date(date + (rule.dateAhead ?? 0) * 1000).toUTCString();
  return { status, headers, body };
}

function scriptedBody(value: unknown): Body {
  return typeof value === 'string' ? { kind: 'text', text: value } : { kind: 'json', value };
}

function retryAfter({ seconds, form }: NonNullable<FaultRule['retryAfter']>, date: number): string {
  // An HTTP date has whole seconds; rounding up never asks for less than what was scripted.
  if (form === 'date') return new Date(Math.ceil(date / 1000 + seconds) * 1000).toUTCString();
  return String(seconds);
}

function faultyJson(value: unknown, rule: FaultRule): unknown {
  if (Array.isArray(value)) return faultyRows(value, rule);
  if (value === null || typeof value !== 'object') return value;
  if (!('results' in value)) return rule.oddRows ? oddRow(value, rule.oddRows.kind, 0) : value;
  const list = { ...value } as Record<string, unknown>;
  if (Array.isArray(list['results'])) list['results'] = faultyRows(list['results'], rule);
  if (rule.next === null || typeof rule.next === 'string') list['next'] = rule.next;
  else if (rule.next) delete list['next'];
  return list;
}

function faultyRows(rows: unknown[], rule: FaultRule): unknown[] {
  if (rule.emptyPage) return [];
  const { oddRows } = rule;
  const from = oddRows?.at ?? 0;
  const until = from + (oddRows?.count ?? 1);
  const odd = oddRows
    ? rows.map((row, position) =>
        position >= from && position < until ? oddRow(row, oddRows.kind, position) : row,
      )
    : rows;
  return [...odd.slice(rule.missingRows ?? 0), ...odd.slice(0, rule.duplicateRows ?? 0)];
}

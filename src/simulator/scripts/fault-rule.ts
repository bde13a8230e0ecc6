import * as v from 'valibot';
import { HttpError } from '../answers/answers';
import { checked, count, flag, number, text } from './check';

/** A gateway between client and API answers in its own form, not the API's. */
const gatewayForms = ['text', 'empty', 'json', 'html', 'xml'] as const;

/** One odd value in otherwise good rows. */
const oddRowKinds = [
  'no-relative-path',
  'numeric-id',
  'null-dates',
  'null-id',
  'proto-variable',
  'zoneless-dates',
  'word-as-end',
  'impossible-end',
  'end-in-2099',
  'not-an-object',
] as const;

/** Limits are shared by everything of a scope (docs/platform.md, "Rates"). */
const scopes = ['job-submission', 'jobs-usage', 'user'] as const;

/** The first rule that matches and is not used up takes effect; a rule may combine several effects. */
const faultSchema = v.strictObject(
  {
    method: v.optional(text),
    /** Regular expression over the path after the version prefix, without query: `^/jobs/[^/]+/runs/$`. */
    path: v.optional(v.pipe(text, v.check(isExpression, 'a regular expression'))),
    /** Only requests of this rate scope. */
    scope: v.optional(v.picklist(scopes, scopes.join(', '))),
    /** Lets this many matching requests pass first. */
    skip: v.optional(count),
    /** How often it takes effect; default 1, 0 = for ever. */
    times: v.optional(count),

    /** Milliseconds before the answer; the request has taken effect on arrival. */
    delay: v.optional(count),
    /** From 400 on, the request is not carried out … */
    status: v.optional(count),
    /** … unless this says so. */
    effective: v.optional(flag),
    /** 429 unless `status` says otherwise; seconds, or an HTTP date this many seconds ahead. */
    retryAfter: v.optional(
      v.strictObject(
        { seconds: number, form: v.optional(v.picklist(['seconds', 'date'], 'seconds or date')) },
        '{seconds, form}',
      ),
    ),
    headers: v.optional(v.record(text, text, 'an object')),
    /** Seconds that the answer's `Date` is ahead of the platform's clock, or behind it. */
    dateAhead: v.optional(number),
    /** Replaces the body: a text as it is, anything else as JSON. */
    body: v.optional(v.unknown()),
    contentType: v.optional(text),
    /** The usual page of this status. */
    html: v.optional(flag),
    /** The answer is a gateway's own in this form, with the rule's status (default 502), whatever was requested. */
    gateway: v.optional(v.picklist(gatewayForms, gatewayForms.join(', '))),
    /** The body in chunks of `bytes`, one each `every` milliseconds. */
    drip: v.optional(
      v.strictObject(
        { bytes: v.pipe(v.number('{bytes, every}'), v.minValue(1, '{bytes, every}')), every: number },
        '{bytes, every}',
      ),
    ),
    /** Sends this many bytes of the body and closes the connection (Content-Length was the whole). */
    cut: v.optional(count),
    /** The connection is reset before the request takes effect, before its answer though it took effect, or after `at` bytes of the body. */
    reset: v.optional(
      v.union(
        [v.literal('before'), v.literal('unanswered'), v.strictObject({ at: v.number() })],
        '"before", "unanswered" or {at}',
      ),
    ),
    /** Replaces `next` of a list; `missing` leaves the key out. */
    next: v.nullish(
      v.union([v.string(), v.strictObject({ missing: v.literal(true) })], 'a text, null or {missing}'),
    ),
    /** 302 to this address, unless `status` says otherwise. */
    redirect: v.optional(text),
    /** Lists: repeats the first n rows at the end; leaves out the first n rows; answers an empty page. */
    duplicateRows: v.optional(count),
    missingRows: v.optional(count),
    emptyPage: v.optional(flag),
    /**
     * Lists: the first n rows of the whole list stand at its end by now, so that whoever has read the first page
     * before misses n rows and sees n twice, while `count` stays.
     */
    movedRows: v.optional(count),
    /** Rows of a list, or the one object: `count` (1) of them from `at` (0) on have a value of this kind. */
    oddRows: v.optional(
      v.strictObject(
        {
          kind: v.picklist(oddRowKinds, oddRowKinds.join(', ')),
          at: v.optional(count),
          count: v.optional(count),
        },
        '{kind, at, count}',
      ),
    ),
    /** Pads the body to this many bytes. */
    oversize: v.optional(count),
    /** Flips the byte at this offset of a file's content. */
    corruptAt: v.optional(count),
  },
  'an object',
);

export type FaultRule = v.InferOutput<typeof faultSchema>;
export type GatewayForm = (typeof gatewayForms)[number];
export type OddRowKind = (typeof oddRowKinds)[number];
export type RateScope = (typeof scopes)[number];

export function checkedFaults(value: unknown): FaultRule[] {
  if (!Array.isArray(value)) throw new HttpError(400, 'Faults are a list of rules.');
  return value.map((rule, position) => checked(`Fault ${position + 1}`, faultSchema, rule));
}

function isExpression(source: string): boolean {
  try {
    return Boolean(new RegExp(source));
  } catch {
    return false;
  }
}

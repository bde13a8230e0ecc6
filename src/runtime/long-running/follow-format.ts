import * as v from 'valibot';
import type { FollowBatch } from '../../runs/follow/follow-file';
import { readFollowState, type FollowState } from '../../runs/follow/follow-state';
import { deadlineSchema, liftedDeadline, type KeptDeadline } from '../../runs/tasks/deadline';
import type { StoredFormat } from '../../runs/tasks/stored-format';

/** What the fields of the node say about one follow. */
export interface FollowFields {
  jobId: string;
  runId: string;
  path: string;
  /** Seconds. */
  interval: number;
  from: 'start' | 'now';
  emit: 'batch' | 'line';
  encoding: string;
  /** Seconds; 0 = none. */
  deadline: number;
  durable: boolean;
}

/** What a follow is, with its message: large, and written once. */
export interface StoredFollow {
  /** The configured address. */
  origin: string;
  fields: FollowFields;
  deadline: KeptDeadline | null;
  /** Its message. */
  packed: string;
}

/** How far it is: small, and written before and after each sending. */
export interface FollowProgress {
  state: FollowState;
  /** Lines that the state counts as delivered and that are not sent … */
  unsent: UnsentLines | null;
  /** … or perhaps are: a kill can come between sending and writing that down. */
  perhapsSent: boolean;
  /** Why it ended, once it has. */
  end: FollowReason | null;
  /** Under this it is noted what was sent (sent-marks.ts), another one for each follow; blank where that is not noted. */
  mark: string;
}

type UnsentLines = Omit<FollowBatch, 'state'>;
export type FollowReason = 'completed' | 'stopped' | 'deadline';

/** One message of a batch. */
interface FollowMessage {
  payload: string | string[];
  seq: number;
  lines: number;
  gap: UnsentLines['gap'];
  replaced?: true;
}

/** What each message says. A gap at the very end has no line to stand before; among single lines it is only counted. */
export function messagesOf(
  { lines, seq, gap, replaced }: UnsentLines,
  emit: FollowFields['emit'],
): FollowMessage[] {
  const first = replaced && { replaced };
  if (emit === 'batch') return [{ payload: lines, seq, lines: lines.length, gap, ...first }];
  return lines.map((line, index) => ({
    payload: line,
    seq: seq + index,
    lines: 1,
    gap: index === 0 ? gap : null,
    ...(index === 0 && first),
  }));
}

/** What is still unsent when so many of these messages have arrived; null when nothing is. */
export function unsentAfter(
  { lines }: UnsentLines,
  messages: readonly FollowMessage[],
  arrived: number,
): UnsentLines | null {
  const next = messages[arrived];
  if (!next) return null;
  const { seq, gap, replaced } = next;
  return {
    lines: messages.length > 1 ? lines.slice(arrived) : lines,
    seq,
    gap,
    ...(replaced && { replaced }),
  };
}

export const followFormat: StoredFormat<StoredFollow> = {
  migrations: [
    // A deadline was an instant of this machine's clock, which may be set.
    ({ until, ...stored }) => ({ ...stored, deadline: liftedDeadline(until, stored.fields) }),
  ],
  schema: v.object({
    origin: v.string(),
    fields: v.object({
      jobId: v.string(),
      runId: v.string(),
      path: v.string(),
      interval: v.fallback(v.number(), 10),
      from: v.fallback(v.picklist(['start', 'now']), 'start'),
      emit: v.fallback(v.picklist(['batch', 'line']), 'batch'),
      encoding: v.fallback(v.string(), 'utf-8'),
      deadline: v.fallback(v.number(), 0),
      durable: v.fallback(v.boolean(), true),
    }),
    deadline: deadlineSchema,
    packed: v.string(),
  }),
};

const lineKey = v.union([
  v.number(),
  v.pipe(v.tupleWithRest([v.number(), v.picklist([0, 1])], v.number()), v.readonly()),
]);

const followState = v.object({
  version: v.literal(2),
  path: v.nullable(v.string()),
  fromNow: v.boolean(),
  delivered: v.number(),
  gaps: v.number(),
  gapDue: v.boolean(),
  replacedDue: v.fallback(v.boolean(), false),
  position: v.nullable(v.number()),
  offset: v.nullable(v.number()),
  counted: v.boolean(),
  anchor: v.array(lineKey),
  sizes: v.array(v.number()),
  ahead: v.nullable(v.union([v.literal('any'), lineKey])),
  bare: v.exactOptional(v.literal(true)),
  window: v.number(),
  pace: v.number(),
  deviation: v.number(),
});

export const followProgressFormat: StoredFormat<FollowProgress> = {
  migrations: [
    // The keys by which a line is known again, and how the size of a window is found, have changed.
    (stored) => ({ ...stored, state: readFollowState(stored.state) }),
  ],
  schema: v.object({
    state: followState,
    unsent: v.nullable(
      v.object({
        lines: v.array(v.string()),
        seq: v.number(),
        gap: v.nullable(v.object({ missing: v.nullable(v.number()) })),
        replaced: v.optional(v.literal(true)),
      }),
    ),
    // When in doubt it is said that lines may come twice.
    perhapsSent: v.fallback(v.boolean(), true),
    end: v.fallback(v.nullable(v.picklist(['completed', 'stopped', 'deadline'])), null),
    mark: v.fallback(v.string(), ''),
  }),
};

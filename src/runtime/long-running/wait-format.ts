import * as v from 'valibot';
import type { WaitRequest } from '../../runs/wait/wait';
import { deadlineSchema, liftedDeadline, type KeptDeadline } from '../../runs/tasks/deadline';
import type { StoredFormat } from '../../runs/tasks/stored-format';
import { statusTexts, type StatusKey, type StatusText } from '../status/status-texts';

/** What the fields of the node say about one wait. */
export interface WaitFields {
  scope: 'run' | 'job';
  jobId: string;
  runId?: string | undefined;
  /** Seconds. */
  interval: number;
  /** Seconds; 0 = none. */
  deadline: number;
  outcome: boolean;
  files: boolean;
  durable: boolean;
}

/** What is on disk of a wait. */
export interface StoredWait {
  /** The configured address. */
  origin: string;
  request: WaitRequest;
  deadline: KeptDeadline | null;
  fields: WaitFields;
  /** Its message. */
  packed: string;
  /** Where the message lost a class. */
  plain: string[];
  /** Written before the message is sent on. */
  release: Release | null;
}

/** The part of a result that can be written. */
export interface Release {
  output: 0 | 1;
  payload?: unknown;
  rescale: Record<string, unknown>;
  status: StatusText;
}

const statusKey = v.picklist(Object.keys(statusTexts) as StatusKey[]);
const statusText = v.object({
  key: statusKey,
  values: v.exactOptional(v.record(v.string(), v.union([v.string(), v.number()]))),
  kind: v.exactOptional(v.picklist(['trouble', 'failed', 'idle'])),
});

export const waitFormat: StoredFormat<StoredWait> = {
  migrations: [
    // A deadline was an instant of this machine's clock, which may be set.
    ({ request, ...stored }) => {
      const { deadline, ...rest } = request as Record<string, unknown>;
      return { ...stored, request: rest, deadline: liftedDeadline(deadline, stored.fields) };
    },
  ],
  schema: v.object({
    origin: v.string(),
    request: v.object({
      jobId: v.string(),
      runId: v.nullable(v.string()),
      interval: v.number(),
      outcome: v.fallback(v.boolean(), true),
      files: v.fallback(v.boolean(), true),
    }),
    deadline: deadlineSchema,
    fields: v.object({
      scope: v.fallback(v.picklist(['run', 'job']), 'run'),
      jobId: v.string(),
      runId: v.optional(v.string()),
      interval: v.fallback(v.number(), 30),
      deadline: v.fallback(v.number(), 0),
      outcome: v.fallback(v.boolean(), true),
      files: v.fallback(v.boolean(), true),
      durable: v.fallback(v.boolean(), true),
    }),
    packed: v.string(),
    plain: v.fallback(v.array(v.string()), []),
    // Without it the wait goes on and finds the end again.
    release: v.fallback(
      v.nullable(
        v.object({
          output: v.picklist([0, 1]),
          payload: v.unknown(),
          rescale: v.record(v.string(), v.unknown()),
          // A later version may have said it otherwise.
          status: v.fallback(statusText, { key: 'done' }),
        }),
      ),
      null,
    ),
  }),
};

import * as v from 'valibot';
import { HttpError } from '../answers/answers';
import { checked, number, text } from './check';
import { runSchema } from './job-script';

/** The job that the examples and the demo work on. */
export const SWEEP = 'foamSweep';

const onRun = { runId: text };
const onFile = { ...onRun, path: text };
/** Base64 with `encoding`. */
const written = { ...onFile, text, encoding: v.optional(v.literal('base64', 'base64')) };

/** What can be done to a job by hand. */
const jobActions = {
  'start-run': v.strictObject({ action: v.literal('start-run'), ...onRun }),
  'end-run': v.strictObject({ action: v.literal('end-run'), ...onRun, exitCode: v.nullish(number) }),
  /** Adds text to a live file, creating it. */
  append: v.strictObject({ action: v.literal('append'), ...written }),
  replace: v.strictObject({ action: v.literal('replace'), ...written }),
  'remove-file': v.strictObject({ action: v.literal('remove-file'), ...onFile }),
  'add-run': v.strictObject({ action: v.literal('add-run'), run: v.optional(runSchema) }),
  'remove-run': v.strictObject({ action: v.literal('remove-run'), ...onRun }),
  'set-status': v.strictObject({ action: v.literal('set-status'), status: text, reason: v.nullish(text) }),
  submit: v.strictObject({ action: v.literal('submit') }),
  cancel: v.strictObject({ action: v.literal('cancel') }),
  /** As it was created, but now. */
  restart: v.strictObject({ action: v.literal('restart') }),
  'remove-job': v.strictObject({ action: v.literal('remove-job') }),
};

export type JobAction = v.InferOutput<(typeof jobActions)[keyof typeof jobActions]>;

const restartSchema = v.strictObject({ jobId: v.optional(text, SWEEP) });

/** Which job a restart means; default the sweep. */
export function checkedRestart(value: unknown): { jobId: string } {
  return checked('The restart', restartSchema, value);
}

export function checkedAction(value: unknown): JobAction {
  const { action } = Object(value) as { action?: unknown };
  if (!Object.hasOwn(jobActions, String(action))) {
    throw new HttpError(400, `There is no action ${JSON.stringify(action)}.`);
  }
  return checked(`Action ${String(action)}`, jobActions[action as JobAction['action']], value);
}

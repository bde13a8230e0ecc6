import * as v from 'valibot';
import type { SubmissionRecord } from '../../runs/submission/submit-job';
import type { StoredFormat } from '../../runs/tasks/stored-format';

/** What is on disk of a submission, from before its job is made until it is over. */
export interface StoredSubmission {
  /** The configured address. */
  origin: string;
  record: SubmissionRecord;
  /** Its message. */
  packed: string;
}

export const submissionFormat: StoredFormat<StoredSubmission> = {
  migrations: [],
  schema: v.object({
    origin: v.string(),
    record: v.object({
      name: v.string(),
      since: v.number(),
      step: v.picklist(['unmade', 'making', 'draft', 'submitting']),
      jobId: v.nullable(v.string()),
      submit: v.boolean(),
      // What a version before wrote has none.
      marks: v.optional(v.array(v.string()), []),
      digest: v.optional(v.string(), ''),
    }),
    packed: v.string(),
  }),
};

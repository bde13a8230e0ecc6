import type { JobSummary } from '../../src/api/client/types';
import { listJobs } from '../../src/runs/jobs/list-jobs';
import { choiceField, numberField, optionalField, text } from '../../src/runtime/fields/fields';
import { globFilter } from '../../src/runs/files/glob';
import { defineNode } from '../../src/runtime/node/define-node';
import { emitList, listFields } from '../../src/runtime/results/lists';

/** The jobs of the platform, all pages, newest first. */
export = defineNode({
  type: 'rescale-list-jobs',
  fields: {
    search: optionalField({ value: '', type: 'str' }, text, ''),
    state: choiceField(['any', 'active', 'completed', 'draft'], 'any'),
    newerThan: numberField(0, { least: 0 }),
    glob: optionalField({ value: '', type: 'str' }, text, ''),
    ...listFields,
  },
  input(context) {
    const { glob, emit, limit, ...request } = context.fields;
    const matches = globFilter(glob);
    return emitList<JobSummary>({
      emit,
      limit,
      pages: listJobs(context.client, request, { signal: context.signal, trace: context.trace }),
      ...(matches && { filter: (job: JobSummary) => matches(job.name) }),
      describe: (job) => ({ jobId: job.id }),
      statusKey: 'jobs',
    });
  },
});

import type { RescaleFile } from '../../src/api/client/types';
import { awaitCompleteList } from '../../src/runs/files/complete-list';
import { relativePathOf } from '../../src/runs/files/file-row';
import { defineNode } from '../../src/runtime/node/define-node';
import {
  choiceField,
  fieldWhen,
  jobIdField,
  optionalField,
  runIdField,
  text,
  tickField,
  type NodeConfig,
} from '../../src/runtime/fields/fields';
import { globFilter } from '../../src/runs/files/glob';
import { emitFiles } from '../../src/runtime/results/file-lists';
import { listFields, type ListOutput } from '../../src/runtime/results/lists';

const ofJob = (config: NodeConfig) => config.scope === 'job';

/** The output files of a run, or all files of a job, all pages. */
export = defineNode({
  type: 'rescale-list-files',
  fields: {
    scope: choiceField(['run', 'job'], 'run'),
    jobId: jobIdField(),
    runId: fieldWhen((config) => !ofJob(config), runIdField()),
    complete: tickField(true),
    search: fieldWhen(ofJob, optionalField({ value: '', type: 'str' }, text, '')),
    glob: optionalField({ value: '', type: 'str' }, text, ''),
    ...listFields,
  },
  async *input(context) {
    const { jobId, runId, search, glob, complete, emit, limit, pageSize } = context.fields;
    const { client } = context;
    const options = { pageSize, signal: context.signal, trace: context.trace };
    const matches = globFilter(glob);
    const completeness =
      complete && runId !== undefined ? await awaitCompleteList(client, { jobId, runId }, context) : null;
    const listing: ListOutput<RescaleFile> = {
      emit,
      limit,
      pages:
        runId === undefined
          ? client.listJobFiles(jobId, { ...options, ...(search && { search }) })
          : client.listRunFiles(jobId, runId, options),
      ...(matches && { filter: (file: RescaleFile) => matches(relativePathOf(file)) }),
      describe: (file) => ({ set: { path: relativePathOf(file) } }),
      statusKey: 'files',
    };
    return yield* emitFiles(completeness, listing, context.message);
  },
});

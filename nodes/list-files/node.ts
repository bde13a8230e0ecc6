import type { RescaleFile } from '../../src/api/client/types';
import { defineNode } from '../../src/runtime/node/define-node';
import {
  choiceField,
  fieldWhen,
  jobIdField,
  optionalField,
  runIdField,
  text,
  type NodeConfig,
} from '../../src/runtime/fields/fields';
import { globFilter } from '../../src/runtime/fields/glob';
import { emitList, listFields } from '../../src/runtime/results/lists';

const ofJob = (config: NodeConfig) => config.scope === 'job';

/** The output files of a run, or all files of a job, all pages. */
export = defineNode({
  type: 'rescale-list-files',
  fields: {
    scope: choiceField(['run', 'job'], 'run'),
    jobId: jobIdField(),
    runId: fieldWhen((config) => !ofJob(config), runIdField()),
    search: fieldWhen(ofJob, optionalField({ value: '', type: 'str' }, text, '')),
    glob: optionalField({ value: '', type: 'str' }, text, ''),
    ...listFields,
  },
  work({ fields, client, ...call }) {
    const { jobId, runId, search, glob, emit, limit, pageSize } = fields;
    const matches = globFilter(glob);
    return emitList<RescaleFile>({
      emit,
      limit,
      pages:
        runId === undefined
          ? client.listJobFiles(jobId, { pageSize, ...(search && { search }), ...call })
          : client.listRunFiles(jobId, runId, { pageSize, ...call }),
      ...(matches && { keep: (file) => matches(file.relativePath) }),
      describe: (file) => ({ set: { path: file.relativePath } }),
      figure: 'files',
    });
  },
});

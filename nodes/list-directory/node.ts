import type { DirectoryEntry } from '../../src/api/client/types';
import { readDirectory } from '../../src/runs/reading/directory';
import { defineNode } from '../../src/runtime/node/define-node';
import { choiceField, jobIdField, optionalField, runIdField, text } from '../../src/runtime/fields/fields';
import type { ListOutput } from '../../src/runtime/results/lists';
import { globFilter } from '../../src/runs/files/glob';
import { emitFiles } from '../../src/runtime/results/file-lists';

/** The files in the working directory of a run in progress. */
export = defineNode({
  type: 'rescale-list-directory',
  fields: {
    jobId: jobIdField(),
    runId: runIdField(),
    glob: optionalField({ value: '', type: 'str' }, text, ''),
    emit: choiceField(['array', 'each'], 'array'),
  },
  input(context) {
    const { glob, emit, ...address } = context.fields;
    const matches = globFilter(glob);
    const onePage = async function* () {
      let dropped = 0;
      const rows = await readDirectory(context.client, address, context, (entries) => (dropped = entries));
      yield { page: 1, count: rows.length + dropped, rows, more: false, dropped };
    };
    const listing: ListOutput<DirectoryEntry> = {
      emit,
      limit: 0,
      pages: onePage(),
      ...(matches && { filter: (entry) => matches(entry.path) }),
      describe: (entry) => ({ set: { path: entry.path } }),
      statusKey: 'files',
    };
    return emitFiles(null, listing, context.message);
  },
});

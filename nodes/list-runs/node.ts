import type { Run } from '../../src/api/client/types';
import { runState } from '../../src/runs/run/run-state';
import { defineNode } from '../../src/runtime/node/define-node';
import { choiceField, jobIdField, tickField } from '../../src/runtime/fields/fields';
import { emitList, listFields } from '../../src/runtime/results/lists';

/** The runs of a job, all pages. */
export = defineNode({
  type: 'rescale-list-runs',
  fields: {
    jobId: jobIdField(),
    ...listFields,
    state: choiceField(['any', 'pending', 'running', 'completed'], 'any'),
    runType: choiceField(['any', '1', '2', '3'], 'any'),
    optimalOnly: tickField(false),
  },
  work({ fields, client, ...call }) {
    const { jobId, emit, limit, pageSize, state, runType, optimalOnly } = fields;
    const keep = (run: Run) =>
      (state === 'any' || runState(run) === state) &&
      (runType === 'any' || run.type === Number(runType)) &&
      (!optimalOnly || run.isOptimal);
    return emitList<Run>({
      emit,
      limit,
      pages: client.listRuns(jobId, { pageSize, ...call }),
      keep,
      compare: (one, other) => one.displayOrder - other.displayOrder,
      describe: (run) => ({ runId: run.id }),
      figure: 'runs',
    });
  },
});

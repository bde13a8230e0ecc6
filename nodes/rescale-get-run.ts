import { runState } from '../src/runs/run-state';
import { defineNode } from '../src/runtime/define-node';
import { jobIdField, runIdField, tickField } from '../src/runtime/fields';

/** One run, and how it stands. */
export = defineNode({
  type: 'rescale-get-run',
  fields: { jobId: jobIdField(), runId: runIdField(), outcome: tickField(false) },
  async work({ fields, client, ...call }) {
    const run = await client.getRun(fields.jobId, fields.runId, call);
    const state = runState(run);
    return {
      payload: run,
      rescale: { state },
      status: { key: state, values: { runId: fields.runId } },
    };
  },
});

import { readRunOutcome } from '../../src/runs/evidence/run-outcome';
import { runState } from '../../src/runs/run/run-state';
import { runSummary } from '../../src/runs/run/summary';
import { defineNode } from '../../src/runtime/node/define-node';
import { jobIdField, runIdField, tickField } from '../../src/runtime/fields/fields';

/** One run, how it stands and, if told, how it ended. */
export = defineNode({
  type: 'rescale-get-run',
  fields: { jobId: jobIdField(), runId: runIdField(), outcome: tickField(false) },
  async work(work) {
    const { jobId, runId } = work.fields;
    const shown = (state: ReturnType<typeof runState>) => ({ key: state, values: { runId } });
    if (!work.fields.outcome) {
      const run = await work.client.getRun(jobId, runId, work);
      const state = runState(run);
      return { payload: run, rescale: { state }, status: shown(state) };
    }
    const { run, state, outcome } = await readRunOutcome(work.client, work.fields, work);
    const summary = runSummary(jobId, runId, run, state, outcome);
    return { payload: run, rescale: { state, outcome, summary }, status: shown(state) };
  },
});

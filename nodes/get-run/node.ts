import { readRunOutcome } from '../../src/runs/evidence/run-outcome';
import { endDoubt, runState } from '../../src/runs/run/run-state';
import { seeEnd } from '../../src/runs/run/seen-ends';
import { runSummary } from '../../src/runs/run/summary';
import { defineNode } from '../../src/runtime/node/define-node';
import { endStatus } from '../../src/runtime/status/end-status';
import { unknownStatusText } from '../../src/runtime/status/unknown-status';
import { jobIdField, runIdField, tickField } from '../../src/runtime/fields/fields';

/** One run, how it stands and, if told, how it ended. */
export = defineNode({
  type: 'rescale-get-run',
  fields: { jobId: jobIdField(), runId: runIdField(), outcome: tickField(false) },
  async input(context) {
    const { jobId, runId } = context.fields;
    if (!context.fields.outcome) {
      const run = await context.client.getRun(jobId, runId, context);
      seeEnd(context.client, jobId, run);
      const state = runState(run);
      const doubt = endDoubt(run, context.client.platformNow());
      return { payload: run, rescale: { state }, status: endStatus({ runId, state }, { doubt }) };
    }
    const { run, state, outcome, unknownStatus } = await readRunOutcome(
      context.client,
      context.fields,
      context,
    );
    const doubt = endDoubt(run, context.client.platformNow());
    const summary = runSummary(jobId, runId, run, state, outcome, doubt);
    const endOrState = endStatus({ runId, state }, { outcome, doubt });
    const status = unknownStatus === null ? endOrState : unknownStatusText(unknownStatus);
    return { payload: run, rescale: { state, outcome, summary }, status };
  },
});

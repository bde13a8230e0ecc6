import { snapshotRun } from '../../src/runs/actions/snapshot-run';
import { defineNode } from '../../src/runtime/node/define-node';
import { timeText } from '../../src/runtime/status/status-texts';
import { jobIdField, runIdField, tickField } from '../../src/runtime/fields/fields';
import { deadlineField } from '../../src/runtime/fields/span-fields';

/** Takes a snapshot of a run in progress, and waits for its archive if told. */
export = defineNode({
  type: 'rescale-snapshot-run',
  changes: true,
  fields: {
    jobId: jobIdField(),
    runId: runIdField(),
    waitForFile: tickField(false),
    deadline: deadlineField(1800),
  },
  async input(context) {
    const { deadline, ...request } = context.fields;
    const result = await snapshotRun(context.client, { ...request, deadline: deadline * 1000 }, context);
    const values = { runId: request.runId, time: timeText(context.clock.now()) };
    const key = result.file ? 'snapshot-listed' : 'snapshot-requested';
    return { payload: result, status: { key, values } };
  },
});

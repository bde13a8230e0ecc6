import { snapshotRun } from '../../src/runs/actions/snapshot-run';
import { defineNode } from '../../src/runtime/node/define-node';
import { timeText } from '../../src/runtime/status/status-texts';
import { deadlineField, jobIdField, runIdField, tickField } from '../../src/runtime/fields/fields';

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
  async work(work) {
    const { deadline, ...request } = work.fields;
    const result = await snapshotRun(work.client, { ...request, deadline: deadline * 1000 }, work);
    const values = { runId: request.runId, time: timeText(work.clock.now()) };
    const key = result.file ? 'snapshot-listed' : 'snapshot-requested';
    return { payload: result, status: { key, values } };
  },
});

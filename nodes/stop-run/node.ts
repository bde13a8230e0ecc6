import { stopRun } from '../../src/runs/actions/stop-run';
import { defineNode } from '../../src/runtime/node/define-node';
import { timeText } from '../../src/runtime/status/status-texts';
import { deadlineField, jobIdField, runIdField, tickField } from '../../src/runtime/fields/fields';

/** Asks the platform to stop a run, and waits for its end if told. */
export = defineNode({
  type: 'rescale-stop-run',
  changes: true,
  fields: {
    jobId: jobIdField(),
    runId: runIdField(),
    skipCompleted: tickField(true),
    confirm: tickField(false),
    deadline: deadlineField(600),
  },
  async work(work) {
    const { deadline, ...request } = work.fields;
    const result = await stopRun(work.client, { ...request, deadline: deadline * 1000 }, work);
    const status = !result.requested
      ? 'stop-unneeded'
      : result.confirmed
        ? 'stop-confirmed'
        : 'stop-requested';
    const values = { runId: request.runId, time: timeText(work.clock.now()) };
    return { payload: result, status: { key: status, values } };
  },
});

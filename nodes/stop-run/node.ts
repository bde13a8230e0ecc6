import { stopJob } from '../../src/runs/actions/stop-job';
import { stopRun } from '../../src/runs/actions/stop-run';
import { defineNode } from '../../src/runtime/node/define-node';
import {
  choiceField,
  deadlineField,
  fieldWhen,
  jobIdField,
  runIdField,
  tickField,
} from '../../src/runtime/fields/fields';
import { timeText, type StatusText } from '../../src/runtime/status/status-texts';

/** Asks the platform to stop a run, or a whole job, and waits for its end if told. */
export = defineNode({
  type: 'rescale-stop-run',
  changes: true,
  fields: {
    scope: choiceField(['run', 'job'], 'run'),
    jobId: jobIdField(),
    runId: fieldWhen((config) => config.scope !== 'job', runIdField()),
    skipCompleted: tickField(true),
    confirm: tickField(false),
    deadline: deadlineField(600),
  },
  async work(work) {
    const { deadline, jobId, runId, skipCompleted, confirm } = work.fields;
    const request = { jobId, skipCompleted, confirm, deadline: deadline * 1000 };
    const result =
      runId === undefined
        ? await stopJob(work.client, request, work)
        : await stopRun(work.client, { ...request, runId }, work);
    const end = !result.requested ? 'unneeded' : result.confirmed ? 'confirmed' : 'requested';
    const time = timeText(work.clock.now());
    const status: StatusText =
      runId === undefined
        ? { key: `stop-job-${end}`, values: { jobId, time } }
        : { key: `stop-${end}`, values: { runId, time } };
    return { payload: result, status };
  },
});

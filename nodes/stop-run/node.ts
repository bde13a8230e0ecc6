import { stoppedThoughRefused } from '../../src/runs/actions/send-stop';
import { stopJob } from '../../src/runs/actions/stop-job';
import { stopRun } from '../../src/runs/actions/stop-run';
import { defineNode } from '../../src/runtime/node/define-node';
import { choiceField, fieldWhen, jobIdField, runIdField, tickField } from '../../src/runtime/fields/fields';
import { deadlineField } from '../../src/runtime/fields/span-fields';
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
  setup: (host) => ({
    async input(context) {
      const { deadline, jobId, runId, skipCompleted, confirm } = context.fields;
      const request = { jobId, skipCompleted, confirm, deadline: deadline * 1000 };
      const { refused, ...result } =
        runId === undefined
          ? await stopJob(context.client, request, context)
          : await stopRun(context.client, { ...request, runId }, context);
      if (refused) host.warn(stoppedThoughRefused(jobId, runId, refused));
      const end = !result.requested ? 'unneeded' : result.confirmed ? 'confirmed' : 'requested';
      const time = timeText(context.clock.now());
      const status: StatusText =
        runId === undefined
          ? { key: `stop-job-${end}`, values: { jobId, time } }
          : { key: `stop-${end}`, values: { runId, time } };
      return { payload: result, status };
    },
  }),
});

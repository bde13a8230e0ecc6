import { defineNode } from '../../src/runtime/node/define-node';
import { createDurableWaits } from '../../src/runtime/long-running/durable-waits';
import { choiceField, fieldWhen, jobIdField, runIdField, tickField } from '../../src/runtime/fields/fields';
import { deadlineField, intervalField } from '../../src/runtime/fields/span-fields';
import { openStateStore, removeState } from '../../src/runtime/state/state-place';

/** Holds a message until a run, or all runs of a job, are over. */
export = defineNode({
  type: 'rescale-wait-run',
  busy: 'waiting',
  fields: {
    scope: choiceField(['run', 'job'], 'run'),
    jobId: jobIdField(),
    runId: fieldWhen((config) => config.scope !== 'job', runIdField()),
    interval: intervalField(30, 5),
    deadline: deadlineField(604_800),
    outcome: tickField(true),
    files: tickField(true),
    durable: tickField(true),
  },
  setup(host) {
    const store = openStateStore(host);
    const waits = createDurableWaits(host, store);
    return {
      input: (context) => waits.start(context),
      actions: {
        stop: (control) => waits.stop(control),
        'stop-all': () => waits.stopAll(),
      },
      started: () => waits.resume(),
      async closed({ configured }) {
        if (!configured) await removeState(host);
      },
    };
  },
});

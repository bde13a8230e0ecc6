import { defineNode } from '../../src/runtime/node/define-node';
import { choiceField, jobIdField, optionalField, text, tickField } from '../../src/runtime/fields/fields';
import { hoursField, intervalField } from '../../src/runtime/fields/span-fields';
import { checksField } from '../../src/runtime/fields/list-field';
import { jobsField } from '../../src/runtime/fields/watch-fields';
import { WATCH_EVENTS } from '../../src/runs/watch/watch-event';
import { watchNode } from '../../src/runtime/long-running/watch-node';

/** Tells when runs start and end, and when jobs are completed. */
export = defineNode({
  type: 'rescale-watch-runs',
  fields: {
    scope: choiceField(['jobs', 'all'], 'jobs'),
    jobs: jobsField(),
    search: optionalField({ value: '', type: 'str' }, text, ''),
    jobId: jobIdField(),
    events: checksField(WATCH_EVENTS, ['completed', 'job']),
    interval: intervalField(30, 5),
    startFrom: choiceField(['now', 'hours', 'all'], 'now'),
    startFromHours: hoursField(24),
    outcome: tickField(true),
    files: tickField(false),
    overdue: hoursField(0),
    waiting: hoursField(0),
  },
  setup: watchNode,
});

import { defineNode } from '../../src/runtime/node/define-node';
import {
  choiceField,
  jobIdField,
  numberField,
  optionalField,
  text,
  tickField,
} from '../../src/runtime/fields/fields';
import { intervalField } from '../../src/runtime/fields/span-fields';
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
    startFromHours: numberField(24, { least: 0 }),
    outcome: tickField(true),
    files: tickField(false),
    overdue: numberField(0, { least: 0 }),
    waiting: numberField(0, { least: 0 }),
  },
  setup: watchNode,
});

import { defineNode } from '../../src/runtime/node/define-node';
import { createDurableFollows } from '../../src/runtime/long-running/durable-follows';
import { choiceField, jobIdField, runIdField, tickField } from '../../src/runtime/fields/fields';
import { deadlineField, intervalField } from '../../src/runtime/fields/span-fields';
import { encodingField, pathField } from '../../src/runtime/fields/file-fields';
import { openJournals, openStateStore, removeState } from '../../src/runtime/state/state-place';

/** Sends the new lines of a growing file, each once, until its run has ended. */
export = defineNode({
  type: 'rescale-follow-file',
  busy: 'following-many',
  fields: {
    jobId: jobIdField(),
    runId: runIdField(),
    path: pathField(),
    interval: intervalField(10, 2),
    from: choiceField(['start', 'now'], 'start'),
    emit: choiceField(['batch', 'line'], 'batch'),
    encoding: encodingField(),
    deadline: deadlineField(0),
    durable: tickField(true),
  },
  setup(host) {
    const follows = createDurableFollows(host, openStateStore(host), openJournals(host));
    return {
      input: (context) => follows.follow(context),
      actions: {
        stop: (control) => follows.stop(control),
        'stop-all': () => follows.stopAll(),
      },
      started: () => follows.resume(),
      async closed({ configured }) {
        follows.close();
        if (!configured) await removeState(host);
      },
    };
  },
});

import { submitFields } from '../../src/runtime/fields/submit-fields';
import { createSubmissions } from '../../src/runtime/long-running/durable-submissions';
import { defineNode } from '../../src/runtime/node/define-node';
import { openStateStore, removeState } from '../../src/runtime/state/state-place';

/** Makes a job from another one or from a definition, uploads its inputs, and submits it. */
export = defineNode({
  type: 'rescale-submit-job',
  changes: true,
  busy: 'working',
  fields: submitFields,
  setup(host) {
    const submissions = createSubmissions(host, openStateStore(host));
    return {
      input: (context) => {
        const { inputFiles: inputs, ...request } = context.fields;
        return submissions.submit(context, { ...request, inputs });
      },
      started: () => submissions.resume(),
      async closed({ configured }) {
        if (!configured) await removeState(host);
      },
    };
  },
});

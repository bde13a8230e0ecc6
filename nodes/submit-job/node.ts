import { tokens } from '../../src/runtime/fields/tokens';
import {
  anything,
  choiceField,
  fieldWhen,
  id,
  number,
  numberField,
  optionalField,
  orNamed,
  requiredField,
  text,
  tickField,
  type NodeConfig,
} from '../../src/runtime/fields/fields';
import { createSubmissions } from '../../src/runtime/long-running/durable-submissions';
import { defineNode } from '../../src/runtime/node/define-node';
import { openStateStore, removeState } from '../../src/runtime/state/state-place';

const cloned = (config: NodeConfig) => config.from !== 'definition';
const figure = optionalField({ value: '', type: 'num' }, number({ least: 1, whole: true }), undefined);
const words = optionalField({ value: '', type: 'str' }, text, undefined);

/** Makes a job from another one or from a definition, uploads its inputs, and submits it. */
export = defineNode({
  type: 'rescale-submit-job',
  changes: true,
  busy: 'working',
  fields: {
    from: choiceField(['job', 'definition'], 'job'),
    source: fieldWhen(cloned, requiredField({ value: 'jobId', type: 'msg' }, id)),
    definition: fieldWhen(
      (config) => !cloned(config),
      requiredField({ value: 'payload', type: 'msg' }, anything),
    ),
    jobName: optionalField({ value: '', type: 'str' }, text, ''),
    tokens: optionalField({ value: '', type: 'json' }, tokens, {}),
    parameters: optionalField({ value: '', type: 'msg' }, anything, undefined),
    // `inputs` is what Node-RED's editor takes for the number of ports, so a dialog can't store it.
    inputFiles: orNamed('inputs', optionalField({ value: '', type: 'json' }, anything, undefined)),
    folder: optionalField({ value: '', type: 'str' }, text, ''),
    inputMode: choiceField(['add', 'replace'], 'add'),
    command: words,
    coreType: words,
    coresPerSlot: figure,
    slots: figure,
    walltime: figure,
    project: words,
    submit: tickField(true),
    limitCost: numberField(0, { least: 0 }),
  },
  setup(host) {
    const submissions = createSubmissions(host, openStateStore(host));
    return {
      input: (work) => {
        const { inputFiles: inputs, ...request } = work.fields;
        return submissions.submit(work, { ...request, inputs });
      },
      started: () => submissions.resume(),
      async closed({ configured }) {
        if (!configured) await removeState(host);
      },
    };
  },
});

import { isRecord } from '../../api/endpoints/rows';
import { shownValue } from '../../api/errors/shown-value';
import { RescaleError } from '../../api/errors/errors';
import {
  anything,
  blankOrThere,
  choiceField,
  fieldWhen,
  id,
  number,
  numberField,
  optionalField,
  requiredField,
  text,
  tickField,
  type Check,
  type Field,
  type NodeConfig,
} from './fields';

/** Names and their values, for what stands as `{{name}}` in a job. */
const tokens: Check<Record<string, unknown>> = (value, shown) => {
  if (isRecord(value)) return value;
  throw new RescaleError('RESCALE_INPUT', 'submit-tokens', { field: shown, value: shownValue(value) });
};

const cloned = (config: NodeConfig) => config.from !== 'definition';
const figure = blankOrThere({ value: '', type: 'num' }, number({ least: 1, whole: true }), undefined);
const words = blankOrThere({ value: '', type: 'str' }, text, undefined);

/** A field that a flow written by hand may hold under another name. */
function orNamed<Value>(other: string, field: Field<Value>): Field<Value> {
  return {
    read(source) {
      const isThere = source.config[source.name] === undefined && typeof source.config[other] === 'string';
      return field.read(isThere ? { ...source, name: other } : source);
    },
  };
}

/** What the dialog of submit job holds; its preview reads the same. */
export const submitFields = {
  from: choiceField(['job', 'definition'], 'job'),
  source: fieldWhen(cloned, requiredField({ value: 'jobId', type: 'msg' }, id)),
  definition: fieldWhen(
    (config) => !cloned(config),
    requiredField({ value: 'payload', type: 'msg' }, anything),
  ),
  jobName: optionalField({ value: '', type: 'str' }, text, ''),
  tokens: blankOrThere({ value: '', type: 'json' }, tokens, {}),
  parameters: blankOrThere({ value: '', type: 'msg' }, anything, undefined),
  // `inputs` is what Node-RED's editor takes for the number of ports, so a dialog can't store it.
  inputFiles: orNamed('inputs', blankOrThere({ value: '', type: 'json' }, anything, undefined)),
  folder: optionalField({ value: '', type: 'str' }, text, ''),
  inputMode: choiceField(['add', 'replace'], 'add'),
  command: words,
  // `version` is that of the stored node.
  analysisVersion: words,
  coreType: words,
  coresPerSlot: figure,
  slots: figure,
  walltime: figure,
  project: words,
  submit: tickField(true),
  limitCost: numberField(0, { least: 0 }),
};

import { tailFile } from '../../src/runs/lines/tail-file';
import { defineNode } from '../../src/runtime/node/define-node';
import {
  choiceField,
  jobIdField,
  number,
  numberField,
  optionalField,
  runIdField,
} from '../../src/runtime/fields/fields';
import { encodingField, pathField } from '../../src/runtime/fields/file-fields';
import { sizeText, type StatusText } from '../../src/runtime/status/status-texts';

/** The end of a file, or all of it, while its run computes and after it. */
export = defineNode({
  type: 'rescale-tail-file',
  fields: {
    jobId: jobIdField(),
    runId: runIdField(),
    path: pathField(),
    lines: optionalField({ value: '100', type: 'num' }, number({ least: 1, whole: true }), null),
    format: choiceField(['lines', 'text', 'buffer'], 'lines'),
    encoding: encodingField(),
    finished: choiceField(['file', 'error'], 'file'),
    limitBytes: numberField(16_777_216, { least: 1, whole: true }),
  },
  async input(context) {
    const { content, fileType, source, path } = await tailFile(context.client, context.fields, context);
    return { payload: content, set: { path }, rescale: { fileType, source }, status: figureOf(content) };
  },
});

function figureOf(content: string[] | string | Buffer): StatusText {
  return Array.isArray(content)
    ? { key: 'lines', values: { count: content.length } }
    : { key: 'size', values: { size: sizeText(content.length) } };
}

import { emitBuffers } from '../../src/runtime/results/buffers';
import { downloadFiles } from '../../src/runs/download/download-files';
import { fileReferences } from '../../src/runs/download/wanted-files';
import { downloadedStatus } from '../../src/runtime/results/file-lists';
import { defineNode } from '../../src/runtime/node/define-node';
import {
  anything,
  choiceField,
  fieldWhen,
  id,
  numberField,
  optionalField,
  requiredField,
  text,
  tickField,
} from '../../src/runtime/fields/fields';

/** Fetches files of a run into a folder, or into messages. */
export = defineNode({
  type: 'rescale-download-files',
  busy: 'working',
  fields: {
    jobId: optionalField({ value: 'jobId', type: 'msg' }, id, undefined),
    runId: optionalField({ value: 'runId', type: 'msg' }, id, undefined),
    files: requiredField({ value: 'payload', type: 'msg' }, anything),
    to: choiceField(['folder', 'buffer'], 'folder'),
    folder: fieldWhen((config) => config.to !== 'buffer', requiredField({ value: '', type: 'str' }, text)),
    existing: choiceField(['skip', 'replace', 'error'], 'skip'),
    concurrency: numberField(4, { least: 1, most: 8, whole: true }),
    limitBytes: numberField(67_108_864, { least: 1, whole: true }),
    complete: tickField(true),
  },
  input(context) {
    const files = fileReferences(context.fields.files);
    return context.fields.to === 'buffer' ? emitBuffers(context, files) : toFolder();

    async function toFolder() {
      const { folder = '', existing, concurrency, jobId, runId, complete } = context.fields;
      const request = { files, folder, existing, concurrency, jobId, runId, complete };
      const { downloads, failure } = await downloadFiles(context.client, request, context);
      return {
        payload: downloads.map(({ error, ...download }) => ({
          ...download,
          ...(error && { error: { code: error.code, message: context.translate(error) } }),
        })),
        status: downloadedStatus(context.message, downloads.length),
        ...(failure && { error: failure }),
      };
    }
  },
});

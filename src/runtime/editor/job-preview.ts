/** The preview in the dialog of submit job: what would be sent, read with the platform's own client. Nothing is made. */
import type { NodeAPI } from 'node-red';
import type { RescaleClient } from '../../api/client/client';
import { systemClock } from '../../api/time/clock';
import { previewJob } from '../../runs/jobs/preview';
import type { SubmitRequest } from '../../runs/jobs/prepare-job';
import { submitFields } from '../fields/submit-fields';
import type { FieldValues, NodeConfig } from '../fields/fields';
import { withDraft, type DraftPorts } from './draft';
import { answerEditor, EditorReason, type Question } from './editor-answers';
import { connect, draftOf } from './lookups';

/** Where a fixed value comes from; everything else is known only when a message comes. */
const FIXED = ['str', 'num', 'bool', 'json'];

/**
 * Makes the address `rescale-submit-job/preview`. Only who may deploy may ask: inputs are looked for on the server's disk. Called
 * once, by the platform's node file.
 */
export function registerJobPreview(RED: NodeAPI, ports: DraftPorts): void {
  answerEditor(RED, '/rescale-submit-job/preview', 'rescale-platform.write', async (question, signal) => {
    const { config, open } = fixedPart(question);
    const defined = config['from'] === 'definition';
    if (defined && open.includes('definition')) throw new EditorReason('preview.open-definition');
    if (!defined && open.includes('source')) throw new EditorReason('preview.open-source');
    const request = await read(RED, config, open);
    const look = (client: RescaleClient) => previewJob(client, request, { signal, clock: systemClock });
    const preview =
      question['draft'] === undefined
        ? await look(await connect(RED, question['platform']))
        : await withDraft(RED, ports, draftOf(question), look);
    const unused = defined ? 'source' : 'definition';
    return { preview, open: open.filter((name) => name !== unused) };
  });
}

/** The dialog's values without those that a message brings, and the names of these. */
function fixedPart(question: Question): { config: NodeConfig; open: string[] } {
  const asked = question['fields'];
  const config = { ...(asked !== null && typeof asked === 'object' ? asked : {}) } as NodeConfig;
  const open: string[] = [];
  for (const name of Object.keys(submitFields)) {
    const [value, type] = [config[name], config[`${name}Type`]];
    if (typeof type !== 'string' || FIXED.includes(type)) continue;
    if (typeof value === 'string' && value.trim() !== '') open.push(name);
    config[name] = '';
    config[`${name}Type`] = 'str';
  }
  return { config, open };
}

async function read(RED: NodeAPI, config: NodeConfig, open: string[]): Promise<SubmitRequest> {
  const evaluate = (value: string, type: string): Promise<unknown> =>
    Promise.resolve(RED.util.evaluateNodeProperty(value, type, null as never, {}));
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(submitFields)) {
    values[name] = await field.read({ name, config, evaluate });
  }
  const { inputFiles: inputs, tokens, ...request } = values as FieldValues<typeof submitFields>;
  return { ...request, inputs, tokens: open.includes('tokens') ? null : tokens };
}

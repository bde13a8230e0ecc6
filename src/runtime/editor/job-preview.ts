/** The preview in the dialog of submit job: what would be sent, read with the platform's own client. Nothing is made. */
import type { NodeAPI } from 'node-red';
import type { RescaleClient } from '../../api/client/client';
import { systemClock } from '../../api/time/clock';
import { previewJob } from '../../runs/jobs/preview';
import type { SubmitRequest } from '../../runs/jobs/prepare-job';
import { submitFields } from '../fields/submit-fields';
import type { FieldValues, NodeConfig } from '../fields/fields';
import { withUndeployedPlatform, type PlatformPorts } from './undeployed-platform';
import { registerEditorRoute, EditorError, type EditorRequest } from './editor-route';
import { connect, undeployedOf } from './lookups';

/** Where a fixed value comes from; everything else is known only when a message comes. */
const FIXED = ['str', 'num', 'bool', 'json'];

/**
 * Registers the route `rescale-submit-job/preview`. Only who may deploy may ask: inputs are looked for on the server's disk. Called
 * once, by the platform's node file.
 */
export function registerJobPreview(RED: NodeAPI, ports: PlatformPorts): void {
  registerEditorRoute(
    RED,
    '/rescale-submit-job/preview',
    'rescale-platform.write',
    async (editorRequest, signal) => {
      const { config, fromMessage } = fixedFields(editorRequest);
      const defined = config['from'] === 'definition';
      if (defined && fromMessage.includes('definition')) throw new EditorError('preview.open-definition');
      if (!defined && fromMessage.includes('source')) throw new EditorError('preview.open-source');
      const request = await readSubmitRequest(RED, config, fromMessage);
      const makePreview = (client: RescaleClient) =>
        previewJob(client, request, { signal, clock: systemClock });
      const preview =
        editorRequest['draft'] === undefined
          ? await makePreview(await connect(RED, editorRequest['platform']))
          : await withUndeployedPlatform(RED, ports, undeployedOf(editorRequest), makePreview);
      const unused = defined ? 'source' : 'definition';
      return { preview, open: fromMessage.filter((name) => name !== unused) };
    },
  );
}

/** The dialog's values without those that a message brings, and the names of these. */
function fixedFields(request: EditorRequest): { config: NodeConfig; fromMessage: string[] } {
  const fields = request['fields'];
  const config = { ...(fields !== null && typeof fields === 'object' ? fields : {}) } as NodeConfig;
  const fromMessage: string[] = [];
  for (const name of Object.keys(submitFields)) {
    const [value, type] = [config[name], config[`${name}Type`]];
    if (typeof type !== 'string' || FIXED.includes(type)) continue;
    if (typeof value === 'string' && value.trim() !== '') fromMessage.push(name);
    config[name] = '';
    config[`${name}Type`] = 'str';
  }
  return { config, fromMessage };
}

async function readSubmitRequest(
  RED: NodeAPI,
  config: NodeConfig,
  fromMessage: string[],
): Promise<SubmitRequest> {
  const evaluate = (value: string, type: string): Promise<unknown> =>
    Promise.resolve(RED.util.evaluateNodeProperty(value, type, null as never, {}));
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(submitFields)) {
    values[name] = await field.read({ name, config, evaluate });
  }
  const { inputFiles: inputs, tokens, ...request } = values as FieldValues<typeof submitFields>;
  return { ...request, inputs, tokens: fromMessage.includes('tokens') ? null : tokens };
}

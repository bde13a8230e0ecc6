import { isRecord } from '../../api/endpoints/rows';
import { RescaleError } from '../../api/errors/errors';
import type { Message } from '../definition/definition';
import type { NodeInstance } from './node-instance';

/** Before any request of a node that changes something. Throws RESCALE_READ_ONLY and RESCALE_INPUT. */
export function refuseChange(instance: NodeInstance, message: Message, fields: object): void {
  if (instance.platform().readOnly) throw new RescaleError('RESCALE_READ_ONLY', 'read-only');
  refuseForeignId(instance, message, fields);
}

/**
 * The same id can mean another job on another platform, so what a message brought from there must not be stopped here, wherever in
 * the message it stands: a row of a list says nothing of its platform. An id that the dialog names is none that the message
 * brought, and neither is a `msg.jobId` that differs from the job that the message is about, for the flow has set it since.
 */
function refuseForeignId(instance: NodeInstance, { rescale }: Message, fields: object): void {
  // A job that another one is made like comes with the message, too.
  const name = 'source' in fields ? 'source' : 'jobId';
  const jobId = (fields as Record<string, unknown>)[name];
  const { [name]: place = 'jobId', [`${name}Type`]: typed = 'msg' } = instance.config;
  if (typeof jobId !== 'string' || (typed !== 'msg' && typed !== 'jsonata') || !isRecord(rescale)) return;
  const { platform: theirs, instance: which, jobId: brought } = rescale;
  const setSince = typed === 'msg' && place === 'jobId' && typeof brought === 'string' && brought !== jobId;
  if (setSince) return;
  const ours = instance.platform();
  if (typeof theirs !== 'string' || ours.name === null) return;
  const same = theirs === ours.name && (which === undefined || which === ours.instance);
  if (same) return;
  throw new RescaleError('RESCALE_INPUT', 'input-other-platform', {
    jobId,
    field: typed === 'msg' ? `msg.${String(place)}` : name,
    theirs: nameOf(theirs, which),
    platform: nameOf(ours.name, ours.instance),
  });
}

function nameOf(platform: string, instance: unknown): string {
  return typeof instance === 'string' ? `${platform} (${instance})` : platform;
}

import { RescaleError } from '../../api/errors/errors';
import type { Message } from '../definition/definition';
import { isRecord } from '../fields/fields';
import type { NodeInstance } from './node-instance';

/** Before any request of a node that changes something. Throws RESCALE_READ_ONLY and RESCALE_INPUT. */
export function refuseChange(instance: NodeInstance, message: Message, fields: object): void {
  if (instance.platform().readOnly) throw new RescaleError('RESCALE_READ_ONLY', 'read-only');
  refuseForeignId(instance, message, fields);
}

/**
 * The same id can mean another job on another platform, so what a message brought from there must not be stopped here.
 * An id that the dialog names, or that the flow has set since, is none that the message brought.
 */
function refuseForeignId(instance: NodeInstance, { rescale }: Message, fields: object): void {
  // A job that another one is made like comes with the message, too.
  const name = 'source' in fields ? 'source' : 'jobId';
  const jobId = (fields as Record<string, unknown>)[name];
  const typed = instance.config[`${name}Type`] ?? 'msg';
  if (typed !== 'msg' || !isRecord(rescale) || rescale.jobId !== jobId) return;
  const { platform: theirs, instance: which } = rescale;
  const ours = instance.platform();
  if (typeof theirs !== 'string' || ours.name === null) return;
  const same = theirs === ours.name && (which === undefined || which === ours.instance);
  if (same) return;
  throw new RescaleError('RESCALE_INPUT', 'input-other-platform', {
    jobId: String(jobId),
    theirs: nameOf(theirs, which),
    platform: nameOf(ours.name, ours.instance),
  });
}

function nameOf(platform: string, instance: unknown): string {
  return typeof instance === 'string' ? `${platform} (${instance})` : platform;
}

import type { ErrorText } from '../../api/errors/errors';
import { diskReasonAt } from '../../runs/tasks/disk-reason';
import { reasonOf } from '../status/message-catalog';

/** Why state could not be read or written, and what to do. */
export function stateReason(error: unknown): ErrorText | string {
  return diskReasonAt(error) ?? reasonOf(error);
}

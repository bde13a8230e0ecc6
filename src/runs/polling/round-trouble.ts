import { whenSettled } from '../../api/errors/guard';
import { isRescaleError, RescaleError } from '../../api/errors/errors';
import type { Clock } from '../tasks/ports';

export { asRescaleError } from '../reading/diagnosis';

/** A round that has read nothing for so long (ms) is told as trouble, though it goes on: the patience with it is longer. */
const WITHOUT_ANSWER = 30_000;

/** A list that answers 404 though the job is there and had runs. */
export function noRunListError(platform: string, error: RescaleError | null): RescaleError {
  return new RescaleError(
    'RESCALE_PROTOCOL',
    'protocol',
    { platform, reason: { key: 'reason-no-run-list' } },
    error?.statusCode,
  );
}

/** Calls `tell` when a round has taken so long, unless it has had its answer. */
export function afterSilence(clock: Clock, answered: AbortSignal, tell: () => void): void {
  whenSettled(clock.sleep(WITHOUT_ANSWER, answered, true), tell, () => undefined);
}

export function noAnswerError(platform: string): RescaleError {
  return new RescaleError('RESCALE_TIMEOUT', 'timeout', { platform, seconds: WITHOUT_ANSWER / 1_000 });
}

export function isNotFound(error: unknown): error is RescaleError {
  return isRescaleError(error) && error.code === 'RESCALE_NOT_FOUND';
}

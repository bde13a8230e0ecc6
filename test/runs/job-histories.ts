/** What the platform says of a job on its way and at its end, as outcome tests take it. */
import type { JobStatus } from '../../src/api/client/types';

export const START = '2026-01-01T10:00:00.000000Z';
export const END = '2026-01-01T12:14:00Z';
export const BEFORE_END = '2026-01-01T12:13:58Z';
export const AFTER_END = '2026-01-01T12:15:00+00:00';

export const row = (status: string, statusReason: string | null, statusDate = AFTER_END): JobStatus => ({
  status,
  statusReason,
  statusDate,
});
export const executing = row('Executing', null, START);

/** Every history that docs/platform.md ("Jobs") lists, and those its clients have to reckon with. */
export const histories: Record<string, JobStatus[] | null> = {
  'not known': null,
  empty: [],
  executing: [executing],
  'executing, empty reason': [row('Executing', '', START)],
  'unknown status': [row('Hibernating', 'Because'), executing],
  success: [row('Completed', 'Completed successfully'), executing],
  'completed, no reason': [row('Completed', null), executing],
  'completed, empty reason': [row('Completed', ''), executing],
  'completed, unheard-of reason': [row('Completed', 'It is a full moon'), executing],
  restarts: [row('Completed', 'Exceeded max number of restarts'), executing],
  'no resources': [
    row('Completed', 'Could not allocate compute resources from the compute provider'),
    executing,
  ],
  'run failed': [row('Completed', null), row('Stopping', 'A run failed'), executing],
  'run failed, stopping still': [row('Stopping', 'A run failed'), executing],
  'user stop before the end': [
    row('Completed', null),
    row('Stopping', 'User Terminated', BEFORE_END),
    executing,
  ],
  'user stop after the end': [row('Completed', null), row('Stopping', 'User Terminated'), executing],
  'bare stopping before the end': [row('Completed', null), row('Stopping', null, BEFORE_END), executing],
  'bare stopping, then success': [
    row('Completed', 'Completed successfully'),
    row('Stopping', null, BEFORE_END),
  ],
  'force stop before the end': [row('Force Stop', null, BEFORE_END), executing],
  'cancelled before the end': [row('Cancelled', null, BEFORE_END), executing],
  failed: [row('Failed', null), executing],
};

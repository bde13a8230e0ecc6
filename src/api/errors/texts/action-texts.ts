/** Of stops and snapshots: a part of `errorTexts`, and like it in `errors.json`. */
export const actionTexts = {
  'stop-job-deadline':
    'Job __jobId__ was asked to stop and was not seen ended within __seconds__ s. It costs money until it has ended: look at it on Rescale.',
  'stop-job-unsettled':
    'The answer to the stop of job __jobId__ was lost, and the job goes on. Look at it before you rely on it.',
  'stop-garbled':
    'Whether the stop is carried out is not known. Look at it on Rescale before you rely on it. __reason__',
  'stop-refused-ended':
    'Run __runId__ of job __jobId__ has ended since it was asked to stop, although that was refused. It counts as stopped. __reason__',
  'stop-job-refused-ended':
    'Job __jobId__ has ended since it was asked to stop, although that was refused. It counts as stopped. __reason__',
  'stop-refused': 'Run __runId__ of job __jobId__ goes on: its stop was refused. __reason__',
  'stop-job-refused': 'Job __jobId__ goes on: its stop was refused. __reason__',
  'stop-unsettled':
    'The answer to the stop of run __runId__ of job __jobId__ was lost and the run is still in progress, so it is not known whether it will stop. Look at it before you rely on it.',
  'stop-deadline':
    'A stop of run __runId__ of job __jobId__ was requested, but the run was not seen ended within __seconds__ s. It costs money until it has ended: look at it on Rescale.',
  'stop-unread':
    'A stop of run __runId__ of job __jobId__ was sent, and the run can’t be read since: whether it has ended is not known, and until then it costs money. Look at it on Rescale. __reason__',
  'stop-job-unread':
    'A stop of job __jobId__ was sent, and the job can’t be read since: whether it has ended is not known, and until then it costs money. Look at it on Rescale. __reason__',
  'snapshot-unread':
    'A snapshot of run __runId__ of job __jobId__ was asked for, and its files can’t be listed since. Look for the archive later with list files, before you ask for another one. __reason__',
  'snapshot-garbled':
    'Whether a snapshot of run __runId__ of job __jobId__ is made is not known. Look for its archive with list files before you ask for another one. __reason__',
  'snapshot-failed':
    'The snapshot of run __runId__ of job __jobId__ failed (exit code __exitcode__): __reason__',
  'snapshot-busy':
    'A snapshot of run __runId__ of job __jobId__ is being made already. Try again when it is done.',
  'snapshot-lost':
    'The answer to the snapshot of run __runId__ of job __jobId__ was lost. It is not asked for again, because that could make a second archive. Look for the archive with list files.',
  'snapshot-ended':
    'Run __runId__ of job __jobId__ ended before the archive of its snapshot was listed. Its output files are found with list files.',
  'snapshot-deadline':
    'The snapshot of run __runId__ of job __jobId__ was accepted, but its archive was not listed within __seconds__ s. Look for it later with list files.',
} as const;

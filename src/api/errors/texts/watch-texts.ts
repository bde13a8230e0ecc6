/** The warnings of watches and waits: a part of `errorTexts`, and like it in `errors.json`. */
export const watchTexts = {
  'watch-not-durable': 'There is no user directory, so this watch begins anew with each restart.',
  'watch-not-stored':
    'The state of this watch can’t be written (__reason__). Events still go out, but a restart may lose or double some.',
  'watch-began-anew':
    'The platform or the scope has changed: the watch begins anew, and what happened until now is not told.',
  'watch-job-dropped': 'Job __jobId__ is not watched any more, and what was known of it is dropped.',
  'status-unknown':
    'Job __jobId__ has the status “__status__”, which these nodes don’t know. It counts as going on until it has a status that they know. Look at the job on Rescale.',
  'end-date-none':
    'Run __runId__ of job __jobId__ has “__date__” where its end date should stand. It counts as going on until its job has ended. Look at the run on Rescale.',
  'end-date-unread':
    'Run __runId__ of job __jobId__ has ended, but its end date “__date__” can’t be read: when it ended is not known.',
  'end-date-ahead':
    'The end date of run __runId__ of job __jobId__ has not come yet (__date__). Whether it has ended is told by its log alone. Look at the run on Rescale.',
  'end-date-before-start':
    'The end date of run __runId__ of job __jobId__ (__date__) lies before its start. Whether it has ended is told by its log alone. Look at the run on Rescale.',
  'watch-reported-also':
    'Runs that were known already are told now, because “Report also” was changed: __runs__ (jobs: __jobs__).',
  'watch-recovered':
    'What was stored of this watch was damaged. Its last good copy was taken; some events may come twice, marked as redelivered.',
  'watch-recovered-job':
    'What was stored of job __jobId__ was damaged. Its last good copy was taken; some events may come twice, marked as redelivered.',
  'watch-lost':
    'What was stored of this watch can’t be read: it begins anew, and what happened until now may not be told. Look at the jobs on Rescale. What was stored is kept beside, in a file that ends in .unread.',
  'watch-lost-job':
    'What was stored of job __jobId__ can’t be read: it begins anew, and what happened until now may not be told. Look at the job on Rescale. What was stored is kept beside, in a file that ends in .unread.',
} as const;

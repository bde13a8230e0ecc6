import type { ErrorCode, ErrorText, RescaleError } from '../../api/errors/errors';

/**
 * Every status text, in English, with `__name__` places. `nodes/locales/<lang>/status.json` holds the same
 * keys under `status` in each language. Texts without places are sent as keys, and each browser shows its own
 * language; texts with places are rendered by the server. About 20 characters. `…_one` is what Node-RED's catalogs
 * take for a `count` of 1.
 */
export const statusTexts = {
  // blue dot
  working: 'requesting',
  'working-many': 'requesting __count__',
  waiting: 'waiting __count__',
  'confirming-stop': 'stopping',
  'awaiting-snapshot': 'snapshot being made',
  'awaiting-submissions': 'behind submissions',
  submitting: 'submitting',
  'awaiting-files': 'waiting for files',
  'awaiting-run': 'waiting for the run',
  'awaiting-file': 'waiting for the file',
  following: 'line __lines__',
  'following-many': 'following __count__',
  downloading: '__files__/__total__, __rate__/s',
  tabulating: 'tabulating',
  drawing: 'drawing',
  // green dot
  done: 'done',
  runs: '__count__ runs',
  runs_one: '__count__ run',
  files: '__count__ files',
  files_one: '__count__ file',
  rows: '__count__ rows',
  rows_one: '__count__ row',
  'rows-left-out': '__count__ rows, __left__ left out',
  'rows-left-out_one': '__count__ row, __left__ left out',
  'no-runs': 'no runs',
  jobs: '__count__ jobs',
  jobs_one: '__count__ job',
  'no-jobs-found': 'no jobs',
  submitted: 'submitted __jobId__',
  'draft-made': 'draft __jobId__',
  'no-files': 'no files',
  'files-of': '__listed__ of __count__ files',
  'rows-of': 'incomplete, __listed__ of __count__',
  'files-of_one': '__listed__ of __count__ file',
  'files-incomplete': '__count__ files, not all',
  'files-incomplete_one': '__count__ file, not all',
  'files-so-far': '__count__ files so far',
  'files-so-far_one': '__count__ file so far',
  lines: '__count__ lines',
  lines_one: '__count__ line',
  'lines-incomplete': '__count__ lines, not all',
  'lines-incomplete_one': '__count__ line, not all',
  size: '__size__',
  pending: 'run __runId__ pending',
  running: 'run __runId__ running',
  completed: 'run __runId__ completed',
  ended: 'run __runId__ ended',
  'run-failed': 'run __runId__ failed',
  'run-end-unknown': 'run __runId__ ended: how?',
  'run-files-missing': 'run __runId__, files missing',
  'stop-requested': 'stop requested, run __runId__, __time__',
  'stop-confirmed': 'stopped run __runId__, __time__',
  'stop-unneeded': 'run __runId__ had completed, __time__',
  'stop-job-requested': 'stop requested, job __jobId__, __time__',
  'stop-job-confirmed': 'stopped job __jobId__, __time__',
  'stop-job-unneeded': 'job __jobId__ was over, __time__',
  'snapshot-requested': 'snapshot requested, run __runId__, __time__',
  'snapshot-listed': 'snapshot of run __runId__, __time__',
  // watches and waits, in any colour
  watching: 'running __running__, done __completed__ of __total__',
  'reading-logs': 'reading logs of __count__ ended runs',
  'reading-logs_one': 'reading the log of __count__ ended run',
  'watching-slowly': '__completed__/__total__, every __seconds__ s',
  'watching-jobs': 'watching __count__ jobs',
  'watching-jobs_one': 'watching __count__ job',
  paused: 'paused',
  'no-jobs': 'no jobs to watch',
  'no-such-job': 'no job __jobId__',
  'not-stored': 'not stored on disk',
  'not-readable': 'stored state unreadable',
  'job-over': 'job __jobId__ ended',
  'job-failed': 'job __jobId__ failed',
  'job-end-unknown': 'job __jobId__ ended: how?',
  'job-files-missing': 'job __jobId__, files missing',
  // logs that are read, in any colour
  logs: '__count__ runs',
  logs_one: '__count__ run',
  'log-ended': 'run __runId__ ended',
  'log-crashed': '__count__ runs, run __runId__ crashed',
  'log-crashed_one': 'run __runId__ crashed',
  'log-diverging': '__count__ runs, run __runId__ diverges',
  'log-diverging_one': 'run __runId__ diverges',
  'log-stalled': '__count__ runs, run __runId__ stalls',
  'log-stalled_one': 'run __runId__ stalls',
  'log-oscillating': '__count__ runs, run __runId__ oscillates',
  'log-oscillating_one': 'run __runId__ oscillates',
  'log-silent': '__count__ runs, run __runId__ silent',
  'log-silent_one': 'run __runId__ silent',
  'log-limit': '__count__ runs, run __runId__ over limit',
  'log-limit_one': 'run __runId__ over limit',
  // yellow ring
  'rows-missing': 'no column __column__',
  'goal-without-numbers': 'no numbers in __column__',
  'submitted-unseen': '__jobId__ submitted?',
  'run-not-listed': 'run __runId__ not listed',
  'not-submitted': 'job __jobId__ not submitted',
  'unknown-status': 'status __status__?',
  'end-date-odd': 'run __runId__: end date?',
  'end-dates-odd': 'end date? runs: __count__',
  'job-end-date-odd': 'job __jobId__: end dates?',
  throttled: 'slowed until __time__',
  'retrying-status': 'HTTP __status__, again __time__',
  'retrying-network': 'no connection, again __time__',
  'retrying-timeout': 'no answer, again __time__',
  // red dot
  'no-platform': 'no platform',
  'failed-config': 'check the platform',
  'failed-input': 'check the input',
  'failed-field': 'check __field__',
  'failed-read-only': 'read-only',
  'failed-auth': 'key refused',
  'failed-forbidden': 'not permitted',
  'failed-not-found': 'not found',
  'failed-not-active': 'not in progress',
  'failed-rejected': 'rejected',
  'failed-rate-limit': 'too many requests',
  'failed-server': 'platform failure',
  'failed-network': 'no connection',
  'failed-timeout': 'no answer',
  'failed-protocol': 'unexpected answer',
  'failed-too-large': 'too large',
  'failed-snapshot': 'snapshot failed',
  'failed-deadline': 'deadline passed',
  'failed-checksum': 'checksum differs',
  'failed-path': 'path refused',
  // grey ring
  idle: 'idle',
  closed: 'stopped',
  simulator: 'simulator',
  /** Around a figure of the simulator, so that nobody takes it for a real one. */
  'on-simulator': '__text__ (sim)',
} as const;

export type StatusKey = keyof typeof statusTexts;

export interface StatusText {
  key: StatusKey;
  /** Given when, and only when, the text has places. */
  values?: Record<string, string | number | ErrorText>;
  /** The colour of a result that is not plainly good: yellow for a doubt, red for a failure, grey for nothing found. */
  kind?: 'trouble' | 'failed' | 'idle';
}

/** What the status says when a message failed. */
const failureTexts: Record<ErrorCode, StatusKey> = {
  RESCALE_CONFIG: 'failed-config',
  RESCALE_INPUT: 'failed-input',
  RESCALE_READ_ONLY: 'failed-read-only',
  RESCALE_AUTH: 'failed-auth',
  RESCALE_NOT_FOUND: 'failed-not-found',
  RESCALE_NOT_ACTIVE: 'failed-not-active',
  RESCALE_REJECTED: 'failed-rejected',
  RESCALE_RATE_LIMIT: 'failed-rate-limit',
  RESCALE_SERVER: 'failed-server',
  RESCALE_NETWORK: 'failed-network',
  RESCALE_TIMEOUT: 'failed-timeout',
  RESCALE_PROTOCOL: 'failed-protocol',
  RESCALE_TOO_LARGE: 'failed-too-large',
  RESCALE_SNAPSHOT: 'failed-snapshot',
  RESCALE_DEADLINE: 'failed-deadline',
  RESCALE_CHECKSUM: 'failed-checksum',
  RESCALE_PATH: 'failed-path',
  RESCALE_CLOSED: 'closed',
};

/** The same of an error that is at hand: some say that this is not permitted, and nothing against the key. */
export function failureText({ code, key }: RescaleError): StatusKey {
  return key === 'auth-forbidden' || key === 'auth-job' ? 'failed-forbidden' : failureTexts[code];
}

/** Bytes as a status shows them: `14 kB`, `3.2 MB`. */
export function sizeText(bytes: number): ErrorText {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const figure = size >= 10 || unit === 0 ? Math.round(size) : Math.round(size * 10) / 10;
  return { key: 'figure-size', values: { size: figure, unit: units[unit]! } };
}

/** An instant (ms since the epoch) as a status shows it, in this machine's time: `14:05`. */
export function timeText(at: number): string {
  return new Date(at).toTimeString().slice(0, 5);
}

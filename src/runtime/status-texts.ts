/**
 * Every status text, in English, with `__name__` places. `nodes/locales/<lang>/rescale-platform.json` holds the same
 * keys under `status` in each language. Texts without places are sent as keys, and each browser shows its own
 * language; texts with places are rendered by the server. About 20 characters.
 */
export const statusTexts = {
  // blue dot
  working: 'requesting',
  'working-many': 'requesting __count__',
  waiting: 'waiting __count__',
  'confirming-stop': 'stopping',
  'awaiting-snapshot': 'snapshot being made',
  'awaiting-files': 'waiting for files',
  reading: 'reading __size__',
  // green dot
  done: 'done',
  runs: '__count__ runs',
  files: '__count__ files',
  lines: '__count__ lines',
  bytes: '__size__',
  run: 'run __runId__ __state__',
  'stop-requested': 'stop requested',
  'stop-confirmed': 'stopped',
  'stop-unneeded': 'had completed',
  'snapshot-requested': 'snapshot requested',
  'snapshot-listed': 'snapshot listed',
  // yellow ring
  throttled: 'slowed down to __time__',
  // red dot
  failed: '__reason__',
  'no-platform': 'no platform',
  // grey ring
  idle: 'idle',
  closed: 'stopped',
  simulator: 'simulator',
  'on-simulator': '__text__ (sim)',
} as const;

export type StatusKey = keyof typeof statusTexts;

export interface StatusText {
  key: StatusKey;
  values?: Record<string, string | number>;
}

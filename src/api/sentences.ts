/**
 * Every sentence an error can say, in English, with `__name__` places. `nodes/locales/<lang>/rescale-platform.json`
 * holds the same keys under `errors` in each language; a test keeps them together.
 * Sentences speak to a flow author: what happened, and what to do where that is not plain.
 */
export const sentences = {
  closed: 'The node was closed or redeployed while it was working.',
  'input-blank': '__field__ is missing.',
  'input-id': '__field__ can’t be used as an id: __value__.',
  'input-type': '__field__ must be __expected__, but is __value__.',
  'input-range': '__field__ must be __expected__, but is __value__.',
  'input-path': '__field__ must be a path inside the working directory, without “..”: __value__.',
  'not-found-job': 'There is no job __jobId__ on __platform__, or this key may not see it.',
  'not-found-run': 'Job __jobId__ has no run __runId__.',
  'not-found-file': 'Run __runId__ of job __jobId__ has no file __path__.',
  'not-active': 'Run __runId__ of job __jobId__ is not in progress.',
  auth: '__platform__ refused the API key (HTTP __status__). Check the key, its region and whether it has expired.',
  rejected: '__platform__ rejected the request (HTTP __status__): __words__',
  'rate-limit': '__platform__ still asks to slow down (HTTP 429) after __seconds__ s.',
  server: '__platform__ still fails (HTTP __status__) after __seconds__ s.',
  network: '__platform__ can’t be reached: __reason__.',
  timeout: '__platform__ did not answer within __seconds__ s.',
  protocol: '__platform__ answered with something that is not the API’s: __reason__.',
  'too-large': '__what__ is larger than the limit of __limit__ bytes.',
} as const;

export type SentenceKey = keyof typeof sentences;

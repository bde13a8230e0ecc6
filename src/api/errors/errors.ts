import { sentences, type SentenceKey } from './sentences';

/** Every way in which something can fail, as flows see it in `error.code`. */
export type ErrorCode =
  | 'RESCALE_CONFIG'
  | 'RESCALE_INPUT'
  | 'RESCALE_READ_ONLY'
  | 'RESCALE_AUTH'
  | 'RESCALE_NOT_FOUND'
  | 'RESCALE_NOT_ACTIVE'
  | 'RESCALE_REJECTED'
  | 'RESCALE_RATE_LIMIT'
  | 'RESCALE_SERVER'
  | 'RESCALE_NETWORK'
  | 'RESCALE_TIMEOUT'
  | 'RESCALE_PROTOCOL'
  | 'RESCALE_TOO_LARGE'
  | 'RESCALE_SNAPSHOT'
  | 'RESCALE_DEADLINE'
  | 'RESCALE_CHECKSUM'
  | 'RESCALE_PATH'
  | 'RESCALE_CLOSED';

/** A sentence of the catalog, in no language yet. */
export interface Sentence {
  sentence: SentenceKey;
  values?: SentenceValues;
}

/**
 * What fills the `__name__` places of a sentence: names and figures as they are, and words as sentences, which are
 * translated together with the one around them.
 */
export type SentenceValues = { [place: string]: string | number | Sentence };

/**
 * The one error that leaves this package. It carries plain data only: no request, no response, no header,
 * because Node-RED shows errors to people and Catch copies them into messages.
 */
export class RescaleError extends Error {
  override readonly name = 'RescaleError';

  constructor(
    readonly code: ErrorCode,
    /** Which sentence of the catalog this is; the runtime renders it in the server's language. */
    readonly sentence: SentenceKey,
    readonly values: SentenceValues = {},
    /** HTTP status of the last answer, when there was one. */
    readonly statusCode?: number,
  ) {
    super(renderSentence(sentences[sentence], values));
  }

  /** Node-RED's Catch prints `toString()`, and a user wants the sentence, not a class name before it. */
  override toString(): string {
    return this.message;
  }
}

/** Fills the `__name__` places the way Node-RED's catalogs do; sentences among the values are in English. */
export function renderSentence(sentence: string, values: SentenceValues): string {
  return sentence.replace(/__(\w+?)__/g, (place, name: string) => {
    const value = values[name];
    if (typeof value !== 'object') return name in values ? String(value) : place;
    return renderSentence(sentences[value.sentence], value.values ?? {});
  });
}

/** True for an error of this package, also when it comes from another copy of the module. */
export function isRescaleError(error: unknown): error is RescaleError {
  return (
    error instanceof Error &&
    error.name === 'RescaleError' &&
    typeof (error as RescaleError).code === 'string'
  );
}

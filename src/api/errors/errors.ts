import { errorTexts, type ErrorTextKey } from './texts/error-texts';

/**
 * What an error means for whoever repeats, waits or settles.
 * - `transient`: nothing was said about what was asked for. The same question later may get an answer.
 * - `refused`: the platform itself has answered, and the answer is no. Asking again alone changes nothing.
 * - `unsettled`: an action was sent and its answer lost. It may have been carried out, and must not be sent again blindly.
 * - `fatal`: neither time nor the platform changes it; a person does.
 */
export type ErrorKind = 'transient' | 'refused' | 'unsettled' | 'fatal';

/** Every way in which something can fail, as flows see it in `error.code`, and what it means. */
const kinds = {
  RESCALE_CONFIG: 'fatal',
  RESCALE_INPUT: 'fatal',
  RESCALE_READ_ONLY: 'fatal',
  RESCALE_AUTH: 'refused',
  RESCALE_NOT_FOUND: 'refused',
  RESCALE_NOT_ACTIVE: 'refused',
  RESCALE_REJECTED: 'refused',
  RESCALE_RATE_LIMIT: 'transient',
  RESCALE_SERVER: 'transient',
  RESCALE_NETWORK: 'transient',
  RESCALE_TIMEOUT: 'transient',
  RESCALE_PROTOCOL: 'transient',
  RESCALE_TOO_LARGE: 'fatal',
  RESCALE_SNAPSHOT: 'fatal',
  RESCALE_DEADLINE: 'fatal',
  RESCALE_CHECKSUM: 'fatal',
  RESCALE_PATH: 'fatal',
  RESCALE_CLOSED: 'fatal',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof kinds;

/** Lost answers have the code of how they were lost, because that is what a flow tells apart, but a kind of their own. */
const UNSETTLED: ReadonlySet<ErrorTextKey> = new Set([
  'network-unsettled',
  'timeout-unsettled',
  'timeout-unsettled-through-proxy',
  'server-unsettled',
]);

/** A text of the catalog, in no language yet. */
export interface ErrorText {
  key: ErrorTextKey;
  values?: ErrorTextValues;
}

/**
 * What fills the `__name__` places of a text: names and figures as they are, and words as texts, which are translated
 * together with the one around them.
 */
export type ErrorTextValues = { [place: string]: string | number | ErrorText };

/**
 * The one error that leaves this package. It carries plain data only: no request, no response, no header,
 * because Node-RED shows errors to people and Catch copies them into messages.
 */
export class RescaleError extends Error {
  override readonly name = 'RescaleError';
  readonly kind: ErrorKind;
  readonly values: ErrorTextValues;

  constructor(
    readonly code: ErrorCode,
    /** Which text of the catalog this is; the runtime renders it in the server's language. */
    readonly key: ErrorTextKey,
    values: ErrorTextValues = {},
    /** HTTP status of the last answer, when there was one. */
    readonly statusCode?: number,
  ) {
    const shown = withHost(values);
    super(renderErrorText(countedText(errorTexts, key, shown), shown));
    this.values = shown;
    this.kind = UNSETTLED.has(key) ? 'unsettled' : kinds[code];
  }

  /** Node-RED's Catch prints `toString()`, and a user wants the sentence, not a class name before it. */
  override toString(): string {
    return this.message;
  }
}

/** A list of messages shows the first 80 letters of a sentence: they are for what happened, not for `https://`. */
function withHost(values: ErrorTextValues): ErrorTextValues {
  const { platform } = values;
  return typeof platform === 'string' ? { ...values, platform: platform.replace(/^https:\/\//, '') } : values;
}

/** The text of a key. For a `count` of one it is that of `<key>_one`, where there is one: so do Node-RED's catalogs. */
export function countedText<Key extends string>(
  texts: Readonly<Record<Key, string>>,
  key: Key,
  { count }: { count?: unknown },
): string {
  const single = `${key}_one`;
  return count === 1 && single in texts ? texts[single as Key] : texts[key];
}

/** Fills the `__name__` places the way Node-RED's catalogs do; texts among the values are in English. */
export function renderErrorText(text: string, values: ErrorTextValues): string {
  return text.replace(/__(\w+?)__/g, (place, name: string) => {
    const value = values[name];
    if (typeof value !== 'object') return name in values ? String(value) : place;
    const { key, values: inner = {} } = value;
    return renderErrorText(countedText(errorTexts, key, inner), inner);
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

/** What an error of any make means; `fatal` for what is not of this package, because nothing is known of it. */
export function kindOf(error: unknown): ErrorKind {
  return isRescaleError(error) ? error.kind : 'fatal';
}

import type { NodeAPI } from 'node-red';
import {
  isRescaleError,
  renderErrorText,
  RescaleError,
  type ErrorText,
  type ErrorTextValues,
} from '../../api/errors/errors';
import { errorTexts } from '../../api/errors/error-texts';
import { statusTexts, type StatusKey, type StatusText } from './status-texts';

/** Where Node-RED keeps the texts of this package: they all stand in the platform node's catalog. */
const CATALOG = '@rescale-flows/node-red-rescale/rescale-platform';

/** The key of a status text without places: each browser shows it in its own language. */
export function statusCatalogKey(text: StatusText): string {
  return `${CATALOG}:status.${text.key}`;
}

/** A status text in the server's language, in English where the catalog has none. */
export function renderStatus(RED: NodeAPI, text: StatusText): string {
  const values = text.values ?? {};
  return lookUpText(RED, `status.${text.key}`, values) ?? renderErrorText(englishStatus(text), values);
}

function englishStatus({ key, values }: StatusText): string {
  const single = `${key}_one`;
  return values?.count === 1 && single in statusTexts ? statusTexts[single as StatusKey] : statusTexts[key];
}

/**
 * An error as flows get it: a RescaleError that speaks the server's language. What is not one is a fault of this
 * package; its message is kept and its other properties are not, because they may hold a request with its key.
 */
export function toFlowError(RED: NodeAPI, error: unknown): RescaleError {
  const known = isRescaleError(error) ? error : unexpected(error);
  const flowError = new RescaleError(known.code, known.key, known.values, known.statusCode);
  if (known.stack !== undefined) flowError.stack = known.stack;
  flowError.message = lookUpText(RED, `errors.${known.key}`, known.values) ?? known.message;
  return flowError;
}

function unexpected(error: unknown): RescaleError {
  const reason = reasonOf(error);
  const wrapped = new RescaleError('RESCALE_PROTOCOL', 'unexpected', { reason });
  if (error instanceof Error && error.stack !== undefined) wrapped.stack = error.stack;
  return wrapped;
}

/** Anything can be thrown, even what has no text. */
export function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return typeof error;
  }
}

/** Null where the catalog has nothing. */
function lookUpText(RED: NodeAPI, key: string, values: ErrorTextValues): string | null {
  const shown: Record<string, string | number> = {};
  for (const [place, value] of Object.entries(values)) {
    shown[place] = typeof value === 'object' ? translate(RED, value) : value;
  }
  const found: unknown = RED._(`${CATALOG}:${key}`, shown);
  // i18next answers with the key, with or without its namespace, when the catalog does not have it.
  return typeof found !== 'string' || found === '' || found.endsWith(key) ? null : found;
}

/** A sentence in the server's language, in English where the catalog has none. */
export function translate(RED: NodeAPI, { key, values = {} }: ErrorText): string {
  return lookUpText(RED, `errors.${key}`, values) ?? renderErrorText(errorTexts[key], values);
}

import type { NodeAPI } from 'node-red';
import {
  countedText,
  isRescaleError,
  renderErrorText,
  RescaleError,
  type ErrorText,
  type ErrorTextValues,
} from '../../api/errors/errors';
import { diskReasonAt } from '../../runs/tasks/disk-reason';
import { errorTexts } from '../../api/errors/texts/error-texts';
import { valuesWithoutKeys } from '../../api/errors/known-keys';

const PACKAGE = '@rescale-flows/node-red-rescale';
const SHARED = 'rescale-platform';

/** Where Node-RED keeps the texts that all nodes share: in the platform node's catalog. */
export const CATALOG = `${PACKAGE}/${SHARED}`;

/**
 * An error as flows get it: a RescaleError that speaks the server's language. What is not one is a fault of this
 * package; its message is kept and its other properties are not, because they may hold a request with its key.
 *
 * @param type of the node, whose dialog has labels for the fields that the error names
 */
export function toFlowError(RED: NodeAPI, error: unknown, type = ''): RescaleError {
  const known = isRescaleError(error) ? error : unexpected(error);
  const shown = valuesWithoutKeys(known.values);
  const values = withLabel(RED, shown, type);
  const flowError = new RescaleError(known.code, known.key, shown, known.statusCode);
  const { message } = shown === known.values ? known : flowError;
  const stack = shown === known.values ? known.stack : framesOf(message, known.stack);
  if (stack !== undefined) flowError.stack = stack;
  flowError.message = sentenceIn(RED, known.key, values) ?? message;
  return flowError;
}

/** Where it happened, without what the error said there. */
function framesOf(message: string, stack = ''): string {
  return [message, ...(stack.match(/^ +at .*/gm) ?? [])].join('\n');
}

/** What a dialog calls the field that is stored under this name, with what follows the name; null where it has none. */
export function fieldLabel(RED: NodeAPI, type: string, field: string): string | null {
  const [, name = '', rest = ''] = /^(\w+)((?: .*)?)$/.exec(field) ?? [];
  if (type === '' || name === '') return null;
  const label =
    lookUp(RED, `${PACKAGE}/${type}`, `${type}.field.${name}`, {}) ??
    lookUp(RED, CATALOG, `${SHARED}.common.field.${name}`, {});
  return label === null ? null : label + rest;
}

/** A person knows a field by its label, and not by the name under which it is stored. */
function withLabel(RED: NodeAPI, values: ErrorTextValues, type: string): ErrorTextValues {
  const label = typeof values.field === 'string' ? fieldLabel(RED, type, values.field) : null;
  return label === null ? values : { ...values, field: { key: 'field-label', values: { label } } };
}

/** What a file system says has a person who can put it right; all else is a fault of this package. */
function unexpected(error: unknown): RescaleError {
  const ofDisk = diskReasonAt(error);
  const wrapped = ofDisk
    ? new RescaleError('RESCALE_PROTOCOL', 'disk-failed', { reason: ofDisk })
    : new RescaleError('RESCALE_PROTOCOL', 'unexpected', { reason: reasonOf(error) });
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
function sentenceIn(RED: NodeAPI, key: ErrorText['key'], values: ErrorTextValues): string | null {
  return lookUp(RED, CATALOG, `errors.${key}`, values);
}

/** Null where the catalog has nothing. */
export function lookUp(RED: NodeAPI, catalog: string, key: string, values: ErrorTextValues): string | null {
  const shown: Record<string, string | number> = {};
  for (const [place, value] of Object.entries(values)) {
    shown[place] =
      typeof value === 'object'
        ? translate(RED, value)
        : typeof value === 'number' && !Number.isInteger(value)
          ? String(value).replace('.', translate(RED, { key: 'figure-point' }))
          : value;
  }
  const found: unknown = RED._(`${catalog}:${key}`, shown);
  // i18next answers with the key, with or without its namespace, when the catalog does not have it.
  return typeof found !== 'string' || found === '' || found.endsWith(key) ? null : found;
}

/** A sentence in the server's language, in English where the catalog has none. */
export function translate(RED: NodeAPI, { key, values: given = {} }: ErrorText): string {
  const values = valuesWithoutKeys(given);
  return sentenceIn(RED, key, values) ?? renderErrorText(countedText(errorTexts, key, values), values);
}

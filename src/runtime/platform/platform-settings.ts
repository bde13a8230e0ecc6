import { checkOrigin } from '../../api/http/addresses';
import { checkToken } from '../../api/http/credentials';
import type { ErrorTextKey } from '../../api/errors/texts/error-texts';
import { RescaleError } from '../../api/errors/errors';
import { hideKey } from '../../api/errors/known-keys';

/** The stored fields of a platform, before they are understood. Any of them may hold `${ENV}`. */
export interface PlatformFields {
  url?: unknown;
  apiVersion?: unknown;
  /** Seconds without a byte. */
  timeout?: unknown;
  /** Seconds for one call with all its retries and pauses. */
  patience?: unknown;
  /** Requests per second for everything; blank = by scope, 0 = no budget. */
  rate?: unknown;
  readOnly?: unknown;
  /** Virtual seconds per second of the simulator. */
  speed?: unknown;
  token?: unknown;
}

/** Where and as whom to call, checked. */
export interface PlatformSettings {
  /** What messages call the platform: its origin, or `simulator`. */
  name: string;
  simulated: boolean;
  /** `https://platform.rescale.com`; '' for the simulator, whose address is known once it runs. */
  origin: string;
  apiVersion: 'v1' | 'v2';
  /** '' for the simulator. */
  token: string;
  /** Milliseconds. */
  timeout: number;
  patience: number;
  /** Requests per second for everything; null = by scope, 0 = no budget. */
  rate: number | null;
  readOnly: boolean;
  speed: number;
}

const DEFAULT_URL = 'https://platform.rescale.com';

/** Finds an environment variable as Node-RED would: group, flow, global, process. Undefined when it is not set. */
type VariableLookup = (name: string) => unknown;

/** What the dialog calls each field: errors speak of what a person sees there. */
const LABELS = {
  url: 'label-url',
  apiVersion: 'label-apiVersion',
  timeout: 'label-timeout',
  patience: 'label-patience',
  rate: 'label-rate',
  readOnly: 'label-readOnly',
  speed: 'label-speed',
  token: 'label-token',
} as const satisfies Record<keyof PlatformFields, ErrorTextKey>;

/** Understands the fields of a platform. Throws RESCALE_CONFIG. */
export function readPlatformSettings(fields: PlatformFields, lookup: VariableLookup): PlatformSettings {
  const valueOf = (field: keyof PlatformFields) => replaceVariables(field, fields[field], lookup);
  hideKey(storedKey(fields, lookup));
  const url = valueOf('url') || DEFAULT_URL;
  const simulated = url.toLowerCase() === 'simulator';
  const origin = simulated ? '' : checkOrigin(url);
  const token = simulated ? '' : valueOf('token');
  if (!simulated) checkToken(token);
  return {
    name: simulated ? 'simulator' : origin,
    simulated,
    origin,
    apiVersion: readVersion(valueOf('apiVersion')),
    token,
    timeout: readNumber('timeout', valueOf('timeout'), 30, SPAN, 3600) * 1000,
    patience: readNumber('patience', valueOf('patience'), 120, SPAN, 86_400) * 1000,
    rate: readRate(valueOf('rate')),
    readOnly: readTick('readOnly', valueOf('readOnly')),
    speed: readNumber('speed', valueOf('speed'), 60, 0),
  };
}

/** Whatever else is wrong with the platform, and also while it is the simulator. */
function storedKey({ token }: PlatformFields, lookup: VariableLookup): string {
  try {
    return replaceVariables('token', token, lookup);
  } catch {
    // A variable that is not set, which is told when the key is needed.
    return '';
  }
}

/**
 * Node-RED replaces a property that is exactly `${NAME}` and leaves it as it is when the variable is not set. Here the
 * variable may also be a part of the text, and an unset one is an error: `${NAME}` must never be sent as a key.
 */
function replaceVariables(field: keyof PlatformFields, value: unknown, lookup: VariableLookup): string {
  if (value === undefined || value === null) return '';
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return written
    .replace(/\$\{([^}]+)\}/g, (_place, variable: string) => {
      const found = lookup(variable);
      if (found === undefined || found === null || found === '') {
        throw configError('config-variable', { variable, field: { key: LABELS[field] } });
      }
      return typeof found === 'string' ? found : JSON.stringify(found);
    })
    .trim();
}

function readVersion(value: string): 'v1' | 'v2' {
  if (value === '' || value === 'v2') return 'v2';
  if (value === 'v1') return 'v1';
  throw configError('config-value', { field: { key: LABELS.apiVersion }, expected: 'v2 / v1', value });
}

/** More than nothing. */
const SPAN = Number.MIN_VALUE;

function readNumber(
  field: keyof PlatformFields,
  value: string,
  initial: number,
  least: number,
  most = Infinity,
): number {
  if (value === '') return initial;
  const figure = Number(value);
  if (Number.isFinite(figure) && figure >= least && figure <= most) return figure;
  throw configError('config-value', {
    field: { key: LABELS[field] },
    expected: (least > 0 ? '> 0' : '≥ 0') + (most < Infinity ? `, ≤ ${most}` : ''),
    value,
  });
}

/** Blank: each kind of request has its own. */
function readRate(value: string): number | null {
  return value === '' ? null : readNumber('rate', value, 0, 0);
}

function readTick(field: keyof PlatformFields, value: string): boolean {
  if (value === '' || value === 'false') return false;
  if (value === 'true') return true;
  throw configError('config-value', { field: { key: LABELS[field] }, expected: 'true / false', value });
}

function configError(...[sentence, values]: [RescaleError['key'], RescaleError['values']?]): RescaleError {
  return new RescaleError('RESCALE_CONFIG', sentence, values);
}

import { isRescaleError, RescaleError, type ErrorTextValues } from '../../api/errors/errors';
import { isRecord, type Draft } from './definition';

/** What stands in place of a value that nobody may see. */
const HIDDEN = '…';
/** Shorter values are no secrets, and would be found everywhere. */
const SHORTEST = 4;

/** A job as it may reach a flow: licences and keys stand in the environment, so its values are left out. */
export function withoutEnvironment<Value>(job: Value): Value {
  if (Array.isArray(job)) return job.map((item: unknown) => withoutEnvironment(item)) as Value;
  if (!isRecord(job)) return job;
  const entries = Object.entries(job).map(([name, value]): [string, unknown] => [
    name,
    name === 'envVars' && isRecord(value)
      ? Object.fromEntries(Object.keys(value).map((variable) => [variable, HIDDEN]))
      : withoutEnvironment(value),
  ]);
  return Object.fromEntries(entries) as Value;
}

/** An error whose words name no value of the environment: the platform may repeat what it was sent. */
export function withoutSecrets(error: unknown, draft: Draft): unknown {
  if (!isRescaleError(error)) return error;
  const secrets = draft.jobanalyses
    .flatMap(({ envVars }) => (isRecord(envVars) ? Object.values(envVars) : []))
    .filter((value): value is string => typeof value === 'string' && value.length >= SHORTEST)
    .sort((one, other) => other.length - one.length);
  if (secrets.length === 0) return error;
  const clean = (text: string) => secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
  return new RescaleError(error.code, error.key, cleaned(error.values, clean), error.statusCode);
}

function cleaned(values: ErrorTextValues, clean: (text: string) => string): ErrorTextValues {
  const entries = Object.entries(values).map(([place, value]): [string, ErrorTextValues[string]] => {
    if (typeof value === 'string') return [place, clean(value)];
    if (typeof value === 'number') return [place, value];
    return [place, { ...value, ...(value.values && { values: cleaned(value.values, clean) }) }];
  });
  return Object.fromEntries(entries);
}

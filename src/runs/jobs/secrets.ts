import { isRecord } from '../../api/endpoints/rows';
import { createRedactor, HIDDEN, type Redact } from '../../api/errors/redactor';

/** A job, or a list of them, as it may reach a flow: licences and keys stand in the environment, so its values are left out. */
export function withoutEnvironment<Value>(job: Value): Value {
  if (Array.isArray(job)) return job.map((item: unknown) => withoutEnvironment(item)) as Value;
  if (!isRecord(job)) return job;
  const entries = Object.entries(job).map(([name, value]): [string, unknown] => [
    name,
    name === 'envVars' ? withoutValues(value) : withoutEnvironment(value),
  ]);
  return Object.fromEntries(entries) as Value;
}

/** Names stay; an environment of another form than a map tells nothing. */
function withoutValues(environment: unknown): unknown {
  if (environment === null || environment === undefined) return environment;
  if (!isRecord(environment)) return HIDDEN;
  return Object.fromEntries(Object.keys(environment).map((name) => [name, HIDDEN]));
}

/** Takes the values of a definition's environment out of what the platform says: it may repeat what it was sent. */
export function redactorOf(jobanalyses: unknown): Redact {
  return createRedactor(environmentValues(jobanalyses));
}

/** What a message brings that nobody may see: values of environments, and of the tokens that stand in one or may come to. */
export function secretsBrought(
  message: unknown,
  { definition, tokens }: { definition?: unknown; tokens: Readonly<Record<string, unknown>> | null },
): string[] {
  const values = [...environmentValues(message), ...environmentValues(definition)];
  // The environment of a job that is cloned is not known yet.
  const brought = Object.entries(tokens ?? {}).filter(
    ([name]) => definition === undefined || values.some((value) => value.includes(name)),
  );
  return [...values, ...brought.flatMap(([, value]) => textsIn(value))];
}

/** Every value of every environment in it, in whatever form. */
function environmentValues(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return [];
  seen.add(value);
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) =>
    name === 'envVars' ? textsIn(part) : environmentValues(part, seen),
  );
}

function textsIn(value: unknown, seen = new Set<unknown>()): string[] {
  // `LICENSE=port@host` in place of a map.
  if (typeof value === 'string') return [value, ...value.split('=').slice(1)];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.values(value).flatMap((part) => textsIn(part, seen));
}

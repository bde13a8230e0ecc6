import * as v from 'valibot';
import { HttpError } from '../answers/answers';

/**
 * Scripts come from people's files and requests: a name that is not known is refused instead of ignored, because
 * a fault that never happens looks like a fault that was survived. In the process they are checked the same way.
 * Each schema's message says what is expected, so that `where` and the name make a sentence of it.
 */
export function checked<Schema extends v.GenericSchema>(
  where: string,
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw new HttpError(400, sentence(where, result.issues[0]));
}

function sentence(where: string, issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  const name = keys.at(-1);
  const place = [where, ...keys.slice(0, -1).map(step)].join(', ');
  if (name === undefined) return `${where} must be ${issue.message}.`;
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${place}: there is no ${name}.`;
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `${place} has no ${name}.`;
  if (/^\d+$/.test(name)) return `${place}, ${Number(name) + 1} must be ${issue.message}.`;
  return `${place}: ${name} must be ${issue.message}.`;
}

/** `runs`, `3`: a list's members are counted from 1, as people do. */
const step = (key: string) => (/^\d+$/.test(key) ? String(Number(key) + 1) : key);

export const text = v.string('a text');
export const number = v.pipe(v.number('a number'), v.finite('a number'));
export const count = v.pipe(
  v.number('a number, 0 or more'),
  v.finite('a number, 0 or more'),
  v.minValue(0, 'a number, 0 or more'),
);
export const flag = v.boolean('true or false');

const seconds = v.strictObject({ seconds: count }, 'an object with seconds');

export function checkedSeconds(value: unknown): number {
  return checked('The advance', seconds, value).seconds;
}

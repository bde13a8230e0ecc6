import type * as v from 'valibot';
import { HttpError } from '../answers/answers';

/** What is wrong with a field, and where it stands in the request. */
export interface FieldError {
  path: (string | number)[];
  message: string;
}

/** What a schema finds wrong; a missing field says so, whatever was expected of it. */
export function fieldErrors(issues: readonly v.BaseIssue<unknown>[]): FieldError[] {
  return issues.map((issue) => ({
    path: (issue.path ?? []).map(({ key }) => key as string | number),
    message: issue.received === 'undefined' ? 'This field is required.' : issue.message,
  }));
}

/** 400 with the errors nested like the request (docs/platform.md, "Errors"). @param body the request's own */
export function refuseFields(errors: FieldError[], body: unknown): void {
  if (errors.length > 0) throw new HttpError(400, 'Invalid fields.', {}, nested(errors, body));
}

/** Maps as maps, lists as lists with empty maps for their good members, and a list of sentences at each field. */
function nested(errors: FieldError[], body: unknown): unknown {
  const own = errors.filter(({ path }) => path.length === 0).map(({ message }) => message);
  if (own.length > 0) return own;
  const below = new Map<string | number, FieldError[]>();
  for (const { path, message } of errors) {
    const [key, ...rest] = path;
    below.set(key!, [...(below.get(key!) ?? []), { path: rest, message }]);
  }
  const at = (key: string | number) => (body as Record<string | number, unknown> | null | undefined)?.[key];
  if (Array.isArray(body)) {
    return body.map((_, position) => {
      const found = below.get(position);
      return found ? nested(found, at(position)) : {};
    });
  }
  return Object.fromEntries([...below].map(([key, found]) => [key, nested(found, at(key))]));
}

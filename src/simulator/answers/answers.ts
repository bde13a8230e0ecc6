import type { Content } from '../content/contents';

/** What is sent back, before faults and before the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Body;
}

export type Body =
  | { kind: 'none' }
  | { kind: 'json'; value: unknown }
  | { kind: 'text'; text: string }
  /** A part of a file; `end` is exclusive. */
  | { kind: 'content'; content: Content; start: number; end: number };

/** A 4xx with the platform's own body (docs/platform.md, "Answers"); handlers throw it. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly headers: Record<string, string> = {},
    /** In place of `{"detail": …}`. */
    readonly body?: unknown,
  ) {
    super(detail);
  }
}

export const notFound = () => new HttpError(404, 'Not found.');

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: { kind: 'json', value } };
}

export function empty(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: { kind: 'none' } };
}

export function errorAnswer(error: HttpError): Answer {
  return json(error.body ?? { detail: error.message }, error.status, error.headers);
}

/** What Django and gateways in front of it answer where no API is. */
export function htmlPage(status: number, title: string): Answer {
  const text =
    `<!doctype html>\n<html lang="en">\n<head>\n  <title>${title}</title>\n</head>\n<body>\n` +
    `  <h1>${title}</h1><p>The requested resource could not be served.</p>\n</body>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: { kind: 'text', text } };
}

export const htmlNotFound = () => htmlPage(404, 'Not Found');

/** The default body of a status, for fault rules that have only the number. */
export function defaultAnswer(status: number): Answer {
  const details: Record<number, string> = {
    400: 'Bad request.',
    401: 'Invalid token.',
    403: 'You do not have permission to perform this action.',
    404: 'Not found.',
    405: 'Method not allowed.',
    409: 'Conflict.',
    429: 'Request was throttled.',
  };
  if (status >= 500) return htmlPage(status, GATEWAY_TITLES[status] ?? 'Server Error');
  if (status < 400) return empty(status);
  return json({ detail: details[status] ?? 'Request refused.' }, status);
}

const GATEWAY_TITLES: Record<number, string> = {
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
};

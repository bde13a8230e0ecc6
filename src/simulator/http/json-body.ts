import type { IncomingMessage } from 'node:http';
import { HttpError } from '../answers/answers';
import { requestBody } from '../answers/request-body';

/** Definitions and the like are small. */
const LARGEST_BODY = 10 * 1024 * 1024;

/** What a request's JSON says, or its form; undefined when it has no body. Throws an HttpError for what is neither. */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await requestBody(request, LARGEST_BODY);
  if (bytes.length === 0) return undefined;
  const text = bytes.toString('utf8');
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase();
  // What curl sends with -d and no type of its own.
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text));
  if (!/^application\/(.+\+)?json$/.test(type)) {
    throw new HttpError(415, `Unsupported media type "${type}" in request.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new HttpError(400, `JSON parse error - ${(error as Error).message}`);
  }
}

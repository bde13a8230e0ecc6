import type { IncomingMessage } from 'node:http';
import { Refusal } from '../answers/answers';

/** Definitions and the like are small. */
const LARGEST_BODY = 10 * 1024 * 1024;

/** What a request's JSON says, or its form; undefined when it has no body. Throws a Refusal for what is neither. */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) throw new Refusal(413, `The body has more than ${LARGEST_BODY} bytes.`);
    parts.push(part);
  }
  if (size === 0) return undefined;
  const text = Buffer.concat(parts).toString('utf8');
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase();
  // What curl sends with -d and no type of its own.
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text));
  if (!/^application\/(.+\+)?json$/.test(type)) {
    throw new Refusal(415, `Unsupported media type "${type}" in request.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Refusal(400, `JSON parse error - ${(error as Error).message}`);
  }
}

import type { IncomingMessage } from 'node:http';
import { HttpError } from './answers';

/** The whole body of a request. Throws an HttpError, 413, beyond `limit` bytes. */
export async function requestBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new HttpError(413, `The body has more than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

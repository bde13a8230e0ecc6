import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Upload } from '../client/client';
import type { RequestBody } from '../http/exchange';

/**
 * A form with one file, streamed, of a length that is known beforehand (docs/platform.md, uploads). Which type a file is to have
 * is said in both ways that clients were seen to say it: as a field and as a header of the part.
 */
export function multipartOf({ name, bytes, typeId, open }: Upload): RequestBody {
  const boundary = `rescale-${randomBytes(16).toString('hex')}`;
  const field = typeId === undefined ? '' : fieldPart(boundary, 'typeId', String(typeId));
  const header = typeId === undefined ? '' : `type_id: ${typeId}\r\n`;
  const head = Buffer.from(
    `${field}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(name)}"\r\n` +
      `Content-Type: application/octet-stream\r\n${header}\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* parts(): AsyncGenerator<Buffer, void, undefined> {
    yield head;
    for await (const chunk of open()) yield chunk;
    yield tail;
  }
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length: head.length + bytes + tail.length,
    streamed: true,
    open: () => Readable.from(parts(), { objectMode: false }),
  };
}

function fieldPart(boundary: string, name: string, value: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

/** As browsers write it: what would end the name or the line is percent-encoded. */
function quoted(name: string): string {
  return name.replace(/["\r\n]/g, (character) => encodeURIComponent(character));
}

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ByteRange, ContentsOptions, RescaleClient, Upload } from '../client/client';
import type { RequestBody } from '../http/exchange';
import type { Call, Lane } from '../request/request';
import { rangeHeaders, toContents } from './contents';
import type { Endpoint } from './endpoint';
import { readFile, readFileLines } from './rows';

/** A part of a file of at most so many bytes is read at once, unless the storage is slow. */
const SMALL_PART = 1024 * 1024;

/** What can be asked of the files of the storage (docs/platform.md, files). */
export function fileEndpoints(
  endpoint: Endpoint,
): Pick<RescaleClient, 'getFile' | 'fileLines' | 'openContents' | 'uploadFile'> {
  const { read, file } = endpoint;
  return {
    async getFile(fileId, options) {
      return read({ method: 'GET', ...file(fileId) }, 'File', readFile, options);
    },
    async fileLines(fileId, options) {
      return read({ method: 'GET', ...file(fileId, 'lines/') }, 'Lines', readFileLines, options);
    },
    async openContents(fileId, options) {
      const range = rangeHeaders(options?.range, options?.ofVersion ?? null);
      const statuses = range === undefined ? [200] : [200, 206, 416];
      const lane = laneOf(options);
      const contents = {
        statuses,
        range,
        lane,
        bytes: options?.bytes ?? null,
        packing: options?.packing ?? null,
      };
      const call: Call = { method: 'GET', ...file(fileId, 'contents/'), contents };
      return toContents(await endpoint.make(call, options), endpoint.platform);
    },
    async uploadFile(upload, options) {
      const path = `${endpoint.prefix}files/contents/`;
      const body = multipartOf(upload);
      return read({ method: 'POST', path, notFound: endpoint.noApi, body }, 'File', readFile, options);
    },
  };
}

function laneOf({ range, bulk, bytes }: ContentsOptions = {}): Lane {
  const isSmall = Math.min(bytes ?? Infinity, bytesIn(range)) <= SMALL_PART;
  if (bulk) return isSmall ? 'small' : 'download';
  return isSmall ? 'part' : 'read';
}

function bytesIn(range: ByteRange | undefined): number {
  if (range === undefined) return Infinity;
  return 'last' in range ? range.last : (range.end ?? Infinity) - range.start + 1;
}

/**
 * A form with one file, streamed, of a length that is known beforehand (docs/platform.md, uploads). Which type a file is to have
 * is said in both ways that clients were seen to say it: as a field and as a header of the part.
 */
function multipartOf({ name, bytes, typeId, open }: Upload): RequestBody {
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

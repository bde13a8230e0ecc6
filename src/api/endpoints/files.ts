import type { ByteRange, ContentsOptions, RescaleClient } from '../client/client';
import type { Call, Lane } from '../request/request';
import { rangeHeaders, toContents } from './contents';
import type { Endpoint } from './endpoint';
import { readFile, readFileLines } from './rows';
import { multipartOf } from './multipart';

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
      const contents = { statuses, range, lane, bytes: options?.bytes ?? null };
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

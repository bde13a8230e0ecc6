import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange, Contents } from '../client/client';
import { protocolError } from '../request/failures';
import type { Headers } from '../http/exchange';
import type { Response } from '../request/request';
import { isUnpacked, packingOf } from '../http/unpack';
import { checkWhole } from '../errors/whole-number';

/** `Range` and `If-Range` of a request, undefined for the whole. Throws RESCALE_INPUT for what is no range. */
export function rangeHeaders(range: ByteRange | undefined, etag: string | null): Headers | undefined {
  if (range === undefined) return undefined;
  const Range = rangeHeader(range);
  // A weak one says that two versions are alike, not that their bytes are the same.
  return etag !== null && /^"[!#-~]*"$/.test(etag) ? { Range, 'If-Range': etag } : { Range };
}

function rangeHeader(range: ByteRange): string {
  if ('last' in range) {
    checkWhole('range.last', range.last, 1);
    return `bytes=-${range.last}`;
  }
  const { start, end } = range;
  checkWhole('range.start', start, 0);
  if (end !== undefined) checkWhole('range.end', end, start);
  return `bytes=${start}-${end ?? ''}`;
}

/** What has begun to arrive, as the caller gets it. Throws RESCALE_PROTOCOL when it is not clear which part it is. */
export function toContents({ status, headers, chunks }: Response, platform: string): Contents {
  if (!chunks) throw new Error('The body was not asked for as it arrives.');
  const discard = () => chunks.discard();
  const about = {
    status,
    chunks,
    discard,
    etag: single(headers.etag),
    type: single(headers['content-type']),
  };
  if (status === 416) {
    discard();
    const size = partOf(headers, /^bytes \*\/(?<size>\d+)$/)?.size ?? null;
    const range = size === null ? null : { start: size, end: size - 1, size };
    return { ...about, bytes: 0, range };
  }
  const range = status === 206 ? partOf(headers, /^bytes (?<start>\d+)-(?<end>\d+)\/(?<size>\d+|\*)$/) : null;
  if (status === 206 && range === null) {
    discard();
    throw protocolError(platform, { key: 'reason-part-without-place' }, status);
  }
  const packing = packingOf(headers['content-encoding']);
  // Contents are asked for as they are stored, but a proxy on the way may pack what passes (docs/platform.md, contents): the whole has
  // been unpacked on its arrival, a part of what was packed is none of the file.
  if (packing !== null && (status === 206 || !isUnpacked(packing))) {
    discard();
    throw protocolError(platform, { key: 'reason-packed', values: { packing } }, status);
  }
  const length = packing === null ? single(headers['content-length']) : null;
  const bytes = length !== null && /^\d+$/.test(length) ? Number(length) : null;
  return { ...about, bytes, range };
}

function partOf(headers: IncomingHttpHeaders, form: RegExp): Contents['range'] {
  const found = form.exec(single(headers['content-range'])?.trim().toLowerCase() ?? '')?.groups;
  if (!found) return null;
  const size = found['size'] === '*' ? null : Number(found['size']);
  const start = Number(found['start'] ?? 0);
  const end = Number(found['end'] ?? -1);
  return found['start'] !== undefined && end < start ? null : { start, end, size };
}

function single(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

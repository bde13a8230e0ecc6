import { empty, json, notFound, Refusal, type Answer } from '../answers/answers';
import { askedRange } from '../answers/byte-ranges';
import { allLines, type Content } from '../content/contents';
import type { Platform } from '../model/platform';
import { outputContent, type OutputFile, type RunPlace } from '../model/run-files';
import { fullFileRow, signature, signedAddress } from './file-rows';
import type { ApiRequest, Route } from './request';

export const fileRoutes: Route[] = [
  { path: /^files\/([^/]+)\/$/, methods: { GET: readFile } },
  { path: /^files\/([^/]+)\/contents\/$/, methods: { GET: contents } },
  { path: /^files\/([^/]+)\/lines\/$/, methods: { GET: lines } },
];

function askedFile(platform: Platform, fileId: string): { place: RunPlace; file: OutputFile } {
  const found = platform.findFile(fileId);
  if (!found) throw notFound();
  return found;
}

/** For some seconds after a file is listed its contents can still be missing. */
function askedContent(platform: Platform, fileId: string): { file: OutputFile; content: Content } {
  const { place, file } = askedFile(platform, fileId);
  const readableAt = file.uploadedAt + (place.run.plan.contentsAfter ?? 0) * 1000;
  if (file.source.deleted || platform.clock.now() < readableAt) throw notFound();
  return { file, content: outputContent(place, file) };
}

function readFile({ platform, parts, storage }: ApiRequest): Answer {
  const { place, file } = askedFile(platform, parts[0]!);
  return json(fullFileRow(platform.ids, place, file, storage));
}

function contents(request: ApiRequest): Answer {
  const { platform, parts, storage } = request;
  const fileId = parts[0]!;
  if (!request.redirectContents) return bytesOf(request, fileId);
  askedContent(platform, fileId);
  return empty(302, { location: signedAddress(storage, platform.seed, fileId) });
}

/** The storage's own address: no token, but the right signature. */
export function storageAnswer(
  request: Pick<ApiRequest, 'platform' | 'headers' | 'query' | 'method'>,
  fileId: string,
): Answer {
  const { platform, query, method } = request;
  if (method !== 'GET' && method !== 'HEAD') throw new Refusal(405, `Method "${method}" not allowed.`);
  const expected = decodeURIComponent(signature(platform.seed, fileId));
  if (query.get('sig') !== expected) throw new Refusal(403, 'Signature did not match.');
  return bytesOf(request, fileId);
}

function bytesOf({ platform, headers }: Pick<ApiRequest, 'platform' | 'headers'>, fileId: string): Answer {
  const { file, content } = askedContent(platform, fileId);
  const etag = `"${fileId}-${content.size}"`;
  const { size } = content;
  const ifRange = headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? askedRange(headers['range'], size) : null;
  if (range === 'unsatisfiable') return empty(416, { 'content-range': `bytes */${size}` });
  const shared = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'accept-ranges': 'bytes',
    etag,
  };
  if (!range)
    return { status: 200, headers: shared, body: { kind: 'content', content, start: 0, end: size } };
  return {
    status: 206,
    headers: { ...shared, 'content-range': `bytes ${range.start}-${range.end - 1}/${size}` },
    body: { kind: 'content', content, ...range },
  };
}

/** The elements keep their line ends, unlike tail's (rescale-platform.md 2.2). */
function lines({ platform, parts }: ApiRequest): Answer {
  const all = allLines(askedContent(platform, parts[0]!).content);
  if (!all) throw new Refusal(400, 'The file is too large to be read as lines.');
  return json({ lines: all });
}

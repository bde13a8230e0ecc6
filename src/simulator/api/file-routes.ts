import * as v from 'valibot';
import { empty, json, notFound, HttpError, type Answer } from '../answers/answers';
import { requestedRange } from '../answers/byte-ranges';
import { listPage } from '../answers/lists';
import { allLines } from '../content/contents';
import { fieldErrors, refuseFields } from '../definition/field-errors';
import type { Platform } from '../model/platform';
import { signature, signedAddress } from './file-rows';
import type { ApiRequest, Route } from './request';
import { withChanges, findAnyFile, storedRow, type AnyFile } from './stored-file-rows';

export const fileRoutes: Route[] = [
  { path: /^files\/$/, methods: { GET: listFiles } },
  { path: /^files\/contents\/$/, methods: { POST: upload, PUT: upload }, takesFile: true },
  { path: /^files\/bulk\/type-change\/$/, methods: { POST: changeTypes }, onlyV3: true },
  { path: /^files\/([^/]+)\/$/, methods: { GET: readFile, PATCH: changeFile, DELETE: deleteFile } },
  { path: /^files\/([^/]+)\/contents\/$/, methods: { GET: contents } },
  { path: /^files\/([^/]+)\/lines\/$/, methods: { GET: lines } },
];

const INPUT_TYPE = 1;

/** What people uploaded, newest first; outputs are listed with their jobs. */
function listFiles(request: ApiRequest): Answer {
  const { platform, query, storage } = request;
  const { store } = platform;
  const wanted = (query.get('search') ?? '').toLowerCase();
  const files = store
    .all()
    .filter(({ id, name }) => !store.changeOf(id).deleted && name.toLowerCase().includes(wanted));
  return json(
    listPage(request, files, (file) =>
      withChanges(storedRow(platform, file, storage), store.changeOf(file.id)),
    ),
  );
}

/** 201 with the file; its JSON says that it is text (docs/platform.md, "Uploads"). */
function upload({ platform, upload: received, storage, now }: ApiRequest): Answer {
  if (!received) throw new HttpError(400, 'Invalid fields.', {}, { file: ['No file was submitted.'] });
  const { name, typeId, content, md5, sha512 } = received;
  const stored = platform.store.add({
    // A client may send the path that it opened; what the platform keeps is the leaf.
    name: name.split(/[\\/]/).at(-1)!,
    typeId: typeId ?? INPUT_TYPE,
    content,
    md5,
    sha512,
    uploadedAt: now,
  });
  return json(storedRow(platform, stored, storage), 201, { 'content-type': 'text/plain' });
}

/** A file that is there and was not deleted. */
function requestedFile(platform: Platform, fileId: string): AnyFile {
  const found = findAnyFile(platform, fileId);
  if (!found) throw notFound();
  return found;
}

function readFile({ platform, parts, storage }: ApiRequest): Answer {
  const file = requestedFile(platform, parts[0]!);
  if (file.deleted && platform.store.find(parts[0]!)) throw notFound();
  return json(file.row(storage));
}

const fileChangeSchema = v.object(
  {
    name: v.optional(v.string('Not a valid string.')),
    typeId: v.optional(
      v.pipe(v.number('A valid integer is required.'), v.integer('A valid integer is required.')),
    ),
  },
  'Invalid data. Expected a dictionary.',
);

function changeFile(request: ApiRequest): Answer {
  const { platform, parts, body, storage } = request;
  const file = requestedFile(platform, parts[0]!);
  if (file.deleted) throw notFound();
  const parsed = v.safeParse(fileChangeSchema, body ?? {});
  if (!parsed.success) refuseFields(fieldErrors(parsed.issues), body);
  else platform.store.change(parts[0]!, parsed.output);
  return json(requestedFile(platform, parts[0]!).row(storage));
}

/** Gone, though jobs that name it go on naming it, with `isDeleted` (docs/platform.md, "Uploads"). */
function deleteFile({ platform, parts }: ApiRequest): Answer {
  if (requestedFile(platform, parts[0]!).deleted) throw notFound();
  platform.store.change(parts[0]!, { deleted: true });
  return empty(204);
}

const typeChangeSchema = v.object({ ids: v.array(v.string()), type: v.number() });

function changeTypes({ platform, body }: ApiRequest): Answer {
  const parsed = v.safeParse(typeChangeSchema, body);
  if (!parsed.success) throw new HttpError(400, 'Invalid fields.', {}, { ids: ['This field is required.'] });
  for (const id of parsed.output.ids) requestedFile(platform, id);
  for (const id of parsed.output.ids) platform.store.change(id, { typeId: parsed.output.type });
  return json({});
}

/** For some seconds after a file is listed its contents can still be missing. */
function readableFile(platform: Platform, fileId: string): AnyFile {
  const file = requestedFile(platform, fileId);
  if (file.deleted || platform.clock.now() < file.readableAt) throw notFound();
  return file;
}

function contents(request: ApiRequest): Answer {
  const { platform, parts, storage } = request;
  const fileId = parts[0]!;
  if (!request.redirectContents) return contentAnswer(request, fileId);
  readableFile(platform, fileId);
  return empty(302, { location: signedAddress(storage, platform.seed, fileId) });
}

/** The storage's own address: no token, but the right signature. */
export function storageAnswer(
  request: Pick<ApiRequest, 'platform' | 'headers' | 'query' | 'method'>,
  fileId: string,
): Answer {
  const { platform, query, method } = request;
  if (method !== 'GET' && method !== 'HEAD') throw new HttpError(405, `Method "${method}" not allowed.`);
  const expected = decodeURIComponent(signature(platform.seed, fileId));
  if (query.get('sig') !== expected) throw new HttpError(403, 'Signature did not match.');
  return contentAnswer(request, fileId);
}

function contentAnswer(
  { platform, headers }: Pick<ApiRequest, 'platform' | 'headers'>,
  fileId: string,
): Answer {
  const file = readableFile(platform, fileId);
  const content = file.content();
  const { size } = content;
  const etag = `"${fileId}-${size}"`;
  const ifRange = headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? requestedRange(headers['range'], size) : null;
  if (range === 'unsatisfiable') return empty(416, { 'content-range': `bytes */${size}` });
  const contentHeaders = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'accept-ranges': 'bytes',
    etag,
  };
  if (!range)
    return { status: 200, headers: contentHeaders, body: { kind: 'content', content, start: 0, end: size } };
  return {
    status: 206,
    headers: { ...contentHeaders, 'content-range': `bytes ${range.start}-${range.end - 1}/${size}` },
    body: { kind: 'content', content, ...range },
  };
}

/** The elements keep their line ends, unlike tail's (docs/platform.md, "Contents"). */
function lines({ platform, parts }: ApiRequest): Answer {
  const all = allLines(readableFile(platform, parts[0]!).content());
  if (!all) throw new HttpError(400, 'The file is too large to be read as lines.');
  return json({ lines: all });
}

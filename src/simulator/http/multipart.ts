/** A part of multipart/form-data (RFC 7578). */
export interface PartHeaders {
  name: string;
  filename: string | null;
  /** Names in lower case, `_` for `-`, because clients differ. */
  headers: Map<string, string>;
}

/** Where the parts go; `data` may be asynchronous and is awaited, so that a slow disk slows the client. */
interface PartSink {
  begin(part: PartHeaders): void;
  data(bytes: Buffer): void | Promise<void>;
  end(): void | Promise<void>;
}

const LARGEST_HEADERS = 16 * 1024;

export class MalformedMultipart extends Error {}

export function boundaryOf(contentType: string | undefined): string | null {
  const found = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/is.exec(
    contentType ?? '',
  );
  return found ? (found[1] ?? found[2]!) : null;
}

/** Parses a form as it arrives; buffers no more of it than a delimiter's length. */
export async function readMultipart(
  body: AsyncIterable<Buffer>,
  boundary: string,
  sink: PartSink,
): Promise<void> {
  const first = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let state: 'preamble' | 'after-delimiter' | 'headers' | 'data' | 'done' = 'preamble';
  let buffered: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    if (state === 'done') continue;
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    for (;;) {
      if (state === 'preamble') {
        const at = buffered.indexOf(first);
        if (at < 0) {
          buffered = buffered.subarray(Math.max(0, buffered.length - first.length));
          break;
        }
        buffered = buffered.subarray(at + first.length);
        state = 'after-delimiter';
      }
      if (state === 'after-delimiter') {
        if (buffered.length < 2) break;
        state = buffered.subarray(0, 2).toString('latin1') === '--' ? 'done' : 'headers';
        if (state === 'done') break;
      }
      if (state === 'headers') {
        const end = buffered.indexOf('\r\n\r\n');
        if (end < 0) {
          if (buffered.length > LARGEST_HEADERS)
            throw new MalformedMultipart('The headers of a part are too long.');
          break;
        }
        sink.begin(partHeaders(buffered.subarray(0, end).toString('utf8')));
        buffered = buffered.subarray(end + 4);
        state = 'data';
      }
      if (state === 'data') {
        const at = buffered.indexOf(delimiter);
        if (at < 0) {
          // What could be the beginning of a boundary stays.
          const safe = buffered.length - delimiter.length + 1;
          if (safe > 0) {
            await sink.data(buffered.subarray(0, safe));
            buffered = buffered.subarray(safe);
          }
          break;
        }
        if (at > 0) await sink.data(buffered.subarray(0, at));
        await sink.end();
        buffered = buffered.subarray(at + delimiter.length);
        state = 'after-delimiter';
      }
    }
  }
  if (state !== 'done') throw new MalformedMultipart('The form ends before its last boundary.');
}

function partHeaders(text: string): PartHeaders {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0)
      headers.set(
        line.slice(0, colon).trim().toLowerCase().replaceAll('-', '_'),
        line.slice(colon + 1).trim(),
      );
  }
  const disposition = headers.get('content_disposition') ?? '';
  const quoted = (key: string) =>
    new RegExp(`;\\s*${key}="((?:[^"\\\\]|\\\\.)*)"`, 'i')
      .exec(disposition)?.[1]
      ?.replace(/\\(["\\])/g, '$1') ?? new RegExp(`;\\s*${key}=([^;"\\s]+)`, 'i').exec(disposition)?.[1];
  const encoded = /;\s*filename\*=UTF-8''([^;\s]+)/i.exec(disposition)?.[1];
  return { name: quoted('name') ?? '', filename: decoded(encoded) ?? quoted('filename') ?? null, headers };
}

function decoded(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

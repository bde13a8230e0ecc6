/** A part of multipart/form-data (RFC 7578). */
export interface PartHead {
  name: string;
  filename: string | null;
  /** Names in lower case, `_` for `-`, because clients differ. */
  headers: Map<string, string>;
}

/** Where the parts go; `data` may be asynchronous and is awaited, so that a slow disk slows the client. */
interface PartSink {
  begin(head: PartHead): void;
  data(bytes: Buffer): void | Promise<void>;
  end(): void | Promise<void>;
}

const LONGEST_HEAD = 16 * 1024;

export class MalformedMultipart extends Error {}

export function boundaryOf(contentType: string | undefined): string | null {
  const found = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/is.exec(
    contentType ?? '',
  );
  return found ? (found[1] ?? found[2]!) : null;
}

/** Takes a form apart as it arrives; holds no more of it than a boundary's length. */
export async function readMultipart(
  body: AsyncIterable<Buffer>,
  boundary: string,
  sink: PartSink,
): Promise<void> {
  const first = Buffer.from(`--${boundary}`);
  const mark = Buffer.from(`\r\n--${boundary}`);
  let state: 'preamble' | 'after-mark' | 'head' | 'data' | 'done' = 'preamble';
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of body) {
    if (state === 'done') continue;
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    for (;;) {
      if (state === 'preamble') {
        const at = held.indexOf(first);
        if (at < 0) {
          held = held.subarray(Math.max(0, held.length - first.length));
          break;
        }
        held = held.subarray(at + first.length);
        state = 'after-mark';
      }
      if (state === 'after-mark') {
        if (held.length < 2) break;
        state = held.subarray(0, 2).toString('latin1') === '--' ? 'done' : 'head';
        if (state === 'done') break;
      }
      if (state === 'head') {
        const end = held.indexOf('\r\n\r\n');
        if (end < 0) {
          if (held.length > LONGEST_HEAD) throw new MalformedMultipart('The head of a part is too long.');
          break;
        }
        sink.begin(partHead(held.subarray(0, end).toString('utf8')));
        held = held.subarray(end + 4);
        state = 'data';
      }
      if (state === 'data') {
        const at = held.indexOf(mark);
        if (at < 0) {
          // What could be the beginning of a boundary stays.
          const safe = held.length - mark.length + 1;
          if (safe > 0) {
            await sink.data(held.subarray(0, safe));
            held = held.subarray(safe);
          }
          break;
        }
        if (at > 0) await sink.data(held.subarray(0, at));
        await sink.end();
        held = held.subarray(at + mark.length);
        state = 'after-mark';
      }
    }
  }
  if (state !== 'done') throw new MalformedMultipart('The form ends before its last boundary.');
}

function partHead(text: string): PartHead {
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

import { isRecord } from '../../api/endpoints/rows';
import type { Message } from '../definition/definition';

interface Attachment {
  filename: string;
  content: string | Buffer;
  contentType: string;
  /** What HTML in the mail shows it by: `<img src="cid:front">`. */
  cid: string;
}

/** Headers that speak of another body than the one that is sent now. */
const BODY_HEADERS = /^(?:content-.*|transfer-encoding|etag|last-modified|connection)$/i;

/** What makes `http response` send a picture as one. */
export function pictureHeaders(message: Message, contentType: string): Record<string, unknown> {
  const before = isRecord(message.headers) ? Object.entries(message.headers) : [];
  const kept = before.filter(([name]) => !BODY_HEADERS.test(name));
  return { ...Object.fromEntries(kept), 'content-type': contentType };
}

/** The attachments of a message with one more, by a name that none of them has. */
export function withAttachment(
  message: Message,
  name: string,
  { content, extension, contentType }: { content: string | Buffer; extension: string; contentType: string },
): unknown[] {
  const before: unknown[] = Array.isArray(message.attachments) ? message.attachments : [];
  const usedNames = new Set(before.map((one) => (isRecord(one) ? one.filename : undefined)));
  let uniqueName = name;
  for (let number = 2; usedNames.has(`${uniqueName}.${extension}`); number++)
    uniqueName = `${name}-${number}`;
  const attachment: Attachment = {
    filename: `${uniqueName}.${extension}`,
    content,
    contentType,
    cid: uniqueName,
  };
  return [...before, attachment];
}

/** Bodies that were packed on the way. */
import type { IncomingMessage } from 'node:http';
import { pipeline, Readable, type Duplex } from 'node:stream';
import { constants, createBrotliDecompress, createInflate, createInflateRaw, createUnzip } from 'node:zlib';

/*
 * What has arrived is handed on at once. The end is left as strict as zlib has it, unlike in axios: a packed body that ends in its
 * middle fails, however properly the transfer ended. Whoever packs on the way can die, and half a file is no file.
 */
const AT_ONCE = { flush: constants.Z_SYNC_FLUSH };
const AT_ONCE_BROTLI = { flush: constants.BROTLI_OPERATION_FLUSH };

const unpackings: Readonly<Record<string, (head: IncomingMessage) => Readable>> = {
  gzip: (head) => through(head, createUnzip(AT_ONCE)),
  compress: (head) => through(head, createUnzip(AT_ONCE)),
  deflate: (head) => Readable.from(inflated(head), { objectMode: false }),
  br: (head) => through(head, createBrotliDecompress(AT_ONCE_BROTLI)),
};

/** How a body is packed, by its header `content-encoding`; null where it is not. */
export function packingOf(header: string | undefined): string | null {
  const packing = header?.trim().toLowerCase().replace(/^x-/, '') ?? '';
  return packing === '' || packing === 'identity' ? null : packing;
}

/** True for what `unpack` unpacks. */
export function isUnpacked(packing: string): boolean {
  return Object.hasOwn(unpackings, packing);
}

/** The body unpacked, with an error where it ends before its end; the head itself where there is nothing to unpack, or nobody knows how. */
export function unpack(head: IncomingMessage): Readable {
  const { statusCode: status, headers } = head;
  const packing = packingOf(headers['content-encoding']);
  const isEmpty = status === 204 || status === 304 || headers['content-length'] === '0';
  return packing === null || isEmpty || !isUnpacked(packing) ? head : unpackings[packing]!(head);
}

function through(source: IncomingMessage | AsyncGenerator<Buffer>, unpacking: Duplex): Readable {
  // Whoever reads it hears of what went wrong.
  return pipeline(source, unpacking, ignore);
}

function ignore(): void {}

/** In zlib's form, as is right, or without its head and its checksum, as some servers have it. */
async function* inflated(head: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const pieces = head[Symbol.asyncIterator]();
  const first = await pieces.next();
  const isBare = !first.done && (first.value[0]! & 0x0f) !== 8;
  const all = async function* (): AsyncGenerator<Buffer, void, undefined> {
    if (!first.done) yield first.value;
    yield* { [Symbol.asyncIterator]: () => pieces };
  };
  yield* through(all(), isBare ? createInflateRaw(AT_ONCE) : createInflate(AT_ONCE));
}

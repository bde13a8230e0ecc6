import { gunzipSync, inflateRawSync } from 'node:zlib';
import { contentOf, type Content } from './contents';

/** A file that was in an archive. */
interface ArchiveEntry {
  path: string;
  content: Content;
}

/** Bytes; a larger archive, or one that holds more, stays as it is. */
const LARGEST_ARCHIVE = 64 * 1024 * 1024;
const MOST_UNPACKED = 256 * 1024 * 1024;
const MOST_FILES = 10_000;

/** A run's files are computed for every request, so an archive is read once. */
const cache = new WeakMap<Content, ArchiveEntry[] | null>();

/** The files in a zip, a tar or a tar.gz; null for anything else, and for what can't be unpacked. */
export function archiveEntries(content: Content): ArchiveEntry[] | null {
  const cached = cache.get(content);
  if (cached !== undefined) return cached;
  let files: ArchiveEntry[] | null = null;
  try {
    files = content.size > LARGEST_ARCHIVE ? null : readArchive(content.slice(0, content.size));
  } catch {
    // Damaged or truncated: it is treated as an ordinary file.
  }
  cache.set(content, files);
  return files;
}

function readArchive(bytes: Buffer): ArchiveEntry[] | null {
  if (bytes.length > 4 && bytes.readUInt32LE(0) === LOCAL_FILE) return zipFiles(bytes);
  if (bytes.length > 2 && bytes.readUInt16BE(0) === GZIP) {
    return tarFiles(gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED }));
  }
  return tarFiles(bytes);
}

const GZIP = 0x1f8b;
/** Signatures of PKWARE's APPNOTE 6.3, 4.3. */
const LOCAL_FILE = 0x04034b50;
const CENTRAL_FILE = 0x02014b50;
const END = 0x06054b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;

function zipFiles(bytes: Buffer): ArchiveEntry[] | null {
  const end = endOfZip(bytes);
  if (end === null) return null;
  const files: ArchiveEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  let unpackedBytes = 0;
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== CENTRAL_FILE || files.length >= MOST_FILES) return null;
    const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
    const [compressedSize, size] = [bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)];
    const nameLength = bytes.readUInt16LE(at + 28);
    const path = safePath(bytes.toString('utf8', at + 46, at + 46 + nameLength));
    const local = bytes.readUInt32LE(at + 42);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    unpackedBytes += size;
    // Encrypted, or in a way that Node.js can't read.
    if ((flags & 1) === 1 || (method !== 0 && method !== 8) || unpackedBytes > MOST_UNPACKED) return null;
    if (path === null) continue;
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(from, from + compressedSize);
    files.push({
      path,
      content: contentOf(method === 0 ? data : inflateRawSync(data, { maxOutputLength: size })),
    });
  }
  return files;
}

function endOfZip(bytes: Buffer): number | null {
  const last = bytes.length - END_LENGTH;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at -= 1) {
    if (bytes.readUInt32LE(at) === END) return at;
  }
  return null;
}

const BLOCK = 512;

/** POSIX.1-1988 with the long names of GNU and of POSIX.1-2001. */
function tarFiles(bytes: Buffer): ArchiveEntry[] | null {
  if (bytes.length < BLOCK || bytes.toString('latin1', 257, 262) !== 'ustar') return null;
  const files: ArchiveEntry[] = [];
  let longName: string | null = null;
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0;) {
    const text = (from: number, to: number) => bytes.toString('utf8', at + from, at + to).split('\0')[0]!;
    const size = Number.parseInt(text(124, 136).trim(), 8);
    if (!Number.isFinite(size) || files.length >= MOST_FILES) return null;
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    const type = text(156, 157);
    if (type === 'L') longName = data.toString('utf8').split('\0')[0]!;
    else if (type === 'x') longName = /^\d+ path=(.*)$/m.exec(data.toString('utf8'))?.[1] ?? null;
    else {
      const prefix = text(345, 500);
      const path = safePath(longName ?? (prefix ? `${prefix}/${text(0, 100)}` : text(0, 100)));
      if (path !== null && (type === '0' || type === '')) files.push({ path, content: contentOf(data) });
      longName = null;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** Below the work directory; null for a folder, and for what would lie elsewhere. */
function safePath(path: string): string | null {
  const parts = path.replaceAll('\\', '/').split('/');
  if (parts.at(-1) === '' || parts.includes('..')) return null;
  const normalised = parts.filter((part) => part !== '' && part !== '.').join('/');
  return normalised === '' ? null : normalised;
}

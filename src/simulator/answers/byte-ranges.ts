/**
 * The part of `size` bytes that a Range header asks for, `end` exclusive. Null: the whole, as for a header that
 * is missing, malformed or asks for several parts (RFC 9110, 14.2).
 */
export function requestedRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!parts) return null;
  const [, first, last] = parts as unknown as [string, string, string];
  if (first === '' && last === '') return null;
  if (first === '') {
    const count = Number(last);
    return count === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - count), end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(size, Number(last) + 1);
  if (last !== '' && Number(last) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
}

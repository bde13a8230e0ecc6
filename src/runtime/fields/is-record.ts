/** An object that is no array: what a message, a file or an editor may have in place of one is anything. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Numbers that JavaScript can't hold, for JSON that other languages write. */
interface RawNumber {
  toJSON(): string;
}

const RAW_NUMBER_PREFIX = '\u0000number:';

export function rawNumber(value: bigint): RawNumber {
  return { toJSON: () => `${RAW_NUMBER_PREFIX}${value}` };
}

/** JSON text with raw numbers as they are. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('\\u0000number:') ? text.replace(/"\\u0000number:(\d+)"/g, '$1') : text;
}

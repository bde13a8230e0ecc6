/**
 * Everything that looks random here is a function of the seed and of names, so that equal requests at equal
 * virtual instants get equal answers, in any order and after any restart.
 */

/** A whole number of 32 bits (FNV-1a with a final mix). */
export function hash(...parts: (string | number)[]): number {
  const text = parts.join('\u0000');
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(state);
}

/** Spreads 32 bits, for numbers that follow one another. */
export function mix(value: number): number {
  let state = value | 0;
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b);
  return (state ^ (state >>> 16)) >>> 0;
}

/** From 0 (inclusive) to 1 (exclusive). */
export function fraction(...parts: (string | number)[]): number {
  return hash(...parts) / 2 ** 32;
}

/** `length` bytes, for keys that only have to look like keys. */
export function bytesFor(length: number, ...parts: (string | number)[]): Buffer {
  const bytes = Buffer.alloc(length);
  const start = hash(...parts);
  for (let index = 0; index < length; index += 1) bytes[index] = mix(start + index * 0x9e3779b1) & 0xff;
  return bytes;
}

import { hash, mix } from './random';

/** The bytes of a file, without necessarily holding them. */
export interface Content {
  readonly size: number;
  /** From `start` (inclusive) to `end` (exclusive). */
  slice(start: number, end: number): Buffer;
}

/** Bytes that are read and sent at a time. */
export const CHUNK_SIZE = 64 * 1024;

/** The most that `/lines/` and `tail?lines=` look at. */
const LONGEST_LINES = 64 * 1024 * 1024;

export function contentOf(bytes: Buffer | string): Content {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return { size: buffer.length, slice: (start, end) => buffer.subarray(start, end) };
}

/** A content with a text appended. */
export function withText(content: Content, text: string): Content {
  const tail = Buffer.from(text);
  const { size } = content;
  return {
    size: size + tail.length,
    slice(start, end) {
      if (end <= size) return content.slice(start, end);
      const rest = tail.subarray(Math.max(0, start - size), end - size);
      return start >= size ? rest : Buffer.concat([content.slice(start, size), rest]);
    },
  };
}

/** Content made of equal blocks that are computed when read, so that any offset of gigabytes costs the same. */
function blocks(size: number, block: (index: number) => Buffer): Content {
  return {
    size,
    slice(start, end) {
      const stop = Math.min(end, size);
      const parts: Buffer[] = [];
      for (let position = start; position < stop;) {
        const index = Math.floor(position / CHUNK_SIZE);
        const first = position - index * CHUNK_SIZE;
        const last = Math.min(CHUNK_SIZE, stop - index * CHUNK_SIZE);
        parts.push(block(index).subarray(first, last));
        position = index * CHUNK_SIZE + last;
      }
      return Buffer.concat(parts);
    },
  };
}

/** `line 000000001 1f0c…\n`: the length of every generated line. */
export const LINE_WIDTH = 32;
const DIGITS = 9;

/** Numbered lines of text, 32 bytes each; only the last one can be shorter. */
export function textLines(key: string, size: number): Content {
  const perBlock = CHUNK_SIZE / LINE_WIDTH;
  let template: Buffer | null = null;
  return blocks(size, (index) => {
    template ??= lineTemplate(key, perBlock);
    const block = Buffer.from(template);
    for (let row = 0; row < perBlock; row += 1) {
      let number = index * perBlock + row + 1;
      for (let place = row * LINE_WIDTH + 5 + DIGITS - 1; number > 0; place -= 1) {
        block[place] = 48 + (number % 10);
        number = Math.floor(number / 10);
      }
    }
    return block;
  });
}

function lineTemplate(key: string, rows: number): Buffer {
  const start = hash('line', key);
  let text = '';
  for (let row = 0; row < rows; row += 1) {
    const word = mix(start + row)
      .toString(16)
      .padStart(8, '0');
    text += `line ${'0'.repeat(DIGITS)} ${word}${word}\n`;
  }
  return Buffer.from(text);
}

/** Bytes of every value that do not compress. */
export function binaryBytes(key: string, size: number): Content {
  let template: Uint32Array | null = null;
  const start = hash('binary', key);
  return blocks(size, (index) => {
    template ??= Uint32Array.from({ length: CHUNK_SIZE / 4 }, (_, word) => mix(start + word));
    const mask = mix(start ^ index);
    const words = new Uint32Array(template.length);
    for (let word = 0; word < words.length; word += 1) words[word] = template[word]! ^ mask;
    return Buffer.from(words.buffer);
  });
}

/** A part of a content in chunks, for streams. */
export function* chunksOf(
  content: Content,
  start = 0,
  end = content.size,
): Generator<Buffer, void, undefined> {
  for (let position = start; position < end;) {
    const next = Math.min(end, position + CHUNK_SIZE - (position % CHUNK_SIZE));
    yield content.slice(position, next);
    position = next;
  }
}

/** The last `count` lines without their ends, read from the back. */
export function lastLines(content: Content, count: number): string[] {
  if (count <= 0 || content.size === 0) return [];
  const parts: Buffer[] = [];
  let ends = 0;
  let position = content.size;
  const stop = Math.max(0, content.size - LONGEST_LINES);
  // One more than asked for: the end of the line before the first one, beside the end of the last one.
  while (position > stop && ends <= count) {
    const from = Math.max(stop, position - CHUNK_SIZE);
    const part = content.slice(from, position);
    for (const byte of part) if (byte === 10) ends += 1;
    parts.unshift(part);
    position = from;
  }
  const lines = Buffer.concat(parts).toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-count).map((line) => line.replace(/\r$/, ''));
}

/** All lines with their ends, as `/files/{id}/lines/` has them; null when there is too much. */
export function allLines(content: Content): string[] | null {
  if (content.size > LONGEST_LINES) return null;
  return (
    content
      .slice(0, content.size)
      .toString('utf8')
      .match(/[^\n]*\n|[^\n]+$/g) ?? []
  );
}

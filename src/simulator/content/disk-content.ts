import { closeSync, openSync, readSync } from 'node:fs';
import type { Content } from './contents';

/** A file on the disk, read chunk by chunk. Opened for each chunk, so that nothing has to be closed at the end. */
export function diskContent(path: string, size: number): Content {
  return {
    size,
    slice(start, end) {
      const buffer = Buffer.alloc(Math.max(0, Math.min(end, size) - start));
      const file = openSync(path, 'r');
      try {
        let filled = 0;
        while (filled < buffer.length) {
          const read = readSync(file, buffer, filled, buffer.length - filled, start + filled);
          if (read === 0) break;
          filled += read;
        }
        return buffer.subarray(0, filled);
      } finally {
        closeSync(file);
      }
    },
  };
}

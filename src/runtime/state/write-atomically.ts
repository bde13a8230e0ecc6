import { randomInt } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { diskFull } from './retry-busy';

/**
 * Replaces a whole file (mode 0600): whoever reads it, and whatever a kill or a power cut leaves behind, has the old text
 * or the new one, never a part. The temporary file is `<path>.<digits>`. Rejects with the file system's error; the old
 * file is untouched then.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomInt(2 ** 47)}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      const bytes = Buffer.from(text);
      const { bytesWritten } = await file.write(bytes);
      // On a disk that fills up, a write can be short without an error.
      if (bytesWritten !== bytes.length) throw diskFull();
      // Without it a power cut could leave a renamed file without its content.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

import { randomInt } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

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
      await file.writeFile(text);
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

import { setTimeout as sleep } from 'node:timers/promises';

/** Errors that may pass: files held open by others, or too many open files of one's own. */
const TRANSIENT = new Set(['EBUSY', 'EMFILE', 'ENFILE', 'EAGAIN', 'EINTR', 'ESTALE', 'ETIMEDOUT', 'EIO']);
/** On Windows a virus scanner or a backup that looks into a file looks like this. */
const TRANSIENT_ON_WINDOWS = new Set(['EPERM', 'EACCES']);

/** Pauses between attempts (ms), three seconds in all. */
const PAUSES = [25, 50, 100, 200, 400, 800, 1500];

/** Retries transient errors of the file system. Rejects with the error of the last attempt. */
export async function retryWhileBusy<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (const pause of PAUSES) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await sleep(pause);
    }
  }
  return attempt();
}

function isTransient(error: unknown): boolean {
  const code = errorCode(error);
  return TRANSIENT.has(code) || (process.platform === 'win32' && TRANSIENT_ON_WINDOWS.has(code));
}

/** `ENOENT` and the like; '' for what is no error of the system. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/** As the file system says it. */
export function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: the disk is full'), { code: 'ENOSPC' });
}

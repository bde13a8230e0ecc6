import { setTimeout as sleep } from 'node:timers/promises';

/** What another attempt may well change: files held open by others, and too many of one's own. */
const PASSING = new Set(['EBUSY', 'EMFILE', 'ENFILE', 'EAGAIN', 'EINTR', 'ESTALE', 'ETIMEDOUT', 'EIO']);
/** On Windows a virus scanner or a backup that looks into a file looks like this. */
const PASSING_ON_WINDOWS = new Set(['EPERM', 'EACCES']);

/** Pauses between attempts (ms), three seconds in all. */
const PAUSES = [25, 50, 100, 200, 400, 800, 1500];

/** Repeats what a file system refuses for a moment. Rejects with the error of the last attempt. */
export async function retryWhileBusy<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (const pause of PAUSES) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(pause);
    }
  }
  return attempt();
}

function isPassing(error: unknown): boolean {
  const code = errorCode(error);
  return PASSING.has(code) || (process.platform === 'win32' && PASSING_ON_WINDOWS.has(code));
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

import type { TaskContext } from '../tasks/task-context';

/** Milliseconds between two tellings. */
const EVERY = 1_000;

interface DownloadProgress {
  /** Bytes that are on disk. */
  received(bytes: number): void;
  /** One more file is done with. */
  done(): void;
}

/** Tells how far a download is and how fast it goes, at most once a second. */
export function createDownloadProgress(totalFiles: number, context: TaskContext): DownloadProgress {
  let files = 0;
  let bytes = 0;
  let toldAt = context.clock.now();
  let toldBytes = 0;
  const tell = () => {
    const now = context.clock.now();
    const elapsed = now - toldAt;
    if (elapsed < EVERY) return;
    const bytesPerSecond = Math.round(((bytes - toldBytes) * 1000) / elapsed);
    toldAt = now;
    toldBytes = bytes;
    context.progress?.({ doing: 'downloading', files, totalFiles, bytes, bytesPerSecond });
  };
  return {
    received(more) {
      bytes += more;
      tell();
    },
    done() {
      files += 1;
      tell();
    },
  };
}

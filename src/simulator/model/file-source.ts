import type { Content } from '../content/contents';
import type { FileScript } from '../scripts/job-script';

/** A file as the platform tells about it (docs/platform.md, "Files"). */
export interface FileMetadata {
  typeId: number;
  name: string;
  dateUploaded: string;
  relativePath: string;
  encodedEncryptionKey: string;
  sharedWith: string[];
  decryptedSize: number;
  owner: string;
  path: string;
  isUploaded: boolean;
  viewInBrowser: boolean;
  id: string;
  md5: string | null;
}

/** A file that a run makes. */
export interface FileSource {
  /** In the working directory while the run computes. */
  path: string;
  /** Seconds after the start from which it exists; default 0. */
  appearsAt?: number;
  /** What it holds so many seconds after the start. */
  content(elapsed: number): Content;
  checksum?: FileScript['checksum'];
  deleted?: boolean;
  /** Only in the storage, not in the working directory. */
  storedOnly?: boolean;
  /** Only in the working directory. */
  liveOnly?: boolean;
  typeId?: number;
  /** Metadata as a sample has it. */
  fixedMetadata?: Partial<FileMetadata>;
}

export const PROCESS_LOG = 'process_output.log';

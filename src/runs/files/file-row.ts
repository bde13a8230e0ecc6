import type { Run } from '../../api/client/types';
import type { RescaleFile } from '../../api/client/types';
import { checksumOf } from './checksum';
import type { StoredFile } from './stored-contents';

/** What a storage path has before the name of a file: `user/user_X/output/job_Y/run1/` (docs/platform.md, "Files"). */
const BEFORE_NAME = /^.*(?:^|\/)job_[^/]+\/(?:run[^/]+\/)?/;

/** What an odd row of a list may have in place of what is promised. */
type LooseRow = { [Field in keyof RescaleFile]?: RescaleFile[Field] | null } & { id: string };

/**
 * The path of a file as lists of a run show it. An input of a job has none, and an odd row of a list may have none: then
 * the rest of its storage path, its name or its id has to do, so that one row never spoils a whole list.
 */
export function relativePathOf(file: LooseRow): string {
  const { relativePath, path, name, id } = file;
  if (typeof relativePath === 'string' && relativePath !== '') return relativePath;
  const rest = typeof path === 'string' && BEFORE_NAME.test(path) ? path.replace(BEFORE_NAME, '') : '';
  return rest || (typeof name === 'string' ? name : '') || id;
}

/** Bytes of a file, null where its row does not tell. */
function sizeOf({ decryptedSize }: LooseRow): number | null {
  return Number.isSafeInteger(decryptedSize) && decryptedSize! >= 0 ? decryptedSize! : null;
}

/** A row as readers of contents take it. */
export function storedFile(row: LooseRow): StoredFile {
  return { id: row.id, relativePath: relativePathOf(row), size: sizeOf(row), checksum: checksumOf(row) };
}

/** How many files the run says it has; 0 where it does not say, or says what can be no number of files. */
export function filesCounted({ outputFileCount: told }: Pick<Run, 'outputFileCount'>): number {
  return Number.isSafeInteger(told) && told > 0 ? told : 0;
}

import type { Content } from '../content/contents';
import { isoMicroseconds } from '../content/dates';
import { bytesFor } from '../content/random';
import type { Platform } from '../model/platform';
import { outputContent } from '../model/run-files';
import type { FileChange, StoredFile } from '../model/stored-files';
import { fullFileRow, OWNER, signedAddress, STORAGE_USER, type FullFileRow } from './file-rows';

/** Any file that has an id, whoever made it. */
export interface AnyFile {
  name: string;
  /** ms since the epoch, virtual: before that its contents are missing. */
  readableAt: number;
  deleted: boolean;
  content(): Content;
  /** @param storage where a signed address leads to */
  row(storage: string): FullFileRow;
}

/** An uploaded file, or an output that is listed by now; null when there is none. Deleted ones are found. */
export function findAnyFile(platform: Platform, id: string): AnyFile | null {
  const { store } = platform;
  const change = store.changeOf(id);
  const stored = store.find(id);
  if (stored) {
    return {
      name: change.name ?? stored.name,
      readableAt: stored.uploadedAt,
      deleted: change.deleted ?? false,
      content: () => stored.content,
      row: (storage) => withChanges(storedRow(platform, stored, storage), change),
    };
  }
  const found = platform.findFile(id);
  if (!found) return null;
  const { context, file } = found;
  return {
    name: change.name ?? file.name,
    readableAt: file.uploadedAt + (context.run.plan.contentsAfter ?? 0) * 1000,
    deleted: change.deleted ?? file.source.deleted ?? false,
    content: () => outputContent(context, file),
    row: (storage) => withChanges(fullFileRow(platform.ids, context, file, storage), change),
  };
}

/** A row with what requests have changed of it. */
export function withChanges(row: FullFileRow, { name, typeId, deleted }: FileChange): FullFileRow {
  return {
    ...row,
    name: name ?? row.name,
    typeId: typeId ?? row.typeId,
    isDeleted: deleted ?? row.isDeleted,
  };
}

export function storedRow({ seed, clock }: Platform, file: StoredFile, storage: string): FullFileRow {
  const { id, name, typeId, content, md5, sha512, uploadedAt } = file;
  return {
    typeId,
    name,
    dateUploaded: isoMicroseconds(clock.dateOf(uploadedAt)),
    relativePath: name,
    encodedEncryptionKey: bytesFor(32, seed, 'key', id).toString('base64'),
    sharedWith: [],
    decryptedSize: content.size,
    owner: OWNER,
    path: `user/${STORAGE_USER}/${id}/${name}`,
    isUploaded: true,
    viewInBrowser: content.size < 1_000_000,
    id,
    md5,
    isDeleted: false,
    downloadUrl: signedAddress(storage, seed, id),
    fileChecksums: sha512 === null ? null : [{ hashFunction: 'SHA-512', fileHash: sha512 }],
  };
}

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RescaleFile } from '../../src/api/client/types';
import { downloadBuffer } from '../../src/runs/download/download-buffers';
import { downloadFiles, type DownloadRequest } from '../../src/runs/download/download-files';
import { listOutputFiles } from '../../src/runs/files/output-files';
import { runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

/** Bytes of `large.bin`. */
export const BYTES = 300_000;

/** A run that has ended, its files as they are listed, and a folder for each test to download to. */
interface DownloadSuite {
  place: RunsOnSimulator;
  rows: RescaleFile[];
  /** Of each test alone, and removed after it. */
  home: string;
  /** Below `home`, and not there yet. */
  folder: string;
  row: (name: string) => RescaleFile;
  download: (
    files: DownloadRequest['files'],
    changes?: Partial<DownloadRequest>,
  ) => ReturnType<typeof downloadFiles>;
  /** A file's bytes. */
  original: (file: RescaleFile) => Promise<Buffer>;
}

export function downloadSuite(): DownloadSuite {
  const suite = {
    row: (name) => suite.rows.find(({ relativePath }) => relativePath === name)!,
    download(files, changes = {}) {
      const { place, folder } = suite;
      const request = { files, folder, existing: 'skip', concurrency: 4, jobId: 'calc', runId: '1' } as const;
      return downloadFiles(place.client, { ...request, ...changes }, place.work());
    },
    original: async (file) =>
      (await downloadBuffer(suite.place.client, file, 1e9, suite.place.work())).content,
  } as DownloadSuite;

  before(async () => {
    suite.place = await runsOnSimulator();
    suite.place.simulator.createJob({
      id: 'calc',
      createdAt: Date.now() - 86_400_000,
      runs: [
        {
          duration: 60,
          files: [
            { path: 'large.bin', bytes: BYTES, checksum: 'both' },
            { path: 'old.bin', bytes: 1000, checksum: 'md5' },
            { path: 'plain.bin', bytes: 1000, checksum: 'none' },
            { path: 'shared/a/b/deep.txt', content: 'deep' },
            { path: 'empty', content: '' },
          ],
        },
      ],
    });
    suite.rows = await listOutputFiles(suite.place.client, { jobId: 'calc', runId: '1' }, {});
  });
  after(() => suite.place.close());
  beforeEach(async () => {
    suite.place.simulator.setFaults([]);
    suite.place.simulator.clearRequests();
    suite.home = await mkdtemp(path.join(tmpdir(), 'rescale-'));
    suite.folder = path.join(suite.home, 'files');
  });
  afterEach(() => rm(suite.home, { recursive: true, force: true }));
  return suite;
}

/** Every path below a directory, directories left out. */
export const below = async (directory: string): Promise<string[]> =>
  (await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();

import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { httpRequest, platformNode, startBenchNodeRed, type Subject } from '../bench-node-red';
import { atLeast, atMost, median, megabytes, milliseconds, ratio, shown, type BenchResult } from '../figures';
import { startPlatform, type BenchPlatform } from '../platform';
import type { Bench } from '../bench';
import type { Runtime } from '../../real/runtimes';

const FILE = 400e6;
const HUGE_FILE = 2e9;
const ROUNDS = 3;

interface Round {
  rate: number;
  growth: number;
  milliseconds: number;
  cpu: number;
}

/** One large file: the palette's node, a stream by hand with the same checksum, and what a user has without either. */
export const download: Bench = async (runtime, nodeArguments) => {
  const platform = await startPlatform();
  const folder = mkdtempSync(join(tmpdir(), 'rescale-bench-'));
  const result: BenchResult = { rows: [], goals: [], told: [] };
  const measured: Record<string, Round[]> = {};
  const subjects = (bytes: number): Record<string, Subject> => {
    const url = `${platform.origin}/api/v2/files/bytes${bytes}/contents/`;
    return {
      'download-files': [
        { type: 'rescale-download-files', name: '', platform: 'platform', folder, folderType: 'str' },
      ],
      'bare stream, same checksum': [
        { type: 'bench-bare', does: 'download', url, file: join(folder, 'bare') },
      ],
      'http request and write file': [
        httpRequest({ url, ret: 'bin' }),
        {
          type: 'file',
          filename: join(folder, 'core'),
          filenameType: 'str',
          appendNewline: false,
          overwriteFile: 'true',
        },
      ],
    };
  };
  const one = (subject: string, bytes: number) =>
    downloadOnce({ runtime, nodeArguments, platform, folder, subject, bytes, subjects: subjects(bytes) });
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const subject of Object.keys(subjects(FILE))) {
        (measured[subject] ??= []).push(await one(subject, FILE));
      }
    }
    const of = (subject: string, figure: (round: Round) => number) => median(measured[subject]!.map(figure));
    const bare = 'bare stream, same checksum';
    for (const subject of Object.keys(measured)) {
      result.rows.push({
        bench: `download of ${megabytes(FILE)}`,
        subject,
        figures: {
          rate: `${shown(of(subject, ({ rate }) => rate / 1e6))} MB/s`,
          'memory growth': megabytes(of(subject, ({ growth }) => growth)),
          CPU: milliseconds(of(subject, ({ cpu }) => cpu)),
          'of the bare stream': ratio(of(subject, ({ rate }) => rate) / of(bare, ({ rate }) => rate)),
        },
      });
    }
    const huge = await one('download-files', HUGE_FILE);
    result.rows.push({
      bench: `download of ${megabytes(HUGE_FILE)}`,
      subject: 'download-files',
      figures: { rate: `${shown(huge.rate / 1e6)} MB/s`, 'memory growth': megabytes(huge.growth) },
    });
    const growth = of('download-files', (round) => round.growth) / 1e6;
    const compared = of('download-files', ({ rate }) => rate) / of(bare, ({ rate }) => rate);
    const told = (subject: string) =>
      `${shown(of(subject, ({ rate }) => rate / 1e6))} MB/s, ${megabytes(of(subject, (round) => round.growth))}`;
    result.told.push(
      {
        what: 'download of 400 MB: rate, growth of memory',
        ours: told('download-files'),
        instead: `${told('http request and write file')}, _http request_ and _write file_`,
      },
      { what: 'download of 2 GB: growth of memory', ours: megabytes(huge.growth), instead: '' },
    );
    result.goals.push(
      atLeast('rate of a download beside the bare stream', compared, 0.9),
      atMost('memory growth of a 400 MB download', growth, 64, ' MB'),
      atMost('memory growth of a 2 GB download', huge.growth / 1e6, 64, ' MB'),
    );
    return result;
  } finally {
    platform.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** In a Node-RED of its own, because what one download leaves in memory would be room for the next. */
async function downloadOnce(of: {
  runtime: Runtime;
  nodeArguments: string[];
  platform: BenchPlatform;
  folder: string;
  subject: string;
  bytes: number;
  subjects: Record<string, Subject>;
}): Promise<Round> {
  const { runtime, nodeArguments, platform, folder, subject, bytes, subjects } = of;
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    others: [platformNode(platform.origin)],
    subjects: { [subject]: subjects[subject]! },
  });
  try {
    const payload = {
      id: `bytes${bytes}`,
      relativePath: 'log.simpleFoam',
      name: 'log.simpleFoam',
      decryptedSize: bytes,
      path: 'user/user_OvdRk/output/job_bench/run1/log.simpleFoam',
      fileChecksums: [{ fileHash: await platform.checksum(bytes), hashFunction: 'sha512' }],
    };
    const message = { jobId: 'bench', runId: '1', payload };
    const { milliseconds: time, ...figures } = await bench.measure({
      subject,
      messages: 1,
      window: 1,
      message,
    });
    const written = ['bare', 'core', 'bench/run1/log.simpleFoam'].map((name) => join(folder, name));
    const sizes = written.filter((path) => existsSync(path)).map((path) => statSync(path).size);
    if (sizes.length !== 1 || sizes[0] !== bytes)
      throw new Error(`${subject} wrote ${sizes.join(', ')} bytes`);
    for (const path of written) rmSync(path, { force: true });
    const growth = figures.memoryPeak - figures.memoryBefore;
    return { rate: (bytes / time) * 1000, growth, milliseconds: time, cpu: figures.cpuMilliseconds };
  } finally {
    await bench.remove();
  }
}

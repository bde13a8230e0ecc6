/**
 * Memory and speed of downloads: one file of 2 GB, and 5,000 small ones. Run: `npx tsx test/bench/download-memory.ts`
 * (`GB=0.5` for a smaller file). The simulator runs in a process of its own, so that its memory is not counted.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBudget } from '../../src/api/limits/create-budget';
import { createClient } from '../../src/api/endpoints/create-client';
import { systemClock } from '../../src/api/time/clock';
import { downloadFiles } from '../../src/runs/download/download-files';
import { listOutputFiles } from '../../src/runs/files/output-files';
import type { JobScript } from '../../src/simulator';

const BYTES = Math.round(Number(process.env['GB'] ?? 2) * 1e9);
const SMALL_FILES = 5_000;

async function simulator(): Promise<{ origin: string; end(): void }> {
  const cli = path.join(__dirname, '../../src/simulator/cli.ts');
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', cli, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(chunk.toString());
      if (found) resolve(found[0]);
    });
  });
  return { origin, end: () => void child.kill() };
}

async function measure(): Promise<void> {
  const platform = await simulator();
  const folder = await mkdtemp(path.join(tmpdir(), 'download-bench-'));
  const client = createClient({
    origin: platform.origin,
    apiVersion: 'v2',
    token: 'simulator',
    timeout: 30_000,
    patience: 120_000,
    budget: createBudget({ rate: 0 }),
  });
  const ask = async (way: string, init?: RequestInit) => {
    const answer = await (await fetch(platform.origin + way, init)).text();
    return answer === '' ? null : (JSON.parse(answer) as unknown);
  };
  const create = (job: JobScript) =>
    ask('/_sim/jobs', {
      method: 'POST',
      body: JSON.stringify(job),
      headers: { 'content-type': 'application/json' },
    });
  try {
    const createdAt = Date.now() - 86_400_000;
    await create({
      id: 'large',
      createdAt,
      runs: [{ duration: 60, files: [{ path: 'large.bin', bytes: BYTES, checksum: 'none' }] }],
    });
    const files = Array.from({ length: SMALL_FILES }, (_, index) => ({
      path: `part/${index}.txt`,
      content: `${index}\n`,
    }));
    await create({ id: 'small', createdAt, runs: [{ duration: 60, files }] });

    for (const jobId of ['large', 'small']) {
      const rows = await listOutputFiles(client, { jobId, runId: '1' }, {});
      await ask('/_sim/requests', { method: 'DELETE' });
      const before = process.memoryUsage().rss;
      let peak = before;
      const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
      const begin = Date.now();
      const request = {
        files: rows,
        folder,
        existing: 'replace',
        concurrency: 4,
        jobId,
        runId: '1',
      } as const;
      const { downloads, failure } = await downloadFiles(client, request, { clock: systemClock });
      clearInterval(watch);
      if (failure) throw failure;
      const seconds = (Date.now() - begin) / 1000;
      const bytes = downloads.reduce((sum, download) => sum + download.bytes, 0);
      const requests = ((await ask('/_sim/requests')) as unknown[]).length;
      const mega = (value: number) => (value / 1e6).toFixed(0);
      console.log(
        `${rows.length} files, ${mega(bytes)} MB in ${seconds.toFixed(1)} s (${mega(bytes / seconds)} MB/s), ` +
          `${requests} requests, memory ${mega(before)} MB and at most ${mega(peak - before)} MB more`,
      );
    }
  } finally {
    client.close();
    platform.end();
    await rm(folder, { recursive: true, force: true });
  }
}

void measure();

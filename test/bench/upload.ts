/**
 * An upload by the client beside a bare request with a piped stream, to the same simulator in a process of its own:
 * `npm run bench:upload -- --megabytes 1024 --times 3`. Ends with 1 below 0.8 of the bare rate, or when the memory grew by more
 * than 60 MB.
 */
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '../../src/api/endpoints/create-client';
import { createBudget } from '../../src/api/limits/create-budget';
import { inputUploads } from '../../src/runs/jobs/inputs';
import { startRemoteSimulator } from '../support/remote-simulator';

const MB = 1024 * 1024;
const LEAST_RATIO = 0.8;
const MOST_GROWTH = 60;
const NAME = 'mesh.bin';

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1024' }, times: { type: 'string', default: '3' } },
});

/** Milliseconds of a form with one file, sent as Node.js itself sends it. */
async function bareUpload(origin: string, token: string, file: string, size: number): Promise<number> {
  const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${NAME}"\r\n\r\n`;
  const tail = '\r\n--b--\r\n';
  const begun = performance.now();
  const call = request(`${origin}/api/v2/files/contents/`, {
    method: 'POST',
    headers: {
      authorization: `Token ${token}`,
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': head.length + size + tail.length,
    },
  });
  call.write(head);
  createReadStream(file)
    .once('end', () => call.end(tail))
    .pipe(call, { end: false });
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  await once(answer.resume(), 'end');
  return performance.now() - begun;
}

async function write(file: string, megabytes: number): Promise<void> {
  const handle = await open(file, 'w');
  const piece = Buffer.alloc(MB, 7);
  for (let written = 0; written < megabytes; written += 1) await handle.write(piece);
  await handle.close();
}

const median = (all: number[]) => [...all].sort((one, other) => one - other)[Math.floor(all.length / 2)]!;

async function main(): Promise<void> {
  const megabytes = Number(values.megabytes);
  const folder = mkdtempSync(join(tmpdir(), 'bench-upload-'));
  const file = join(folder, NAME);
  const simulator = await startRemoteSimulator();
  const { origin, token } = simulator;
  const budget = createBudget({ rate: 0 });
  const client = createClient({
    origin,
    apiVersion: 'v2',
    token,
    timeout: 60_000,
    patience: 600_000,
    budget,
  });
  try {
    await write(file, megabytes);
    const ratios: number[] = [];
    let growth = 0;
    for (let turn = 1; turn <= Number(values.times); turn += 1) {
      const bareCpu = process.cpuUsage();
      const bare = await bareUpload(origin, token, file, megabytes * MB);
      const bareSpent = process.cpuUsage(bareCpu);
      const [upload] = await inputUploads([NAME], folder);
      const before = process.memoryUsage.rss();
      const look = setInterval(() => {
        growth = Math.max(growth, (process.memoryUsage.rss() - before) / MB);
      }, 50);
      const oursCpu = process.cpuUsage();
      const begun = performance.now();
      await client.uploadFile(upload!);
      const ours = performance.now() - begun;
      const oursSpent = process.cpuUsage(oursCpu);
      clearInterval(look);
      ratios.push(bare / ours);
      const rate = (milliseconds: number) => Math.round((megabytes / milliseconds) * 1000);
      const cpu = ({ user, system }: NodeJS.CpuUsage) => `${Math.round((user + system) / 1000)} ms CPU`;
      console.log(
        `bare ${rate(bare)} MB/s (${cpu(bareSpent)}), client ${rate(ours)} MB/s (${cpu(oursSpent)}), ` +
          `ratio ${(bare / ours).toFixed(2)}`,
      );
    }
    console.log(
      `${megabytes} MB: median ratio ${median(ratios).toFixed(2)}, memory grew by ${growth.toFixed(0)} MB`,
    );
    if (median(ratios) < LEAST_RATIO || growth > MOST_GROWTH) process.exitCode = 1;
  } finally {
    client.close();
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();

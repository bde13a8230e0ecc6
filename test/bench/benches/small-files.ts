import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { platformNode, startBenchNodeRed } from '../bench-node-red';
import { atLeast, atMost, milliseconds, shown, type BenchResult } from '../figures';
import { startBenchSimulator } from '../simulator';
import type { Bench } from '../bench';

const FILES = 5000;
const BYTES = 3000;
/** Requests a second that the platform grants, in each scope; it turns away who is faster. */
const GRANTED = 25;

/** Thousands of small files of a run: listed, fetched, checked and written, on a platform that is far away and counts. */
export const smallFiles: Bench = async (runtime, nodeArguments) => {
  const limit = { perSecond: GRANTED, burst: 300 };
  const simulator = await startBenchSimulator({
    speed: 1,
    faults: [{ times: 0, delay: 60 }],
    redirectContents: true,
    throttle: { 'jobs-usage': limit, user: limit },
  });
  const folder = mkdtempSync(join(tmpdir(), 'rescale-bench-'));
  const subject = 'list-files, download-files';
  const bench = await startBenchNodeRed({
    runtime,
    nodeArguments,
    others: [platformNode(simulator.origin, { rate: '' })],
    subjects: {
      [subject]: [
        { type: 'rescale-list-files', name: '', platform: 'platform', pageSize: 1000 },
        { type: 'rescale-download-files', name: '', platform: 'platform', folder, folderType: 'str' },
      ],
    },
  });
  try {
    const files = Array.from({ length: FILES }, (_, index) => ({
      path: `processor${index % 50}/field${index}`,
      bytes: BYTES,
    }));
    await simulator.create({
      id: 'files',
      createdAt: Date.now() - 7_200_000,
      runs: [{ duration: 60, files }],
    });
    const message = { jobId: 'files', runId: '1' };
    const measured = await bench.measure({ subject, messages: 1, window: 1, message });
    const { requests, refused } = await simulator.figures();
    const seconds = measured.milliseconds / 1000;
    const written = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    ).length;
    const share = FILES / seconds / GRANTED;
    return {
      rows: [
        {
          bench: `${shown(FILES)} files of ${shown(BYTES)} bytes, ${GRANTED} requests/s granted`,
          subject,
          figures: {
            rate: `${shown(FILES / seconds)} files/s`,
            time: `${shown(seconds)} s`,
            CPU: milliseconds(measured.cpuMilliseconds),
            requests: shown(requests, 5),
            'of them turned away': shown(refused),
          },
        },
      ],
      goals: [
        atLeast(`rate of ${shown(FILES)} small files beside the granted one`, share, 0.9),
        // Beside the files of the run, its log.
        atLeast('small files on disk', written, FILES),
        atMost('requests for small files that were turned away', refused, 0),
      ],
      told: [
        {
          what: `${shown(FILES)} small files, ${GRANTED} requests/s granted`,
          ours: `${shown(FILES / seconds)} files/s`,
          instead: '',
        },
      ],
    } satisfies BenchResult;
  } finally {
    await bench.remove();
    simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

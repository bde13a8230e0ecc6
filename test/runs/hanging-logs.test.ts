import type { ServerResponse } from 'node:http';
import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { readRunOutcome } from '../../src/runs/evidence/run-outcome';
import { clientOf, failure, json, startServer, text, type ScriptedServer } from '../api/scripted-server';

const STARTED = '2026-01-01T00:00:00Z';
const ENDED = '2026-01-01T00:10:00Z';
const LOG = 'mesh\n[2026-01-01T00:10:00Z]: Exited with code 0\n';
/** A client whose time-outs take so many ms. */
const TIMEOUT = 3_000;

/** The log of run 1 of job B is file `B-1`. */
const logOf = (job: string, run: string) => ({
  id: `${job}-${run}`,
  name: 'process_output.log',
  relativePath: 'process_output.log',
  path: `user/x/output/job_${job}/run${run}/process_output.log`,
  decryptedSize: LOG.length,
  dateUploaded: ENDED,
  typeId: 5,
  isDeleted: false,
});

describe('The logs of a job that are never answered', () => {
  let server: ScriptedServer;
  let client: RescaleClient;
  let hanging: Set<ServerResponse>;
  const controller = new AbortController();

  before(async () => {
    hanging = new Set();
    server = await startServer((request, response) => {
      const { pathname } = new URL(request.url!, server.origin);
      const [, , , kind, id = '', part, run] = pathname.split('/');
      if (kind === 'files' && id.startsWith('A')) {
        hanging.add(response);
        response.once('close', () => hanging.delete(response));
      } else if (kind === 'files') {
        const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
        const range = `bytes ${start}-${LOG.length - 1}/${LOG.length}`;
        text(LOG.slice(start), 206, { 'Content-Range': range })(request, response);
      } else if (part === 'statuses') json({ results: [], next: null })(request, response);
      else if (part === 'files') {
        const logs = Array.from({ length: 30 }, (_, index) => logOf(id, String(index + 1)));
        json({ results: logs, count: logs.length, next: null })(request, response);
      } else if (run) json({ id: run, dateStarted: STARTED, dateCompleted: ENDED })(request, response);
      else json({ results: [], count: 0, next: null })(request, response);
    });
    client = clientOf(server, { timeout: TIMEOUT, slowAfter: TIMEOUT - 500, patience: 60_000 });
    // The first one waits for what has to be loaded.
    await client.getRun('B', '1');
  });

  after(async () => {
    controller.abort();
    client.close();
    await server.close();
  });

  it('let the evidence of other jobs, one after the other, be read after one time-out', async () => {
    const { signal } = controller;
    for (let run = 1; run <= 30; run += 1)
      void failure(readRunOutcome(client, { jobId: 'A', runId: String(run) }, { signal }));
    while (hanging.size < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const job of ['B', 'C', 'D']) {
      const { outcome } = await readRunOutcome(client, { jobId: job, runId: '1' }, {});
      outcome!.result.should.equal('succeeded');
    }
    // Those that hung at first, and as many as leave a connection to others: not all thirty, three at a time.
    server.asked.filter((asked) => asked.includes('/files/A-')).length.should.be.within(3, 5);
    server.connections.peak.should.be.belowOrEqual(8);
  });
});

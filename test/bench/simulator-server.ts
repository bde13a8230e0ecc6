/** The simulator in a process of its own, which counts what it was asked and what it sent. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import { startSimulator, type JobScript, type SimulatorOptions } from '../../src/simulator';

export type SimulatorOrder =
  { do: 'figures'; reset: boolean } | { do: 'create'; job: JobScript } | { do: 'requests' };

/** Since the start, or since these were reset. */
export interface SimulatorFigures {
  requests: number;
  /** Bytes sent, with headers. */
  bytes: number;
  /** Requests that came too fast. */
  refused: number;
}

const sockets = new Set<Socket>();
let requests = 0;
let closedBytes = 0;
let countedBefore = 0;

subscribe('http.server.request.start', (message) => {
  const { socket, request } = message as { socket: Socket; request: IncomingMessage };
  if (request.url?.startsWith('/_sim/')) return;
  requests += 1;
  if (sockets.has(socket)) return;
  sockets.add(socket);
  socket.once('close', () => {
    sockets.delete(socket);
    closedBytes += socket.bytesWritten;
  });
});

const options = JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions;
// Its dates are this machine's: delays are measured against them, and by itself it stays two seconds behind.
void startSimulator({ now: Date.now(), ...options }).then((simulator) => {
  process.on('message', (order: SimulatorOrder) => {
    if (order.do === 'requests') {
      process.send!(simulator.requests());
      return;
    }
    if (order.do === 'create') simulator.createJob(order.job);
    const sent = [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, closedBytes);
    const refused = simulator.requests().filter(({ status }) => status === 429).length;
    process.send!({ requests, bytes: sent - countedBefore, refused } satisfies SimulatorFigures);
    if (order.do !== 'figures' || !order.reset) return;
    requests = 0;
    countedBefore = sent;
    simulator.clearRequests();
  });
  process.send!({ origin: simulator.origin });
});
process.on('disconnect', () => process.exit(0));

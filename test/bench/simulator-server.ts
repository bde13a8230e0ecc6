/** The simulator in a process of its own, which counts what it was asked and what it sent. */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

import { startSimulator, type JobScript } from '../../src/simulator';

export type SimulatorOrder = { do: 'figures' } | { do: 'create'; job: JobScript };

export interface SimulatorFigures {
  requests: number;
  /** Bytes sent, with headers. */
  bytes: number;
}

const sockets = new Set<Socket>();
let requests = 0;
let closedBytes = 0;

subscribe('http.server.request.start', (message) => {
  const { socket } = message as { socket: Socket };
  requests += 1;
  if (sockets.has(socket)) return;
  sockets.add(socket);
  socket.once('close', () => {
    sockets.delete(socket);
    closedBytes += socket.bytesWritten;
  });
});

void startSimulator({ speed: 1 }).then((simulator) => {
  process.on('message', (order: SimulatorOrder) => {
    if (order.do === 'create') simulator.createJob(order.job);
    const open = [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
    process.send!({ requests, bytes: closedBytes + open } satisfies SimulatorFigures);
  });
  process.send!({ origin: simulator.origin });
});
process.on('disconnect', () => process.exit(0));

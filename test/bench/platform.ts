import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Order, ServerFigures } from './platform-server';

/** A platform in a process of its own, so that its work is not counted as Node-RED's. */
export interface BenchPlatform {
  readonly origin: string;
  /** Milliseconds before each answer. */
  delay(milliseconds: number): Promise<void>;
  /** SHA-512 of the file of so many bytes. */
  checksum(bytes: number): Promise<string>;
  reset(): Promise<void>;
  figures(): Promise<ServerFigures>;
  close(): void;
}

export async function startPlatform(): Promise<BenchPlatform> {
  const child = fork(join(__dirname, 'platform-server.ts'), { execArgv: ['--require', 'tsx/cjs'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];

  async function order(what: Order): Promise<ServerFigures> {
    child.send(what);
    const [figures] = (await once(child, 'message')) as [ServerFigures];
    return figures;
  }

  return {
    origin: `http://127.0.0.1:${port}`,
    delay: async (milliseconds) => void (await order({ do: 'delay', milliseconds })),
    checksum: async (bytes) => (await order({ do: 'checksum', bytes })).checksum!,
    reset: async () => void (await order({ do: 'reset' })),
    figures: () => order({ do: 'figures' }),
    close: () => child.disconnect(),
  };
}

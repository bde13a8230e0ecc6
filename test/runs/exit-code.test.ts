import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import type { RescaleFile } from '../../src/api/client/types';
import { readLogEvidence } from '../../src/runs/evidence/exit-code';

describe('Exit code in a log', () => {
  /** What a log of this text says. */
  async function evidenceOf(text: string) {
    const bytes = Buffer.from(text);
    const contents = { chunks: [bytes], discard: () => {}, status: 200, bytes: bytes.length, range: null };
    const client = { openContents: () => Promise.resolve(contents) } as unknown as RescaleClient;
    return readLogEvidence(client, 'J', { id: 'log', decryptedSize: bytes.length } as RescaleFile, {});
  }

  it('is the last one', async () => {
    const told: [string, number][] = [
      ['[2022-10-27T13:18:37Z]: Exited with code 0\n', 0],
      ['[…]: Exited with code 3\n[…]: Exited with code 0\r\n\n', 0],
      ['Exited with code -11', -11],
    ];
    for (const [text, code] of told) (await evidenceOf(text)).should.eql({ kind: 'exit', code });
    const silent = [
      'Exited with code\nexit 3',
      // A step of the run said so, and the run went on or was killed.
      '[…]: Exited with code 0\n[…]: Iteration 12\n',
      '[…]: Exited with code 1\n[…]: trying again\n',
      '[…]: the mesher: Exited with code 0\n',
      '',
    ];
    for (const text of silent) (await evidenceOf(text)).should.eql({ kind: 'silent' });
  });
});

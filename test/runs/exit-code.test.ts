import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import type { RescaleFile } from '../../src/api/client/types';
import { readLogEvidence } from '../../src/runs/evidence/exit-code';

/** What a log of these bytes says, or several of which nobody can tell which came last. */
function evidenceOf(...texts: (string | Buffer)[]) {
  const logs = texts.map((text, index) => ({ id: `log${index}`, decryptedSize: Buffer.from(text).length }));
  const client = {
    openContents(id: string) {
      const bytes = Buffer.from(texts[logs.findIndex((log) => log.id === id)]!);
      return Promise.resolve({
        chunks: [bytes],
        discard: () => {},
        status: 200,
        bytes: bytes.length,
        range: null,
      });
    },
  };
  return readLogEvidence(client as unknown as RescaleClient, 'J', logs as RescaleFile[], {});
}

describe('Exit code in a log', () => {
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
      '[…]: Exited with code 1\n[…]: Exited with code 0\n[…]: Uploading\n',
      '[…]: the mesher: Exited with code 0\n',
      '',
    ];
    for (const text of silent) (await evidenceOf(text)).should.eql({ kind: 'silent' });
  });

  it('is the last one to read, whatever else the bytes hold', async () => {
    const line = '[2026-01-10T08:00:00Z]: Exited with code 139';
    const stamp = '[2026-01-10T08:00:01Z]: ';
    const utf16 = Buffer.from(`\ufeff[x]: 解析\n${line}\r\n`, 'utf16le');
    const texts: (string | Buffer)[] = [
      `${line}\u001b[0m\n`,
      `\u001b[1;31m${line}\u001b[0m\n\u001b]0;done\u0007\u001b[K\n`,
      `${line}\n${stamp}\n${stamp}\n`,
      `${line}\n\0\0\0\0`,
      `${line}.\n`,
      `\ufeff${line}\n`,
      `[1]: 2026-01-10 08:00:00,123 Exited with code 139\n`,
      `Uploading 10%\rUploading 100%\r${line}\r\n`,
      utf16,
      Buffer.from(utf16).swap16(),
      Buffer.from(`\ufeff${line}`, 'utf16le'),
      Buffer.from(`mesh\n${line}\n`, 'utf16le').subarray(3),
    ];
    for (const text of texts) (await evidenceOf(text)).should.eql({ kind: 'exit', code: 139 });
  });

  it('is a doubt when it is not 0 and a few lines follow, and a step’s when much does', async () => {
    const line = '[2026-01-10T08:00:00Z]: Exited with code 139\n';
    const further = (lines: number) => '[…]: Uploading\n\n'.repeat(lines);
    const doubt = { kind: 'followed', code: 139 };
    for (const lines of [1, 2, 19]) (await evidenceOf(line + further(lines))).should.eql(doubt);
    (await evidenceOf(`${line.trim()} (core dumped)\n`)).should.eql(doubt);
    (await evidenceOf(`Exited with code 0\n${line}Uploading 1%\rUploading 2%\n`)).should.eql(doubt);
    for (const lines of [20, 3000]) (await evidenceOf(line + further(lines))).should.eql({ kind: 'silent' });
  });

  it('is a step’s where it stands bare in a log that the platform has stamped', async () => {
    const stamp = '[2026-01-10T08:00:00Z]: ';
    const utf16 = Buffer.from(`\ufeff${stamp}mesh\nExited with code 0\n`, 'utf16le');
    for (const text of [
      `${stamp}mesh\nExited with code 0\n`,
      `${stamp}mesh\nat work\r\nExited with code 0\r\n`,
      `${stamp}mesh 50 %\rExited with code 0`,
      utf16,
    ])
      (await evidenceOf(text)).should.eql({ kind: 'silent' });
    (await evidenceOf(`${stamp}mesh\nExited with code 3\n`)).should.eql({ kind: 'followed', code: 3 });
    for (const text of ['[solver]: mesh\nExited with code 3\n', `mesh ${stamp}\nExited with code 3\n`])
      (await evidenceOf(text)).should.eql({ kind: 'exit', code: 3 });
  });

  it('is that of several logs only where they agree', async () => {
    const log = (code: number) => `Exited with code ${code}\n`;
    (await evidenceOf(log(0), log(0))).should.eql({ kind: 'exit', code: 0 });
    (await evidenceOf(log(3), log(1))).should.eql({ kind: 'exit', code: 3 });
    const unclear = [
      [log(0), log(1)],
      [log(1), log(0)],
      [log(0), 'Iteration 12\n'],
      ['', ''],
      [0, 0, 0, 0, 0].map(log),
    ];
    for (const logs of unclear) (await evidenceOf(...logs)).should.eql({ kind: 'several' });
  });
});

import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import should from 'should';
import type { RescaleFile } from '../../src/api/client/types';
import { failureOf, type RunsOnSimulator } from '../support/runs-on-simulator';
import { below, downloadSuite } from './download-setup';

describe('where downloads are written', () => {
  const suite = downloadSuite();
  const { row, download } = suite;
  let place: RunsOnSimulator;
  let home: string;
  let folder: string;
  let rows: RescaleFile[];
  beforeEach(() => ({ place, home, folder, rows } = suite));

  it('never writes outside of its folder, whatever a file is called', async () => {
    const hostile = [
      '../escape',
      'a/../../escape',
      '/etc/escape',
      'nul\0byte',
      'line\nend',
      '..',
      '.',
      '////',
      'x'.repeat(300),
      // Elsewhere these are plain names.
      ...(process.platform === 'win32'
        ? ['\\\\server\\escape', 'C:\\escape', 'C:/escape', 'a\\..\\..\\..\\..\\escape']
        : []),
    ];
    const files = hostile.map((relativePath) => ({ ...row('old.bin'), relativePath }));
    const { downloads, failure } = await download(files);
    downloads.map(({ error }) => error?.code).should.eql(hostile.map(() => 'RESCALE_PATH'));
    failure!.code.should.equal('RESCALE_PATH');
    (await below(home)).should.be.empty();
    place.requests().should.be.empty();
  });

  it('takes no ids that would lead elsewhere', async () => {
    for (const ids of [{ jobId: '..' }, { runId: '/../../x' }, { jobId: 'a/../../b' }]) {
      const file = { ...row('old.bin'), path: 'elsewhere' };
      (await download([file], ids)).failure!.code.should.equal('RESCALE_PATH');
    }
    (await below(home)).should.be.empty();
  });

  it('follows no link out of its folder, and writes over none', async () => {
    const outside = path.join(home, 'outside');
    await mkdir(outside);
    await writeFile(path.join(outside, 'treasure'), 'untouched');
    const run = path.join(folder, 'calc', 'run1');
    await mkdir(run, { recursive: true });
    await symlink(outside, path.join(run, 'a'));
    await symlink(path.join(outside, 'treasure'), path.join(run, 'old.bin'));
    const { downloads } = await download([row('a/b/deep.txt'), row('old.bin')]);
    downloads[0]!.error!.code.should.equal('RESCALE_PATH');
    should(downloads[1]!.error).be.undefined();
    (await below(outside)).should.eql(['treasure']);
    (await readFile(path.join(outside, 'treasure'), 'utf8')).should.equal('untouched');
    (await readFile(path.join(run, 'old.bin'))).length.should.equal(1000);
  });

  it('uses a link that stays inside, and a folder that is a link itself', async () => {
    const real = path.join(home, 'real');
    await mkdir(path.join(real, 'calc', 'run1', 'elsewhere'), { recursive: true });
    await symlink(path.join(real, 'calc', 'run1', 'elsewhere'), path.join(real, 'calc', 'run1', 'a'));
    await symlink(real, folder);
    const { failure } = await download([row('a/b/deep.txt')]);
    should(failure).be.null();
    (await below(real)).should.containEql(path.join('calc', 'run1', 'elsewhere', 'b', 'deep.txt'));
  });

  it('tells files of the same path apart by their ids, the same way each time', async () => {
    const twin = { ...row('plain.bin'), relativePath: 'old.bin' };
    const [first, second] = [row('old.bin'), twin].sort((one, other) => (one.id < other.id ? -1 : 1));
    for (const order of [
      [first!, second!],
      [second!, first!],
    ]) {
      const { downloads } = await download(order);
      const names = new Map(downloads.map(({ id, file }) => [id, path.basename(file!)]));
      names.get(first!.id)!.should.equal('old.bin');
      names.get(second!.id)!.should.equal(`old~${second!.id}.bin`);
    }
  });

  it('reports a file where a directory should be, and a directory where a file should be', async () => {
    const run = path.join(folder, 'calc', 'run1');
    await mkdir(path.join(run, 'old.bin'), { recursive: true });
    await writeFile(path.join(run, 'a'), '');
    const { downloads } = await download([row('a/b/deep.txt'), row('old.bin')]);
    downloads.map(({ error }) => error!.code).should.eql(['RESCALE_PATH', 'RESCALE_PATH']);
  });

  it('says when the folder can’t be used', async () => {
    await writeFile(folder, 'a file');
    (await failureOf(download(rows))).code.should.equal('RESCALE_PATH');
  });
});

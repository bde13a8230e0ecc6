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

  it('does not replace a file of the same path that comes in another message at once', async () => {
    const [first, second] = [row('old.bin'), { ...row('plain.bin'), relativePath: 'old.bin' }];
    const nameOf = async (file: RescaleFile, existing: 'skip' | 'replace') => {
      const { downloads, failure } = await download([file], { existing });
      should(failure).be.null();
      (await readFile(downloads[0]!.file!)).should.eql(await suite.original(file));
      return path.basename(downloads[0]!.file!);
    };
    const names = await Promise.all([nameOf(first, 'replace'), nameOf(second, 'replace')]);
    names.sort().should.containEql('old.bin').and.have.length(2);
    new Set(names).size.should.equal(2);
    (await below(folder)).length.should.equal(2);
  });

  it('replaces what an earlier message left where another file has come in its place, such as the next snapshot', async () => {
    const snapshots = [row('old.bin'), { ...row('plain.bin'), relativePath: 'old.bin' }];
    for (const snapshot of snapshots) {
      const { downloads, failure } = await download([snapshot], { existing: 'replace' });
      should(failure).be.null();
      path.basename(downloads[0]!.file!).should.equal('old.bin');
      (await readFile(downloads[0]!.file!)).should.eql(await suite.original(snapshot));
    }
    (await below(folder)).length.should.equal(1);
  });

  it('leaves a path to who can use it where the first could not', async () => {
    const [first, second] = [row('old.bin'), { ...row('plain.bin'), relativePath: 'old.bin' }];
    place.simulator.setFaults([{ path: 'contents', corruptAt: 700 }]);
    (await download([first])).failure!.code.should.equal('RESCALE_CHECKSUM');
    const { downloads } = await download([second]);
    path.basename(downloads[0]!.file!).should.equal('old.bin');
  });

  it('fetches those that can be written, however many can’t, each of which says its own name', async () => {
    const long = Array(25).fill('d'.repeat(200)).join('/');
    const run = path.join(folder, 'calc', 'run1');
    await mkdir(run, { recursive: true });
    await writeFile(path.join(run, 'a'), '');
    const bad = Array.from({ length: 30 }, (_, index) => (index > 1 ? `${long}/${index}` : `a/${index}`));
    const files = [...bad, 'good', 'sub/good'].map((relativePath) => ({ ...row('old.bin'), relativePath }));
    const { downloads, failure } = await download(files);
    failure!.code.should.equal('RESCALE_PATH');
    for (const { relativePath, error } of downloads.slice(0, bad.length))
      error!.message.should.containEql(relativePath);
    (await below(run)).should.eql(['a', 'good', path.join('sub', 'good')]);
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

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import should from 'should';
import type { RescaleFile } from '../../src/api/client/types';
import { downloadBuffer } from '../../src/runs/download/download-buffers';
import { downloadFiles, type DownloadRequest } from '../../src/runs/download/download-files';
import { listOutputFiles } from '../../src/runs/files/output-files';
import { failureOf, runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';
import { below, BYTES, downloadSuite } from './download-setup';

describe('downloading files', () => {
  const suite = downloadSuite();
  const { row, download, original } = suite;
  let place: RunsOnSimulator;
  let home: string;
  let folder: string;
  let rows: RescaleFile[];
  beforeEach(() => ({ place, home, folder, rows } = suite));

  it('puts each file where its run and its path say, byte for byte', async () => {
    const { downloads, failure } = await download(rows);
    should(failure).be.null();
    for (const [index, result] of downloads.entries()) {
      const file = rows[index]!;
      result.id!.should.equal(file.id);
      result.file!.should.equal(path.join(folder, 'calc', 'run1', file.relativePath));
      const content = await readFile(result.file!);
      content.equals(await original(file)).should.be.true();
      result.bytes.should.equal(content.length);
      result.skipped.should.be.false();
    }
    downloads[rows.indexOf(row('large.bin'))]!.checksum!.should.match(/^sha512:[0-9a-f]{128}$/);
    downloads[rows.indexOf(row('old.bin'))]!.checksum!.should.equal(`md5:${row('old.bin').md5}`);
    should(downloads[rows.indexOf(row('plain.bin'))]!.checksum).be.null();
    (await below(folder)).length.should.equal(rows.length);
  });

  it('asks for nothing that the list has said, and for a file’s row where it has only an id', async () => {
    await download(rows);
    place.requests().length.should.equal(rows.length);
    place.simulator.clearRequests();
    const { downloads } = await download([row('old.bin').id], { jobId: undefined, runId: undefined });
    downloads[0]!.file!.should.equal(path.join(folder, 'calc', 'run1', 'old.bin'));
    place.requests(/\/files\/\w+\/$/).length.should.equal(1);
  });

  it('puts files of many runs of a job each into its own run’s folder', async () => {
    const other = { ...row('old.bin'), path: row('old.bin').path.replace('/run1/', '/run2/') };
    const { downloads } = await download([row('old.bin'), other]);
    downloads
      .map(({ file }) => path.relative(folder, file!))
      .should.eql([path.join('calc', 'run1', 'old.bin'), path.join('calc', 'run2', 'old.bin')]);
  });

  it('goes on from where a connection broke, wherever that was', async () => {
    const file = row('large.bin');
    const content = await original(file);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(BYTES - 1), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('reset', 'cut'),
        async (offsets, kind) => {
          place.simulator.clearRequests();
          place.simulator.setFaults(
            offsets.map((at) => ({
              path: 'contents',
              ...(kind === 'reset' ? { reset: { at } } : { cut: at }),
            })),
          );
          const { downloads, failure } = await download([file], { existing: 'replace' });
          should(failure).be.null();
          (await readFile(downloads[0]!.file!)).equals(content).should.be.true();
        },
      ),
      { numRuns: 15 },
    );
    place.simulator
      .requests()
      .some(({ headers }) => headers['range'])
      .should.be.true();
  });

  it('gives up a file that breaks off again and again without getting further', async () => {
    place.simulator.setFaults([{ path: 'contents', reset: { at: 0 }, times: 0 }]);
    const { downloads, failure } = await download([row('large.bin')]);
    failure!.code.should.equal('RESCALE_NETWORK');
    downloads[0]!.error!.code.should.equal('RESCALE_NETWORK');
    (await below(folder)).should.be.empty();
  });

  it('mixes no two files when one is replaced while it is fetched', async () => {
    const file = row('plain.bin');
    place.simulator.setFaults([
      // The old file, as far as it came: nothing but the ETag tells it from the new one.
      { path: 'contents', corruptAt: 10, reset: { at: 600 } },
      { path: 'contents', headers: { etag: '"replaced"' } },
      { path: 'contents', headers: { etag: '"replaced"' }, reset: { at: 300 } },
      { path: 'contents', headers: { etag: '"replaced"' } },
    ]);
    const { downloads, failure } = await download([file]);
    should(failure).be.null();
    const ranges = place.simulator.requests().map(({ headers }) => headers['range'] ?? 'whole');
    ranges.should.eql(['whole', 'bytes=600-', 'whole', 'bytes=300-']);
    (await readFile(downloads[0]!.file!)).equals(await original(file)).should.be.true();
  });

  it('ends with a file that is another one at every request', async () => {
    const changing = Array.from({ length: 40 }, (_, index) => ({
      path: 'contents',
      headers: { etag: `"${index}"` },
      reset: { at: 600 },
    }));
    place.simulator.setFaults(changing);
    (await download([row('plain.bin')])).failure!.code.should.equal('RESCALE_NETWORK');
    (await below(folder)).should.be.empty();
  });

  it('removes what a killed download left behind, and nothing that may be in use or is not its own', async () => {
    const run = path.join(folder, 'calc', 'run1');
    await mkdir(run, { recursive: true });
    const [left, inUse, foreign] = [`.${randomUUID()}.part`, `.${randomUUID()}.part`, '.mine.part'];
    for (const name of [left, inUse, foreign]) await writeFile(path.join(run, name), 'half');
    const yesterday = new Date(Date.now() - 86_400_000);
    for (const name of [left, foreign]) await utimes(path.join(run, name), yesterday, yesterday);
    should((await download([row('old.bin')])).failure).be.null();
    (await below(run)).should.eql([inUse, foreign, 'old.bin'].sort());
  });

  it('says that the disk is full, leaves nothing there, and does not fetch the rest in vain', async function () {
    const disk = path.join(home, 'disk');
    await mkdir(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    if (mounted.status !== 0) return this.skip(); // only root on Linux can make a disk this small
    try {
      should((await download([row('old.bin')], { folder: disk })).failure).be.null();
      const many = Array.from({ length: 40 }, (_, index) => ({
        ...row('large.bin'),
        relativePath: `x${index}`,
      }));
      const { downloads, failure } = await download(many, { folder: disk });
      failure!.code.should.equal('RESCALE_PATH');
      for (const { relativePath, error } of downloads) {
        error!.message.should.startWith(`${relativePath} can’t be written`).and.match(/ENOSPC/);
      }
      (await below(disk)).should.eql([path.join('calc', 'run1', 'old.bin')]);
      place.requests().length.should.be.below(20);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('keeps nothing of a file that does not match', async () => {
    for (const name of ['large.bin', 'old.bin']) {
      place.simulator.setFaults([{ path: 'contents', corruptAt: 700 }]);
      const { downloads, failure } = await download([row(name)]);
      failure!.code.should.equal('RESCALE_CHECKSUM');
      downloads[0]!.error!.code.should.equal('RESCALE_CHECKSUM');
      should(downloads[0]!.file).be.null();
    }
    const wrongSize = { ...row('plain.bin'), decryptedSize: 999 };
    (await download([wrongSize])).failure!.code.should.equal('RESCALE_CHECKSUM');
    (await below(folder)).should.be.empty();
  });

  it('leaves a file that is there and right, and fetches one that is not', async () => {
    await download(rows);
    place.simulator.clearRequests();
    const again = await download(rows);
    again.downloads.every(({ skipped }) => skipped).should.be.true();
    place.requests().should.be.empty();
    again.downloads[rows.indexOf(row('old.bin'))]!.checksum!.should.match(/^md5:/);

    const target = path.join(folder, 'calc', 'run1', 'old.bin');
    await writeFile(target, Buffer.alloc(1000));
    const { downloads } = await download([row('old.bin')]);
    downloads[0]!.skipped.should.be.false();
    (await readFile(target)).equals(await original(row('old.bin'))).should.be.true();
  });

  it('replaces or refuses what is there when told', async () => {
    await download([row('old.bin')]);
    place.simulator.clearRequests();
    (await download([row('old.bin')], { existing: 'replace' })).downloads[0]!.skipped.should.be.false();
    place.requests().length.should.equal(1);
    (await download([row('old.bin')], { existing: 'error' })).failure!.code.should.equal('RESCALE_PATH');
  });

  it('says what to do about a folder that stands in the way, which no choice replaces', async () => {
    const target = path.join(folder, 'calc', 'run1', row('old.bin').relativePath);
    await mkdir(target, { recursive: true });
    for (const existing of ['skip', 'replace', 'error'] as const) {
      const { failure } = await download([row('old.bin')], { existing });
      failure!.message.should.match(
        /a folder stands where a file has to be \(EISDIR\); move the folder away/,
      );
    }
  });

  it('does not lose the others by a bad one', async () => {
    const gone = { ...row('old.bin'), id: 'nowhere', relativePath: 'gone.bin' };
    const { downloads, failure } = await download([row('empty'), gone, row('large.bin')]);
    downloads.map(({ error }) => error?.code).should.eql([undefined, 'RESCALE_NOT_FOUND', undefined]);
    failure!.code.should.equal('RESCALE_NOT_FOUND');
    failure!.message.should.match(/^Files that could not be downloaded: 1 of 3;/);
    (await below(folder)).length.should.equal(2);
  });

  it('does not try the rest with a key that is refused', async () => {
    place.simulator.setFaults([{ path: '.', status: 403, times: 0 }]);
    const many = Array.from({ length: 40 }, (_, index) => ({ ...row('empty'), relativePath: `x${index}` }));
    const { downloads, failure } = await download(many, { concurrency: 2 });
    failure!.code.should.equal('RESCALE_AUTH');
    downloads.every(({ error }) => error?.code === 'RESCALE_AUTH').should.be.true();
    place.requests().length.should.be.belowOrEqual(3);
  });

  it('tries the rest when one file alone is refused', async () => {
    place.simulator.setFaults([{ path: 'contents', status: 403, times: 1 }]);
    const many = Array.from({ length: 10 }, (_, index) => ({ ...row('empty'), relativePath: `x${index}` }));
    const { downloads, failure } = await download(many, { concurrency: 1 });
    failure!.code.should.equal('RESCALE_AUTH');
    downloads.filter(({ error }) => error).length.should.equal(1);
  });

  it('fetches twice as many small files at the same time as large ones, and one large one where one is asked for', async () => {
    const simulator = await runsOnSimulator({ faults: [{ path: 'contents', times: 0, delay: 30 }] }, 60_000);
    const most = async (files: RescaleFile[], concurrency: number) => {
      let [now, peak] = [0, 0];
      const client: typeof simulator.client = {
        ...simulator.client,
        async openContents(...asked) {
          peak = Math.max(peak, (now += 1));
          const contents = await simulator.client.openContents(...asked);
          const chunks = (async function* () {
            yield* contents.chunks;
            now -= 1;
          })();
          return { ...contents, chunks };
        },
      };
      const request = { files, folder, existing: 'replace', concurrency, jobId: 'two', runId: '1' } as const;
      should((await downloadFiles(client, request, simulator.work())).failure).be.null();
      return peak;
    };
    try {
      const files = (kind: string, bytes: number) =>
        Array.from({ length: 24 }, (_, index) => ({ path: `${kind}${index}`, bytes }));
      simulator.simulator.createJob({
        id: 'two',
        createdAt: Date.now() - 86_400_000,
        runs: [{ duration: 60, files: [...files('small', 65_536), ...files('large', 65_537)] }],
      });
      const all = await listOutputFiles(simulator.client, { jobId: 'two', runId: '1' }, {});
      const of = (kind: string) => all.filter(({ relativePath }) => relativePath.startsWith(kind));
      for (const [concurrency, ofSmall] of [
        [1, 2],
        [2, 4],
        [4, 5],
        [6, 6],
      ] as const) {
        (await most(of('small'), concurrency)).should.equal(ofSmall);
        (await most(of('large'), concurrency)).should.equal(concurrency);
      }
    } finally {
      await simulator.close();
    }
  });

  it('waits for a listed file that is not there yet, while its run has just ended', async () => {
    place.simulator.createJob({
      id: 'fresh',
      runs: [{ duration: null, outputsAfter: 0, files: [{ path: 'log', content: 'x' }] }],
    });
    place.simulator.control('fresh', { action: 'end-run', runId: '1' });
    const address = { jobId: 'fresh', runId: '1' };
    let files: RescaleFile[] = [];
    while (files.length === 0) files = await listOutputFiles(place.client, address, {});
    const fetch = () => {
      place.simulator.setFaults([{ path: 'contents', status: 404, times: 3 }]);
      return download(files, { ...address, complete: true, existing: 'replace' });
    };
    should((await fetch()).failure).be.null();
    place.simulator.advance(3600);
    // One date that is far ahead of those before is not believed yet.
    for (let answer = 0; answer < 8; answer += 1) await place.client.getRun('fresh', '1');
    (await fetch()).failure!.code.should.equal('RESCALE_NOT_FOUND');
  });

  it('takes no page of a gateway for a file', async () => {
    place.simulator.setFaults([{ path: 'contents', html: true, times: 2 }]);
    const { downloads, failure } = await download([row('old.bin')]);
    should(failure).be.null();
    const content = await readFile(downloads[0]!.file!);
    content.equals(await original(row('old.bin'))).should.be.true();
    place.simulator.setFaults([{ path: 'contents', html: true, times: 0 }]);
    const never = await download([row('old.bin')], { existing: 'replace' });
    never.failure!.code.should.equal('RESCALE_CHECKSUM');
  });

  it('leaves nothing behind when it is aborted', async () => {
    const controller = new AbortController();
    place.simulator.setFaults([{ path: 'contents', drip: { bytes: 1000, every: 5 } }]);
    const work = place.work(controller.signal);
    const request: DownloadRequest = { files: [row('large.bin')], folder, existing: 'skip', concurrency: 1 };
    const ended = downloadFiles(place.client, request, work).then(
      () => 'done',
      () => 'aborted',
    );
    while ((await below(folder)).length === 0) await new Promise((next) => setTimeout(next, 5));
    controller.abort();
    (await ended).should.equal('aborted');
    (await below(folder)).should.be.empty();
  });

  it('tells how far it is, at most once a second', async () => {
    place.simulator.setFaults([{ path: 'contents', drip: { bytes: 20_000, every: 5 } }]);
    // What the download itself read, because by the time it tells, this fast clock has moved on.
    let read = 0;
    const clock = { ...place.clock, now: () => (read = place.clock.now()) };
    const work = { ...place.work(), clock };
    const at: number[] = [];
    work.progress = (fact) => {
      at.push(read);
      work.facts.push(fact);
    };
    const request: DownloadRequest = { files: [row('large.bin')], folder, existing: 'skip', concurrency: 1 };
    await downloadFiles(place.client, request, work);
    const last = work.facts.at(-1)!;
    last.should.have.properties({ doing: 'downloading', totalFiles: 1 });
    at.every((instant, index) => index === 0 || instant - at[index - 1]! >= 1000).should.be.true();
  });

  it('fetches into memory within a limit', async () => {
    const { content } = await downloadBuffer(place.client, row('a/b/deep.txt'), 10, place.work());
    content.toString().should.equal('deep');
    place.simulator.clearRequests();
    const large = downloadBuffer(place.client, row('large.bin'), BYTES - 1, place.work());
    (await failureOf(large)).code.should.equal('RESCALE_TOO_LARGE');
    place.requests().should.be.empty();
    place.simulator.setFaults([{ path: 'contents', corruptAt: 3 }]);
    const bad = downloadBuffer(place.client, row('old.bin'), 1e6, place.work());
    (await failureOf(bad)).code.should.equal('RESCALE_CHECKSUM');
  });
});

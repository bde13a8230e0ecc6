import { createHash } from 'node:crypto';
import should from 'should';
import { samples } from './api-page-samples';
import { bench, closeAll, type Bench } from './calls';

/** The page's samples are v1 paths on its own host. */
const here = (url: string, { simulator }: Bench) =>
  url.replace('https://platform.rescale.com', simulator.origin);

describe('the samples of the API page', () => {
  afterEach(closeAll);

  it('List Runs: 121 runs, of which the first two as printed', async () => {
    const at = await bench();
    const told = await at.get('/api/jobs/XXXXXX/runs/');
    told.json.count.should.equal(samples.runs.count);
    told.json.next.should.equal(here(samples.runs.next, at));
    should(told.json.previous).equal(null);
    told.json.results.should.have.length(10);
    told.json.results.slice(0, 2).should.deepEqual(samples.runs.results);
    Object.keys(told.json.results[0]).should.deepEqual(Object.keys(samples.runs.results[0]!));
  });

  it('Get a Run', async () => {
    const { get } = await bench();
    (await get('/api/jobs/XXXXXX/runs/1/')).json.should.deepEqual(samples.run);
  });

  it('Stop a Run', async () => {
    const { post } = await bench();
    const told = await post('/api/jobs/XXXXX/runs/1/stop/');
    told.status.should.equal(200);
    told.json.should.deepEqual(samples.stop);
  });

  it('Take a Snapshot', async () => {
    const { post } = await bench();
    (await post('/api/jobs/XXXXX/runs/1/snapshot/')).json.should.deepEqual(samples.snapshot);
  });

  it('List Output Files: 63 files, of which the first ten as printed', async () => {
    const at = await bench();
    const told = await at.get('/api/jobs/XXXXX/runs/1/files/');
    told.json.should.deepEqual({ ...samples.files, next: here(samples.files.next, at) });
    Object.keys(told.json).should.deepEqual(Object.keys(samples.files));
  });

  it('List Directory Contents, with the prefix that was asked for', async () => {
    const { get } = await bench();
    (await get('/api/jobs/XXXXX/runs/1/directory-contents/')).json.should.deepEqual(samples.directory);
    const versioned = await get('/api/v2/jobs/XXXXX/runs/1/directory-contents/');
    versioned.json[0].resource.should.equal('/api/v2/jobs/XXXXX/runs/1/tail/airFoil2D/0/U');
  });

  it('Tail File Content, with lines and without, with a slash at the end and without', async () => {
    const { get } = await bench();
    const path = '/api/jobs/XXXXX/runs/1/tail/airFoil2D/0/U';
    (await get(`${path}?lines=100`)).json.should.deepEqual(samples.tail);
    (await get(`${path}/?lines=100`)).json.should.deepEqual(samples.tail);
    (await get(path)).text.should.equal(`${samples.tail.lines.join('\n')}\n`);
    (await get(`${path}?lines=2`)).json.lines.should.deepEqual(samples.tail.lines.slice(-2));
  });

  it('answers every sample on one simulator in the order of the page, stop and snapshot included', async () => {
    const at = await bench({ speed: 60 });
    await at.post('/api/jobs/XXXXX/runs/1/stop/');
    (await at.post('/api/jobs/XXXXX/runs/1/snapshot/')).json.should.deepEqual(samples.snapshot);
    (await at.get('/api/jobs/XXXXX/runs/1/files/')).json.results.should.deepEqual(samples.files.results);
    (await at.get('/api/jobs/XXXXX/runs/1/directory-contents/')).json.should.deepEqual(samples.directory);
    const tail = await at.get('/api/jobs/XXXXX/runs/1/tail/airFoil2D/0/U?lines=100');
    tail.json.should.deepEqual(samples.tail);
  });

  it('lists the other 53 files and 119 runs with the same fields, each once', async () => {
    const { get } = await bench();
    const files = (await get('/api/v2/jobs/XXXXX/runs/1/files/?page_size=100')).json.results;
    new Set(files.map(({ id }: { id: string }) => id)).size.should.equal(63);
    for (const file of files) Object.keys(file).should.deepEqual(Object.keys(samples.files.results[0]!));
    const runs = (await get('/api/v2/jobs/XXXXXX/runs/?page_size=1000')).json.results;
    runs
      .map(({ id }: { id: string }) => id)
      .should.deepEqual(Array.from({ length: 121 }, (_, at) => String(at + 1)));
    for (const run of runs) {
      run.dateCompleted.should.be.aboveOrEqual(run.dateStarted);
      run.variables
        .map(({ name }: { name: string }) => name)
        .should.deepEqual(['x_velocity', 'y_velocity', 'Cd', 'Cl']);
    }
  });

  it('lists as many files and bytes of a finished run as the run tells', async () => {
    const { get } = await bench();
    for (const number of [1, 2, 60]) {
      const run = (await get(`/api/v2/jobs/XXXXXX/runs/${number}/`)).json;
      const files = (await get(`/api/v2/jobs/XXXXXX/runs/${number}/files/?page_size=1000`)).json.results;
      files.should.have.length(run.outputFileCount);
      const bytes = files.reduce(
        (sum: number, file: { decryptedSize: number }) => sum + file.decryptedSize,
        0,
      );
      bytes.should.equal(run.outputFileSize);
    }
  });

  it('gives contents of the printed sizes, and for 0/U the printed md5', async () => {
    const { get } = await bench();
    for (const { id, decryptedSize } of samples.files.results) {
      const text = (await get(`/api/v2/files/${id}/contents/`)).text;
      Buffer.byteLength(text).should.equal(decryptedSize);
      if (id !== 'RapTse') continue;
      createHash('md5').update(text).digest('hex').should.equal('66aa52fa89123a8f6c3751d935b919d5');
    }
  });

  it('has the snapshot that the sample calls the last one, and keeps 63 files when a new one comes', async () => {
    const { get, post, simulator } = await bench();
    (await get('/api/v2/files/gQLna/')).json.typeId.should.equal(12);
    await post('/api/v2/jobs/XXXXX/runs/1/snapshot/');
    simulator.advance(60);
    const files = (await get('/api/v2/jobs/XXXXX/runs/1/files/?page_size=100')).json;
    files.count.should.equal(63);
    const archives = files.results.filter(({ typeId }: { typeId: number }) => typeId === 12);
    archives.should.have.length(1);
    archives[0].id.should.not.equal('gQLna');
    const again = (await post('/api/v2/jobs/XXXXX/runs/1/snapshot/')).json;
    again.lastSnapshotID.should.equal(archives[0].id);
  });

  it('ends the exhibit five minutes after a stop and opens it again half an hour later', async () => {
    const { get, post, simulator } = await bench();
    await post('/api/v2/jobs/XXXXX/runs/1/stop/');
    simulator.advance(299);
    should((await get('/api/v2/jobs/XXXXX/runs/1/')).json.dateCompleted).equal(null);
    simulator.advance(2);
    (await get('/api/v2/jobs/XXXXX/runs/1/')).json.dateCompleted.should.be.a.String();
    (await get('/api/v2/jobs/XXXXX/runs/1/directory-contents/')).status.should.equal(400);
    (await get('/api/v2/jobs/XXXXX/statuses/')).json.results
      .slice(0, 2)
      .map(({ status, statusReason }: { status: string; statusReason: string }) => [status, statusReason])
      .should.deepEqual([
        ['Stopping', 'User Terminated'],
        ['Executing', null],
      ]);
    simulator.advance(1801);
    (await get('/api/jobs/XXXXX/runs/1/directory-contents/')).json.should.deepEqual(samples.directory);
  });
});

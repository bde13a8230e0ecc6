import 'should';
import should from 'should';
import { listOutputFiles } from '../../src/runs/files/output-files';
import { snapshotRun, type SnapshotResult } from '../../src/runs/actions/snapshot-run';
import { failureOf, runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

const SNAPSHOTS = /^POST .*\/snapshot\/$/;

describe('taking a snapshot of a run', () => {
  let place: RunsOnSimulator;
  const request = { jobId: 'calc', runId: '1', waitForFile: true, deadline: 1_800_000 };

  beforeEach(async () => {
    place = await runsOnSimulator({ speed: 300 });
    place.simulator.createJob({ id: 'calc', runs: [{ duration: null }, { startsAt: null }] });
  });
  afterEach(() => place.close());

  const snapshot = (changes: Partial<typeof request> = {}) =>
    snapshotRun(place.client, { ...request, ...changes }, place.work());

  /** For snapshots whose answer came. */
  const answered = async () => (await snapshot()) as Exclude<SnapshotResult, { answerLost: true }>;

  it('answers as the platform does', async () => {
    (await snapshot({ waitForFile: false })).should.eql({
      data: '',
      exitcode: 0,
      lastSnapshotID: null,
      reason: 'Generating snapshot.',
    });
  });

  it('waits for the new archive, which is never the previous one', async () => {
    const first = await answered();
    first.file!.typeId.should.equal(12);
    should(first.lastSnapshotID).be.null();
    const second = await answered();
    second.lastSnapshotID!.should.equal(first.file!.id);
    second.file!.id.should.not.equal(first.file!.id);
    place.requests(SNAPSHOTS).length.should.equal(2);
  });

  it('does not take the previous archive for the new one when it was not listed before', async () => {
    const first = await snapshot();
    place.simulator.setFaults([{ path: 'runs/1/files/$', emptyPage: true }]);
    const second = await snapshot();
    second.file!.id.should.not.equal(first.file!.id);
  });

  it('does not take an archive for the new one that is older than the previous one', async () => {
    await snapshot();
    await snapshot();
    place.simulator.setFaults([{ path: 'runs/1/files/$', emptyPage: true }]);
    const known = await listOutputFiles(place.client, request, {});
    known.should.be.empty();
    place.simulator.setFaults([{ path: 'runs/1/files/$', emptyPage: true }]);
    (await snapshot()).file!.name.should.equal('snapshot_3.tar.gz');
  });

  it('takes the only new archive of a run in progress, whatever its type', async () => {
    const listed = { count: 1, next: null, previous: null };
    const row = (name: string) => ({
      id: name,
      name,
      relativePath: name,
      path: name,
      typeId: 5,
      decryptedSize: 1,
    });
    place.simulator.setFaults([
      { path: 'runs/1/files/$', skip: 1, body: { ...listed, results: [row('half-written.log')] } },
      { path: 'runs/1/files/$', skip: 1, body: { ...listed, results: [row('snap.zip')] } },
    ]);
    (await snapshot()).file!.id.should.equal('snap.zip');
  });

  it('says that it was asked for when the files can not be listed since, and where to look', async () => {
    place.simulator.setFaults([{ path: 'runs/1/files/$', skip: 1, status: 404, times: 0 }]);
    const { message, statusCode } = await failureOf(snapshot());
    statusCode!.should.equal(404);
    message.should.match(
      /^A snapshot of run 1 of job \w+ was asked for.*Look for the archive.*HTTP status 404\./,
    );
    place.requests(SNAPSHOTS).length.should.equal(1);
  });

  it('refuses a second one while one is being made', async () => {
    const first = snapshot();
    const error = await failureOf(snapshot({ waitForFile: false }));
    error.code.should.equal('RESCALE_SNAPSHOT');
    error.message.should.match(/being made already/);
    await first;
    place.requests(SNAPSHOTS).length.should.equal(1);
    await snapshot();
  });

  it('takes an exit code for the failure that it is', async () => {
    place.simulator.setFaults([
      {
        method: 'POST',
        status: 200,
        body: { data: 'disk full', exitcode: 3, lastSnapshotID: '', reason: 'No.' },
      },
    ]);
    const error = await failureOf(snapshot());
    error.code.should.equal('RESCALE_SNAPSHOT');
    error.message.should.match(/exit code 3\): No\.$/);
  });

  it('says what a program printed on one short line, without addresses that open something', async () => {
    const reason = `PUT https://s3.example/x?sig=secret failed\n${'tar: x\n'.repeat(30_000)}`;
    place.simulator.setFaults([{ method: 'POST', status: 200, body: { exitcode: 3, reason } }]);
    const { message } = await failureOf(snapshot());
    message.should.match(/PUT https:\/\/s3\.example\/x\?… failed tar: x/);
    message.should.not.match(/secret|\n/);
    message.length.should.be.below(500);
  });

  it('is taken though a gateway answers once in place of the list before it', async () => {
    const gateway = { method: 'GET', path: '/files/', status: 404, gateway: 'text', times: 1 } as const;
    place.simulator.setFaults([gateway]);
    (await answered()).file!.typeId.should.equal(12);
    place.requests(SNAPSHOTS).length.should.equal(1);
  });

  it('explains a refusal by reading the run', async () => {
    place.simulator.setFaults([{ method: 'POST', status: 400, times: 0 }]);
    (await failureOf(snapshot())).code.should.equal('RESCALE_REJECTED');
    (await failureOf(snapshot({ runId: '2' }))).code.should.equal('RESCALE_NOT_ACTIVE');
    (await failureOf(snapshot({ runId: '9', waitForFile: false }))).code.should.equal('RESCALE_NOT_FOUND');
  });

  it('is never asked for again when its answer was lost, and seen by its archive', async () => {
    place.simulator.setFaults([{ method: 'POST', reset: 'unanswered' }]);
    const taken = await snapshot();
    taken.file!.typeId.should.equal(12);
    // Nothing that the platform did not say.
    taken.should.have.only.keys('answerLost', 'file');
    place.requests(SNAPSHOTS).length.should.equal(1);
    place.simulator.setFaults([{ method: 'POST', reset: 'unanswered' }]);
    const error = await failureOf(snapshot({ waitForFile: false }));
    error.code.should.equal('RESCALE_NETWORK');
    place.requests(SNAPSHOTS).length.should.equal(2);
  });

  for (const status of [200, 403, 409] as const) {
    it(`is seen by its archive, though a gateway answered in the platform’s place (${status})`, async () => {
      place.simulator.setFaults([{ method: 'POST', status, gateway: 'html', effective: true }]);
      (await snapshot()).file!.typeId.should.equal(12);
      place.simulator.setFaults([{ method: 'POST', status, gateway: 'html', effective: true }]);
      const error = await failureOf(snapshot({ waitForFile: false }));
      error.message.should.match(
        /^Whether a snapshot of run 1 of job calc is made is not known\. .* web page/,
      );
      place.requests(SNAPSHOTS).length.should.equal(2);
    });
  }

  it('is seen by its archive, though the platform refused it', async () => {
    place.simulator.setFaults([{ method: 'POST', status: 409, effective: true }]);
    (await snapshot()).file!.typeId.should.equal(12);
    place.requests(SNAPSHOTS).length.should.equal(1);
  });

  it('says that it is not known when neither an answer nor an archive came', async () => {
    place.simulator.setFaults([{ method: 'POST', reset: 'before' }]);
    const lost = await failureOf(snapshot({ deadline: 20_000 }));
    lost.code.should.equal('RESCALE_NETWORK');
    lost.message.should.match(/was lost/);
    place.simulator.setFaults([{ method: 'POST', status: 502 }]);
    const gateway = await failureOf(snapshot({ deadline: 20_000 }));
    gateway.code.should.equal('RESCALE_SERVER');
    gateway.message.should.match(/may have been carried out all the same/);
    place.requests(SNAPSHOTS).length.should.equal(2);
    place.requests(/runs\/1\/files\//).length.should.be.above(4);
  });

  it('does not guess which archive is new when neither list nor answer was to be had', async () => {
    await snapshot();
    place.simulator.setFaults([
      { path: 'runs/1/files/$', status: 404 },
      { method: 'POST', reset: 'before' },
    ]);
    (await failureOf(snapshot())).code.should.equal('RESCALE_NETWORK');
  });

  /** Ends the run as soon as the snapshot was asked for; returns when that was. */
  async function endRunAtOnce(): Promise<number> {
    while (place.requests(SNAPSHOTS).length === 0) await new Promise((next) => setTimeout(next, 5));
    place.simulator.control('calc', { action: 'end-run', runId: '1' });
    return place.clock.monotonic();
  }

  it('says so when the run ends before the archive is listed, and soon: it can’t come any more', async () => {
    const taken = failureOf(snapshot());
    const ended = await endRunAtOnce();
    const error = await taken;
    error.code.should.equal('RESCALE_SNAPSHOT');
    error.message.should.match(/ended before/);
    (place.clock.monotonic() - ended).should.be.below(150_000);
  });

  it('finds an archive that gets listed a moment after the end of the run, and no output for one', async () => {
    const row = (name: string, typeId: number) => ({
      id: name,
      name,
      relativePath: name,
      path: name,
      typeId,
    });
    const body = (...results: ReturnType<typeof row>[]) => ({
      count: results.length,
      next: null,
      previous: null,
      results,
    });
    place.simulator.setFaults([
      // One list is read before the snapshot and one before its run is seen ended.
      { path: 'runs/1/files/$', skip: 2, status: 404 },
      { path: 'runs/1/files/$', skip: 2, body: body(row('results.zip', 5)) },
      { path: 'runs/1/files/$', skip: 2, body: body(row('results.zip', 5), row('snap.zip', 12)) },
    ]);
    const taken = snapshot();
    await endRunAtOnce();
    (await taken).file!.id.should.equal('snap.zip');
  });

  it('is awaited through refusals of any number', async () => {
    for (const status of [401, 404] as const) {
      place.simulator.setFaults([{ path: 'runs/1/files/$', skip: 1, status, times: 5 }]);
      (await snapshot()).file!.typeId.should.equal(12);
    }
  });

  it('is not ended by bad answers while it waits, but by its deadline', async () => {
    place.simulator.setFaults([
      { path: 'runs/1/files/$', skip: 1, status: 500 },
      { path: 'runs/1/files/$', skip: 1, html: true },
    ]);
    (await snapshot()).file!.typeId.should.equal(12);
    const error = await failureOf(snapshot({ deadline: 10_000 }));
    error.code.should.equal('RESCALE_DEADLINE');
    error.message.should.match(/within 10 s/);
  });
});

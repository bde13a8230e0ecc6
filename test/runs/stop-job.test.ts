import 'should';
import { requestedStops } from '../../src/runs/evidence/requested-stops';
import { stopJob } from '../../src/runs/actions/stop-job';
import type { Run } from '../../src/api/client/types';
import {} from '../api/scripted-server';
import { failureOf, runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

const STOPS = /^POST .*\/stop\/$/;

describe('stopping a whole job', () => {
  let place: RunsOnSimulator;
  const request = { jobId: 'calc', skipCompleted: true, confirm: false, deadline: 600_000 };

  beforeEach(async () => {
    place = await runsOnSimulator();
    place.simulator.createJob({
      id: 'calc',
      runs: [{ duration: null }, { duration: null }, { duration: 1 }],
    });
    place.simulator.advance(10);
  });
  afterEach(() => place.close());

  const stop = (changes: Partial<typeof request> = {}) =>
    stopJob(place.client, { ...request, ...changes }, place.work());

  it('is one request, and every run that goes on is known to be stopped', async () => {
    (await stop()).should.containEql({ requested: true, confirmed: false, run: null });
    place.requests(STOPS).should.eql(['POST /jobs/calc/stop/']);
    const stops = requestedStops(place.client);
    ['1', '2', '3'].map((runId) => stops.has('calc', runId, null)).should.eql([true, true, false]);
  });

  it('waits for the job’s terminal status when told', async () => {
    const { requested, confirmed, status } = await stop({ confirm: true });
    [requested, confirmed].should.eql([true, true]);
    status!.status.should.equal('Completed');
  });

  it('leaves a job alone that is over, or asks all the same', async () => {
    await stop({ confirm: true });
    (await stop()).should.containEql({ requested: false, confirmed: true });
    place.requests(STOPS).length.should.equal(1);
    place.simulator.setFaults([{ method: 'POST', status: 400, body: { detail: 'Over.' } }]);
    (await failureOf(stop({ skipCompleted: false }))).code.should.equal('RESCALE_NOT_ACTIVE');
  });

  it('says that it was sent when the job can not be read since, and where to look', async () => {
    place.simulator.setFaults([{ method: 'GET', skip: 2, status: 404, times: 0 }]);
    const { message } = await failureOf(stop({ confirm: true }));
    message.should.match(
      /^A stop of job calc was sent.*Look at it on Rescale\. The answer was HTTP status 404\./,
    );
  });

  it('settles a lost answer by the job’s status', async () => {
    place.simulator.setFaults([{ method: 'POST', path: '/stop/$', reset: 'unanswered', times: 1 }]);
    (await stop({ confirm: true })).should.containEql({ requested: true, confirmed: true });
    place.requests(STOPS).length.should.equal(1);
  });

  it('claims the runs of a job for sure when the stop was answered, in doubt when the answer was lost, and not when it was refused', async () => {
    const claim = () => requestedStops(place.client).evidence('calc', '1', null);
    place.simulator.setFaults([{ method: 'POST', path: '/stop/$', status: 409, times: 1 }]);
    await failureOf(stop());
    claim().stopRequested.should.be.false();
    place.simulator.setFaults([{ method: 'POST', path: '/stop/$', reset: 'before', times: 1 }]);
    await failureOf(stop());
    claim().should.eql({ stopRequested: true, stopDoubtful: true });
    await stop();
    claim().should.eql({ stopRequested: true, stopDoubtful: false });
  });

  for (const confirm of [false, true]) {
    it(`is told as carried out when the job stops since, though it was refused (confirm ${confirm})`, async () => {
      place.simulator.setFaults([{ method: 'POST', path: '/stop/$', effective: true, status: 409 }]);
      const { requested, confirmed, status, refused } = await stop({ confirm });
      [requested, confirmed].should.eql([true, confirm]);
      status!.status.should.equal(confirm ? 'Completed' : 'Stopping');
      refused!.statusCode!.should.equal(409);
      requestedStops(place.client)
        .evidence('calc', '1', null)
        .should.eql({ stopRequested: true, stopDoubtful: false });
    });
  }

  it('says first that the job goes on when its stop was refused', async () => {
    place.simulator.setFaults([{ method: 'POST', path: '/stop/$', status: 409 }]);
    (await failureOf(stop())).message.should.match(/^Job calc goes on: its stop was refused\. .*409/);
  });

  it('says that the end was not seen in time, or that nobody knows', async () => {
    place.simulator.setFaults([{ method: 'POST', path: '/stop/$', status: 503, times: 1 }]);
    (await failureOf(stop())).kind.should.equal('unsettled');
    place.simulator.setFaults([{ method: 'POST', path: '/stop/$', reset: 'before', times: 1 }]);
    (await failureOf(stop())).key.should.equal('stop-job-unsettled');
    place.simulator.setFaults([{ method: 'GET', path: '/statuses/$', status: 503, times: 1000 }]);
    (await failureOf(stop({ confirm: true, deadline: 20_000 }))).key.should.equal('stop-job-deadline');
  });

  it('tells a job that is not there', async () => {
    (await failureOf(stop({ jobId: 'nobody' }))).code.should.equal('RESCALE_NOT_FOUND');
  });

  const answers = (part: string, row: unknown) => ({
    method: 'GET',
    path: `/${part}/$`,
    body: { results: [row], count: 1, next: null, previous: null },
    times: 0,
  });
  const completed = answers('statuses', {
    status: 'Completed',
    statusDate: '2020-01-01T00:00:00Z',
    statusReason: null,
  });
  const computing = answers('runs', {
    id: '1',
    displayOrder: 1,
    type: 3,
    dateStarted: '2020-01-01T00:00:00Z',
    dateCompleted: null,
    variables: [],
  });

  it('stops what computes, though the job’s status says that it is over', async () => {
    place.simulator.setFaults([completed]);
    (await stop()).should.containEql({ requested: true, confirmed: false });
    place.requests(STOPS).should.eql(['POST /jobs/calc/stop/']);
  });

  it('confirms that nothing computes any more, where the status says so in vain', async () => {
    place.simulator.setFaults([completed]);
    const { requested, confirmed } = await stop({ confirm: true });
    [requested, confirmed].should.eql([true, true]);
    const page = await place.client.listRuns('calc').next();
    (page.value as { rows: Run[] }).rows.every((run) => run.dateCompleted).should.be.true();
    place.simulator.setFaults([completed, computing]);
    (await failureOf(stop({ confirm: true, deadline: 20_000 }))).key.should.equal('stop-job-deadline');
  });

  it('waits no longer for a run that gets no end, once the job is over since the stop', async () => {
    place.simulator.setFaults([computing]);
    (await stop({ confirm: true })).should.containEql({ requested: true, confirmed: true });
  });

  it('says why, where a stop is refused while a run computes in a job that is called over', async () => {
    place.simulator.setFaults([
      completed,
      { method: 'POST', path: '/stop/$', status: 400, body: { detail: 'Not now.' } },
    ]);
    (await failureOf(stop())).message.should.match(/Not now/);
  });

  it('is not seen to have worked by an end date that has not come yet', async () => {
    const own = await runsOnSimulator();
    try {
      own.simulator.createJob({ id: 'calc', runs: [{ duration: null }] });
      own.simulator.setFaults([
        { method: 'GET', path: '/statuses/$', status: 403, body: { detail: 'No.' }, times: 0 },
        { method: 'GET', path: '/runs/$', oddRows: { kind: 'end-in-2099' }, times: 0 },
      ]);
      const sent = stopJob(own.client, { ...request, confirm: true, deadline: 20_000 }, own.work());
      (await failureOf(sent)).code.should.equal('RESCALE_DEADLINE');
      own.requests(STOPS).should.eql(['POST /jobs/calc/stop/']);
      requestedStops(own.client).has('calc', '1', null).should.be.true();
    } finally {
      await own.close();
    }
  });

  it('is sent whatever is said to the reads before it, and its end is seen by the runs', async () => {
    for (const status of [404, 403, 400]) {
      const own = await runsOnSimulator();
      try {
        own.simulator.createJob({ id: 'calc', runs: [{ duration: null }, { duration: null }] });
        own.simulator.setFaults([
          { method: 'GET', path: '/statuses/$', status, body: { detail: 'No.' }, times: 0 },
        ]);
        const done = await stopJob(own.client, { ...request, confirm: true }, own.work());
        done.should.containEql({ requested: true, confirmed: true, status: null });
        own.requests(STOPS).should.eql(['POST /jobs/calc/stop/']);
      } finally {
        await own.close();
      }
    }
  });
});

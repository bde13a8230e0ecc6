import 'should';
import { outcomeReader, readRunOutcome } from '../../src/runs/evidence/run-outcome';
import { noteStop } from '../../src/runs/evidence/sent-stop';
import { fakePlatform, type FakeJob, type FakePlatform } from './fake-platform';
import { virtualClock, type VirtualClock } from './virtual-clock';

const MINUTE = 60_000;

describe('A run that goes on under its id with its old start', () => {
  let clock: VirtualClock;
  let platform: FakePlatform;
  let job: FakeJob;

  beforeEach(async () => {
    clock = virtualClock();
    platform = fakePlatform(clock);
    job = platform.addJob('sweep', 1);
    platform.start(job, '1');
    await clock.advance(MINUTE);
  });

  /** As get run and as list runs say it. */
  const readers = {
    'get run': async () => readRunOutcome(platform.client, { jobId: 'sweep', runId: '1' }, {}),
    'list runs': async () => {
      const endings = await outcomeReader(platform.client, 'sweep', {})(job.runs);
      return endings.get('1')!;
    },
  };
  const end = async (exitCode: number) => {
    platform.end(job, '1', exitCode);
    await clock.advance(1_500);
    job.logsUploaded = new Date(clock.now()).toISOString();
    await clock.advance(MINUTE);
  };
  const begin = async () => {
    job.runs[0]!.dateCompleted = null;
    platform.setStatus(job, 'Executing');
    await clock.advance(MINUTE);
  };

  for (const [name, read] of Object.entries(readers)) {
    describe(`for ${name}`, () => {
      it('is not told by the log of its first end, but by its own once that is there', async () => {
        await end(0);
        (await read()).outcome!.result.should.equal('succeeded');
        await begin();
        (await read()).should.have.properties({ state: 'running', outcome: null });
        platform.end(job, '1');
        (await read()).outcome!.result.should.equal('unknown');
        await end(3);
        (await read()).outcome!.reason.should.equal('exited with code 3');
      });

      it('is not condemned by what the statuses said of its first end', async () => {
        platform.setStatus(job, 'Stopping', 'A run failed');
        await end(1);
        platform.setStatus(job, 'Completed');
        (await read()).outcome!.result.should.equal('failed');
        await begin();
        await end(0);
        (await read()).outcome!.result.should.equal('succeeded');
      });

      it('is not ended while the statuses are behind', async () => {
        await end(0);
        platform.setStatus(job, 'Completed', 'Completed successfully');
        await clock.advance(MINUTE);
        (await read()).outcome!.result.should.equal('succeeded');
        await clock.advance(MINUTE);
        job.runs[0]!.dateCompleted = null;
        (await read()).should.have.properties({ state: 'running', outcome: null });
        platform.setStatus(job, 'Completed', 'User Terminated');
        (await read()).should.have.property('state', 'ended');
      });

      it('was not stopped by a stop that its first end answered, and is by one of its own', async () => {
        await noteStop(platform.client, 'sweep', job.runs, { clock });
        await end(143);
        (await read()).outcome!.result.should.equal('stopped');
        await begin();
        await end(7);
        (await read()).outcome!.reason.should.equal('exited with code 7');
        await begin();
        await noteStop(platform.client, 'sweep', job.runs, { clock });
        await end(143);
        (await read()).outcome!.result.should.equal('stopped');
      });
    });
  }
});

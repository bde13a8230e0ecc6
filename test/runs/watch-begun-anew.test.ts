import 'should';
import type { FakeJob } from './fake-platform';
import { clock, MINUTE, newForEach, platform, pollAnew, SECOND, watch } from './watch-setup';

describe('A watch of a job that is begun anew under its id, over a restart', () => {
  newForEach();

  const begin = (job: FakeJob) => {
    platform.setStatus(job, 'Executing');
    for (const run of job.runs) {
      Object.assign(run, { dateStarted: null, dateCompleted: null, outputFileCount: 0 });
      job.logs.delete(run.id);
      job.files.delete(run.id);
      platform.start(job, run.id);
    }
  };
  const end = async (job: FakeJob, exitCode: number) => {
    for (const { id } of job.runs) platform.end(job, id, exitCode);
    job.logsUploaded = new Date(clock.now()).toISOString();
    await clock.advance(2 * SECOND);
    platform.setStatus(job, 'Completed', exitCode === 0 ? 'Completed successfully' : 'A run failed');
  };

  const moments = [
    { begun: 'before', ended: 'before' },
    { begun: 'before', ended: 'meanwhile' },
    { begun: 'before', ended: 'after' },
    { begun: 'meanwhile', ended: 'meanwhile' },
    { begun: 'meanwhile', ended: 'after' },
    { begun: 'after', ended: 'after' },
  ];
  for (const { begun, ended } of moments) {
    for (const minutes of [1, 16, 40]) {
      for (const sees of [true, false]) {
        it(`tells each second end once, as it was: begun ${begun}, ended ${ended}, ${minutes} min each, ${sees ? 'looked at' : 'not looked at'}`, async () => {
          const job = platform.addJob('one', 2);
          let node = watch(['one'], { outcome: true });
          const pass = async (moment: string) => {
            if (sees) await node.watcher.check();
            if (begun === moment) begin(job);
            if (sees) await node.watcher.check();
            await clock.advance(minutes * MINUTE);
            if (ended === moment) await end(job, 3);
            await clock.advance(minutes * MINUTE);
          };
          for (const { id } of job.runs) platform.start(job, id);
          await clock.advance(MINUTE);
          await end(job, 0);
          await clock.advance(5 * MINUTE);
          node
            .told()
            .filter((told) => told.startsWith('job'))
            .should.eql(['job one']);
          const events = node.events;
          events.length = 0;

          await pass('before');
          await node.watcher.stop();
          pollAnew();
          if (begun === 'meanwhile') begin(job);
          await clock.advance(minutes * MINUTE);
          if (ended === 'meanwhile') await end(job, 3);
          await clock.advance(minutes * MINUTE);
          node = watch(['one'], { outcome: true, process: 'second' });
          await clock.advance(SECOND);
          await pass('after');
          await clock.advance(60 * MINUTE);

          events.push(...node.events);
          const ends = events.filter(({ event }) => event === 'completed' || event === 'job');
          ends
            .map(({ event, runId, outcome }) => `${event} ${runId ?? ''} ${outcome!.result}`)
            .sort()
            .should.eql(['completed 1 failed', 'completed 2 failed', 'job  failed']);
        });
      }
    }
  }
});

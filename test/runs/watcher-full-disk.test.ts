import 'should';
import {
  MINUTE,
  SECOND,
  clock,
  leaveClock,
  newForEach,
  platform,
  pollAnew,
  running,
  restart,
  store,
  watch,
} from './watch-setup';
import type { WatchOptions } from '../../src/runs/watch/watcher';

/** The disk has no room when the watch begins, and no news gives it a reason to write later. */
describe('A watch whose disk was full', () => {
  newForEach();

  const begin = async (more: Partial<WatchOptions> = {}) => {
    const job = platform.addJob('one', 2);
    store.fail = true;
    const node = watch(['one'], more);
    await clock.advance(SECOND);
    node.overview!.stored.should.be.false();
    return { job, node };
  };

  const late = ({ events }: Awaited<ReturnType<typeof begin>>['node']) =>
    events.filter((event) => event.late).map(({ event, runId }) => `${event} ${runId}`);

  it('is kept a minute after there is room, so that after a kill it tells what ended meanwhile', async () => {
    const { job, node } = await begin();
    await clock.advance(10 * SECOND);
    store.fail = false;
    await clock.advance(MINUTE);
    node.overview!.stored.should.be.true();
    node.notices.map(({ notice }) => notice).should.eql(['not-durable']);
    node.kill();
    running.length = 0;
    leaveClock();
    pollAnew();
    platform.end(job, '1');
    const next = watch(['one'], { process: 'second', clock });
    await clock.advance(SECOND);
    late(next).should.containEql('completed 1');
  });

  it('is kept when it is closed', async () => {
    const { job, node } = await begin();
    store.fail = false;
    await node.watcher.stop();
    platform.end(job, '1');
    const next = await restart(node, { process: 'second' });
    await clock.advance(SECOND);
    late(next).should.containEql('completed 1');
  });

  it('goes on after a deploy that came before there was room', async () => {
    const { job, node } = await begin({ store });
    await node.watcher.stop();
    platform.end(job, '1');
    const next = await restart(node, { store });
    await clock.advance(SECOND);
    next.told().should.eql(['started one/1', 'completed one/1']);
    store.fail = false;
    await clock.advance(MINUTE);
    next.overview!.stored.should.be.true();
    (await store.keys()).should.eql(['watch', 'job:one']);
  });

  it('forgets a job in the end that could not be removed', async () => {
    platform.addJob('one', 1);
    let broken = true;
    const disk = {
      ...store,
      remove: (key: string) => (broken ? Promise.reject(new Error('EIO: i/o error')) : store.remove(key)),
    };
    const node = watch(['one'], { store: disk });
    await clock.advance(SECOND);
    await node.watcher.unwatch('one');
    node.overview!.stored.should.be.false();
    broken = false;
    await clock.advance(MINUTE);
    node.overview!.stored.should.be.true();
    (await store.keys()).should.eql(['watch']);
  });
});

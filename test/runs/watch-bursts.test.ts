import 'should';
import type { WatchEventKind } from '../../src/runs/watch/watch-event';
import type { FakeJob } from './fake-platform';
import {
  clock,
  leaveClock,
  MINUTE,
  newForEach,
  platform,
  pollAnew,
  restart,
  running,
  SECOND,
  watch,
} from './watch-setup';

const RUNS = 1_000;
const iso = (at: number) => new Date(at).toISOString();
const numbered = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `completed sweep/${first + index}`);

describe('Watch of a job of which many runs end between two looks', () => {
  newForEach();

  const endOnly = new Set<WatchEventKind>(['completed', 'job']);

  /** All compute when the watch begins, and have ended, one after the other, at its second look. */
  async function sweep(events: ReadonlySet<WatchEventKind>) {
    const job = platform.addJob('sweep', RUNS);
    for (const run of job.runs) run.dateStarted = iso(clock.now());
    const node = watch(['sweep'], { events });
    await clock.advance(31 * SECOND);
    return { job, node };
  }

  /** What a watch that was killed has left is taken up by a process that begins. */
  async function nextProcess(killed: ReturnType<typeof watch>, events: ReadonlySet<WatchEventKind>) {
    running.splice(running.indexOf(killed), 1);
    leaveClock();
    pollAnew();
    const next = watch(['sweep'], { events, process: 'second' });
    await clock.advance(MINUTE);
    await untilQuiet(() => next.events.length);
    return next;
  }

  /** In another order than they are listed. */
  function endAll(job: FakeJob): void {
    for (const run of job.runs) run.dateCompleted = iso(clock.now() + SECOND * Number(run.id));
    job.runs.reverse();
    job.runs.forEach((run, index) => (run.displayOrder = index));
    platform.setStatus(job, 'Completed', 'Completed successfully');
  }

  /** Until nothing more comes. */
  async function untilQuiet(events: () => number): Promise<void> {
    for (let before = -1; before !== events();) {
      before = events();
      await clock.advance(31 * SECOND);
    }
  }

  it('tells them in order, and lets others have their turn meanwhile', async () => {
    const { job, node } = await sweep(endOnly);
    const inOneTurn: number[] = [];
    let turn: NodeJS.Immediate | null = null;
    node.onSent = () => {
      turn ??= setImmediate(() => {
        turn = null;
        inOneTurn.push(0);
      });
      inOneTurn.push((inOneTurn.pop() ?? 0) + 1);
    };
    endAll(job);
    await untilQuiet(() => node.events.length);
    node.told().should.eql([...numbered(1, RUNS), 'job sweep']);
    Math.max(...inOneTurn).should.be.below(300);
    node.events.every(({ late, redelivered }) => !late && !redelivered).should.be.true();
    node.events.at(-1)!.progress.should.eql({ total: RUNS, pending: 0, running: 0, completed: RUNS });
  });

  it('goes on after a deploy in the middle, as if there had been none', async () => {
    const { job, node } = await sweep(endOnly);
    const stopping: Promise<void>[] = [];
    node.onSent = () => {
      if (node.events.length === 300) stopping.push(node.watcher.stop());
    };
    endAll(job);
    await clock.advance(31 * SECOND);
    await Promise.all(stopping);
    const found = node.events[0]!.detectedAt;
    const next = await restart(node);
    await clock.advance(MINUTE);
    await untilQuiet(() => next.events.length);
    const all = [...node.events, ...next.events];
    all
      .map(({ runId }) => runId)
      .should.eql([...Array.from({ length: RUNS }, (_, index) => String(index + 1)), null]);
    const runs = all.filter(({ event }) => event === 'completed');
    runs.every(({ late, detectedAt }) => !late && detectedAt === found).should.be.true();
    // Those that stood in the outbox may have been sent before.
    next.events.filter(({ redelivered }) => redelivered).length.should.be.below(250);
  });

  it('loses none in a kill, and repeats none but those that were just being sent', async () => {
    const { job, node } = await sweep(endOnly);
    node.onSent = () => {
      if (node.events.length === 300) node.kill();
    };
    endAll(job);
    await clock.advance(31 * SECOND);
    node.events.length.should.equal(300);
    const next = await nextProcess(node, endOnly);
    const told = new Set(node.events.map(({ eventId }) => eventId));
    const again = next.events.filter(({ eventId }) => told.has(eventId));
    again.length.should.be.within(1, 250);
    again.every(({ redelivered }) => redelivered).should.be.true();
    for (const { eventId } of next.events) told.add(eventId);
    told.size.should.equal(RUNS + 1);
    next.told().at(-1)!.should.equal('job sweep');
    // They were seen before the kill.
    const ends = next.events.filter(({ event }) => event === 'completed');
    ends.every(({ late }) => !late).should.be.true();
  });

  it('tells after a kill that runs have started, also where their ends are not wanted', async () => {
    const wanted = new Set<WatchEventKind>(['started']);
    const job = platform.addJob('sweep', RUNS);
    const node = watch(['sweep'], { events: wanted });
    await clock.advance(31 * SECOND);
    node.onSent = () => {
      if (node.events.length === 300) node.kill();
    };
    for (const run of job.runs) run.dateStarted = iso(clock.now());
    endAll(job);
    await clock.advance(31 * SECOND);
    const next = await nextProcess(node, wanted);
    new Set([...node.events, ...next.events].map(({ runId }) => runId)).size.should.equal(RUNS);
  });

  it('tells nothing more after a reset in the middle', async () => {
    const { job, node } = await sweep(endOnly);
    node.onSent = () => {
      if (node.events.length === 300) void node.watcher.reset();
    };
    endAll(job);
    await clock.advance(31 * SECOND);
    await untilQuiet(() => node.events.length);
    node.events.length.should.be.belowOrEqual(500);
    node.events.some(({ event }) => event === 'job').should.be.false();
  });
});

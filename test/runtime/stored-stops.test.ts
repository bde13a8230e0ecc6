import 'should';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBudget } from '../../src/api/limits/create-budget';
import { systemClock } from '../../src/api/time/clock';
import { requestedStops } from '../../src/runs/evidence/requested-stops';
import { storeStops } from '../../src/runtime/platform/stored-stops';
import { virtualClock } from '../runs/virtual-clock';

const ORIGIN = 'https://platform.rescale.com';
const DAY = 24 * 3_600_000;

describe('stops that were asked for', () => {
  let userDir: string;
  let now: number;
  const processes: AbortController[] = [];

  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'stops-'));
    now = Date.now();
  });
  afterEach(async () => {
    for (const one of processes.splice(0)) one.abort();
    await rm(userDir, { recursive: true, force: true });
  });

  /** A platform node of a Node-RED that has just started: it remembers nothing but what is on disk. */
  async function start(
    origin = ORIGIN,
    clock = { ...systemClock, now: () => now },
    budget = createBudget({ rate: 0 }),
  ) {
    const closing = new AbortController();
    processes.push(closing);
    const warnings: string[] = [];
    const host = {
      settings: { userDir },
      clock,
      signal: closing.signal,
      handedOver: closing.signal,
      warn: ({ key }: { key: string }) => void warnings.push(key),
      background: (task: (signal: AbortSignal) => Promise<void>) => void task(closing.signal),
    };
    await storeStops(host, origin, budget);
    return { stops: requestedStops({ budget }), warnings, close: () => closing.abort() };
  }
  const jobsOnDisk = async () => {
    const names = await readdir(join(userDir, 'rescale', 'requested-stops'));
    return new Set(names.map((name) => name.split('.')[0])).size;
  };

  it('are known after a restart, and of this platform alone', async () => {
    const before = await start();
    await before.stops.note('sweep', [{ id: '3' }, { id: '7' }], now);
    await before.stops.note('other', [{ id: '1' }], now);
    const after = await start();
    ['3', '7', '8'].map((runId) => after.stops.has('sweep', runId, null)).should.eql([true, true, false]);
    after.stops.has('other', '1', null).should.be.true();
    (await start('https://eu.rescale.com')).stops.has('sweep', '3', null).should.be.false();
    after.warnings.should.eql([]);
  });

  it('are in doubt after a restart that came before their answer', async () => {
    const { stops } = await start();
    await stops.note(
      'sweep',
      [{ id: '1', dateStarted: new Date(now - DAY).toISOString() }, { id: '2' }],
      now,
    );
    stops.arrived('sweep', ['2'], now);
    const doubts = (ledger: typeof stops) =>
      ['1', '2'].map((runId) => ledger.evidence('sweep', runId, null).stopDoubtful);
    doubts(stops).should.eql([false, false]);
    await stops.note('sweep', [{ id: '3' }], now);
    const after = await start();
    doubts(after.stops).should.eql([true, false]);
    after.warnings.should.eql([]);
  });

  it('add up over restarts, and are gone where the platform refused', async () => {
    const first = await start();
    await first.stops.note('sweep', [{ id: '1' }], now);
    first.close();
    const second = await start();
    await second.stops.note('sweep', [{ id: '2' }], now);
    second.stops.forget('sweep', '1');
    await second.stops.note('other', [{ id: '1' }], now);
    second.stops.forget('other', '1');
    await second.stops.note('last', [{ id: '1' }], now);
    second.close();
    const third = await start();
    ['1', '2'].map((runId) => third.stops.has('sweep', runId, null)).should.eql([false, true]);
    third.stops.has('other', '1', null).should.be.false();
  });

  it('do not speak of a run that began anew long after', async () => {
    const { stops } = await start();
    await stops.note('sweep', [{ id: '1' }], now);
    const startedAfter = (span: number) => ({ dateStarted: new Date(now + span).toISOString() });
    stops.has('sweep', '1', startedAfter(-DAY)).should.be.true();
    stops.has('sweep', '1', startedAfter(60_000)).should.be.true();
    stops.has('sweep', '1', { dateStarted: null }).should.be.true();
    stops.has('sweep', '1', startedAfter(3_600_000)).should.be.false();
  });

  it('are kept for thirty days', async () => {
    const { stops } = await start();
    await stops.note('old', [{ id: '1' }], now - 31 * DAY);
    await stops.note('recent', [{ id: '1' }], now - 29 * DAY);
    const later = await start();
    later.stops.has('recent', '1', null).should.be.true();
    while ((await jobsOnDisk()) > 1) await new Promise((next) => setTimeout(next, 5));
    const last = await start();
    last.stops.has('old', '1', null).should.be.false();
    last.stops.has('recent', '1', null).should.be.true();
  });

  it('outlive a start with a clock that is a year ahead', async () => {
    const { stops } = await start();
    await stops.note('sweep', [{ id: '1' }], now - 365 * DAY);
    await stops.note('other', [{ id: '1' }], now - 366 * DAY);
    await start();
    // Items are removed one after the other, so a third start would miss one of them at least.
    const last = await start();
    for (const jobId of ['sweep', 'other']) last.stops.has(jobId, '1', null).should.be.true();
    (await jobsOnDisk()).should.equal(2);
  });

  it('are told to the user where they can’t be written, and known all the same', async () => {
    await writeFile(join(userDir, 'rescale'), 'a file in place of the folder');
    const { stops, warnings } = await start();
    await stops.note('sweep', [{ id: '1' }], now);
    stops.has('sweep', '1', null).should.be.true();
    warnings.should.containEql('state-not-stored');
  });

  it('are written when the disk has room again, as they are by then, and not when they are of no use any more', async () => {
    const folder = join(userDir, 'rescale');
    await writeFile(folder, 'a file in place of the folder');
    const clock = virtualClock(now);
    const { stops } = await start(ORIGIN, clock);
    await stops.note('sweep', [{ id: '1' }], now);
    await stops.note('sweep', [{ id: '2' }], now);
    await stops.note('refused', [{ id: '1' }], now);
    stops.forget('refused', '1');
    await rm(folder);
    await clock.advance(5_000);
    while ((await jobsOnDisk().catch(() => 0)) < 1) await new Promise((next) => setTimeout(next, 5));
    await clock.advance(600_000);
    const after = await start();
    ['1', '2'].map((runId) => after.stops.has('sweep', runId, null)).should.eql([true, true]);
    after.stops.has('refused', '1', null).should.be.false();
    clock.timers.should.equal(0);
  });

  it('are written when the platform node closes and there is room by then', async () => {
    const folder = join(userDir, 'rescale');
    await writeFile(folder, 'a file in place of the folder');
    const { stops, close } = await start(ORIGIN, virtualClock(now));
    await stops.note('sweep', [{ id: '1' }], now);
    await rm(folder);
    close();
    for (let look = 0; look < 200 && (await jobsOnDisk().catch(() => 0)) < 1; look += 1)
      await new Promise((next) => setTimeout(next, 5));
    (await start()).stops.has('sweep', '1', null).should.be.true();
  });

  it('are written by the platform node of the next deploy, where the disk had no room for them before', async () => {
    const folder = join(userDir, 'rescale');
    await writeFile(folder, 'a file in place of the folder');
    // A deploy leaves what is known in this process.
    const budget = createBudget({ rate: 0 });
    const before = await start(ORIGIN, virtualClock(now), budget);
    await before.stops.note('sweep', [{ id: '1' }], now);
    before.close();
    // It tries for the last time.
    await new Promise((next) => setTimeout(next, 100));
    const clock = virtualClock(now);
    await start(ORIGIN, clock, budget);
    await rm(folder);
    while ((await jobsOnDisk().catch(() => 0)) < 1) {
      await clock.advance(5_000);
      await new Promise((next) => setTimeout(next, 5));
    }
    (await start()).stops.has('sweep', '1', null).should.be.true();
  });
});

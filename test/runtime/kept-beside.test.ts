import 'should';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBudget } from '../../src/api/limits/create-budget';
import type { ErrorText } from '../../src/api/errors/errors';
import { requestedStops } from '../../src/runs/evidence/requested-stops';
import { createDurableStreams } from '../../src/runtime/monitor/durable-streams';
import { storeStops } from '../../src/runtime/platform/stored-stops';
import { createJournals } from '../../src/runtime/state/journal';
import { stateFileName } from '../../src/runtime/state/state-file';
import { createFileStore } from '../../src/runtime/state/state-store';
import { virtualClock } from '../runs/virtual-clock';

const ORIGIN = 'https://platform.rescale.com';

describe('State that can’t be gone on from', () => {
  let userDir: string;
  let closing: AbortController;

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), 'kept-beside-'));
    closing = new AbortController();
  });
  afterEach(() => {
    closing.abort();
    rmSync(userDir, { recursive: true, force: true });
  });

  const unreadIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.unread'));

  describe('of stops', () => {
    const folder = () => join(userDir, 'rescale', 'requested-stops');
    const KEY = `stops:${ORIGIN} sweep`;

    async function start(clock = virtualClock(1_000_000)) {
      const warnings: ErrorText[] = [];
      const budget = createBudget({ rate: 0 });
      const background: Promise<void>[] = [];
      const host = {
        settings: { userDir },
        clock,
        signal: closing.signal,
        handedOver: closing.signal,
        warn: (sentence: ErrorText) => void warnings.push(sentence),
        background: (task: (signal: AbortSignal) => Promise<void>) =>
          void background.push(task(closing.signal)),
      };
      await storeStops(host, ORIGIN, budget);
      return { stops: requestedStops({ budget }), warnings, clock };
    }
    /** Another Node-RED, another process. */
    const restart = () => {
      closing.abort();
      closing = new AbortController();
      return start();
    };
    const stopped = { later: { version: 9, origin: ORIGIN, jobId: 'sweep', everyStop: ['7'] }, damaged: 7 };
    for (const [what, stored] of Object.entries(stopped)) {
      it(`and is ${what} is kept beside, and told once, when the same job is stopped again`, async () => {
        await createFileStore(folder()).write(KEY, stored);
        const { stops, warnings } = await start();
        await stops.note('sweep', [{ id: '3' }], 1_000_000);
        warnings.map(({ key }) => key).should.eql(['state-unreadable']);
        const [first] = unreadIn(folder());
        JSON.parse(readFileSync(join(folder(), first!), 'utf8')).value.should.eql(stored);
        const after = await restart();
        after.stops.has('sweep', '3', null).should.be.true();
        after.warnings.should.be.empty();
      });
    }

    it('because a folder is in its place is told, and completed by what was there when that has gone', async () => {
      const store = createFileStore(folder());
      await store.write(KEY, { origin: ORIGIN, jobId: 'sweep', stops: { 7: 999_000 } });
      await store.write(`stops:${ORIGIN} other`, { origin: ORIGIN, jobId: 'other', stops: { 1: 999_000 } });
      const file = join(folder(), stateFileName(KEY));
      renameSync(file, join(userDir, 'aside'));
      rmSync(`${file}.last`);
      mkdirSync(file);
      const { stops, warnings, clock } = await start();
      stops.has('other', '1', null).should.be.true();
      await stops.note('sweep', [{ id: '3' }], 1_000_000);
      warnings.map(({ key }) => key).should.eql(['state-unread', 'state-not-stored']);
      for (const { values } of warnings)
        JSON.stringify(values).should.containEql(file).and.containEql('disk-no-file');
      rmdirSync(file);
      renameSync(join(userDir, 'aside'), file);
      while (!/"3":/.test(readFileSync(file, 'utf8')) || !/"7":/.test(readFileSync(file, 'utf8'))) {
        await clock.advance(5_000);
        await new Promise((next) => setTimeout(next, 5));
      }
      const after = await restart();
      ['3', '7'].map((runId) => after.stops.has('sweep', runId, null)).should.eql([true, true]);
      unreadIn(folder()).should.be.empty();
    });

    it('of which both copies were cut is kept beside as well', async () => {
      await createFileStore(folder()).write(KEY, { origin: ORIGIN, jobId: 'sweep', stops: { 7: 1_000_000 } });
      for (const name of readdirSync(folder())) writeFileSync(join(folder(), name), '{"key":"stops:');
      const { stops, warnings } = await start();
      await stops.note('sweep', [{ id: '3' }], 1_000_000);
      warnings.map(({ key }) => key).should.eql(['state-unreadable']);
      unreadIn(folder()).length.should.equal(2);
      (await restart()).stops.has('sweep', '3', null).should.be.true();
    });
  });

  describe('of a log', () => {
    const name = { platform: 'p', jobId: 'sweep', runId: '1', path: 'log' };
    const KEY = 'p\nsweep\n1\nlog';
    const about = { name, message: '', reader: '' };
    const event = {
      kind: 'lines',
      at: 0,
      text: 'Time = 1\n',
      seq: 1,
      lines: 1,
      gap: false,
      mark: 'a',
    } as const;

    function start() {
      const told: string[] = [];
      const journals = createJournals(userDir);
      const streams = createDurableStreams(journals, { reader: {}, judge: {}, keep: 100 } as never, {
        clock: virtualClock(),
        warn: ({ key }) => void told.push(key),
        report: (error) => void told.push((error as Error).message),
        trouble() {},
        showUnread() {},
        background: (task) => void task(closing.signal),
      });
      return { journals, streams, told };
    }

    it('that a later version began is kept beside, told, and judged anew from what is still to be told', () => {
      const { journals, streams } = start();
      const journal = journals.create(KEY);
      journal.append({ about, version: 99 });
      journal.append({ event });
      journal.append({ sent: 1 });
      journal.close();
      const before = readFileSync(join(userDir, readdirSync(userDir)[0]!), 'utf8');
      const after = start();
      const found = after.streams.find(KEY)!;
      found.unsent
        .map(({ event: { kind }, known }) => ({ kind, known }))
        .should.eql([{ kind: 'lines', known: false }]);
      after.told.length.should.equal(1);
      after.told[0]!.should.containEql('log (sweep/1)').and.containEql('.unread');
      readFileSync(join(userDir, unreadIn(userDir)[0]!), 'utf8').should.equal(before);
      found.close();
      // It is this version's now.
      const last = start();
      last.streams.find(KEY)!.unsent.length.should.equal(1);
      last.told.should.be.empty();
      streams.keys().should.eql({ keys: [KEY], all: true });
    });

    for (const [what, whole] of Object.entries({
      later: { version: 99 },
      damaged: { version: 2, about: 7 },
    })) {
      it(`whose whole is ${what} is kept beside and told`, async () => {
        const journal = createJournals(userDir).create(KEY);
        await journal.compact(whole);
        journal.close();
        const { streams, told } = start();
        (streams.find(KEY) === null).should.be.true();
        told.length.should.equal(1);
        unreadIn(userDir).length.should.equal(1);
        const begun = streams.create(KEY, about);
        begun.note(event).stored.should.be.true();
        begun.close();
        start().streams.find(KEY)!.unsent.length.should.equal(1);
      });
    }

    it('of which nothing says what it is of is kept beside when that log begins anew', () => {
      createJournals(userDir).create(KEY).append({ about });
      const [file] = readdirSync(userDir);
      writeFileSync(join(userDir, file!), '\n{"n":1,"entry":{"about":{"na');
      const { streams, told } = start();
      streams.keys().keys.should.be.empty();
      streams.create(KEY, about).note(event).stored.should.be.true();
      told.length.should.equal(2);
      told[0]!.should.equal('log-unreadable');
      told[1]!.should.containEql('log (sweep/1)');
      readFileSync(join(userDir, unreadIn(userDir)[0]!), 'utf8').should.containEql('{"na');
      start()
        .streams.keys()
        .should.eql({ keys: [KEY], all: true });
    });
  });
});

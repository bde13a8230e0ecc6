import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'should';
import type { LocalHost, Message, Result } from '../../src/runtime/definition/definition';
import { readStored } from '../../src/runs/tasks/stored-format';
import { createLogStreams } from '../../src/runtime/monitor/log-streams';
import type { MonitorValues } from '../../src/runtime/monitor/monitor-fields';
import { streamFormat } from '../../src/runtime/monitor/stream-events';
import { createJournals } from '../../src/runtime/state/journal';
import { foamLog } from '../support/logs/foam-log';
import { virtualClock } from '../runs/virtual-clock';

const MINUTE = 60_000;

describe('The silence of a log over deploys and restarts', () => {
  let folder: string;
  let clock: ReturnType<typeof virtualClock>;
  let closing: AbortController;
  let streams: ReturnType<typeof createLogStreams>;
  let sent: Result[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'silence-'));
    clock = virtualClock();
    sent = [];
  });
  afterEach(async () => {
    end();
    await clock.advance(0);
    await rm(folder, { recursive: true, force: true });
  });

  const values: MonitorValues = {
    solver: 'openfoam',
    ...{ series: '', fields: '', monitor: '', patterns: [], limits: [], tolerance: null },
    emit: 'rows',
    ...{ keep: 100, hold: 10, monitorTolerance: 0.02, window: 100, warmUp: 20, confirm: 3 },
    kind: 'auto',
    verdicts: ['silent'],
    silence: 15,
    durable: true,
  };

  /** As a node that has just been made. */
  async function start(): Promise<void> {
    closing = new AbortController();
    const { signal } = closing;
    const host = {
      clock,
      signal,
      warn() {},
      trouble() {},
      showUnread() {},
      show() {},
      read: (name: keyof MonitorValues) => Promise.resolve(values[name]),
      background: (task: (signal: AbortSignal) => unknown) => void task(signal),
      sending: () => () => Promise.resolve(true),
      send: (result: Result) => Promise.resolve(void sent.push(result)),
    } as unknown as LocalHost<MonitorValues>;
    const journals = createJournals(folder);
    streams = createLogStreams(host, () => journals);
    await streams.takeUp(values);
    void streams.listen(values, signal).catch(() => undefined);
    await clock.advance(0);
  }

  function end(): void {
    closing.abort();
    streams.close();
  }

  /** Node-RED ends and starts so much later (ms), or at once; its clocks begin anew then. */
  async function restart(down: number): Promise<void> {
    end();
    await clock.advance(0);
    if (down > 0) clock = virtualClock(clock.now() + down);
    await start();
  }

  const log = foamLog({ steps: 40, end: '' }).replace(/\n$/, '').split('\n');
  const perPiece = Math.floor(log.length / 20);
  async function give(piece: number): Promise<void> {
    const payload = log.slice(piece * perPiece, (piece + 1) * perPiece);
    const follow = { seq: piece * perPiece + 1, lines: payload.length, gap: null };
    const message = {
      payload,
      jobId: 'j',
      runId: '1',
      path: 'log',
      rescale: { follow },
    } as unknown as Message;
    const context = {
      message,
      fields: values,
      clock,
      signal: closing.signal,
      keep: (begin: () => unknown) => Promise.resolve(Boolean(begin())),
    } as unknown as Parameters<typeof streams.take>[0];
    for await (const result of streams.take(context)) void result;
  }
  const told = () => sent.map(({ set }) => set?.['topic']);
  const minutes = () => (sent.at(-1)!.payload as { values: { minutes: number } }).values.minutes;

  it('goes on over a deploy, and is told once', async () => {
    await start();
    await give(0);
    for (let deploy = 0; deploy < 3; deploy += 1) {
      await clock.advance(4 * MINUTE);
      await restart(0);
    }
    told().should.eql([]);
    await clock.advance(4 * MINUTE);
    told().should.eql(['run/silent']);
    minutes().should.equal(15);
    await restart(0);
    await clock.advance(60 * MINUTE);
    told().should.eql(['run/silent']);
  });

  for (const [how, set] of [
    ['ahead', () => clock.setAhead(120 * MINUTE)],
    ['back', () => clock.setBack(120 * MINUTE)],
  ] as const) {
    it(`is no other where the clock was set ${how} before a deploy`, async () => {
      await start();
      await give(0);
      await clock.advance(4 * MINUTE);
      set();
      for (let deploy = 0; deploy < 2; deploy += 1) await restart(0);
      await clock.advance(10 * MINUTE);
      told().should.eql([]);
      await clock.advance(2 * MINUTE);
      told().should.eql(['run/silent']);
      minutes().should.equal(15);
    });
  }

  it('counts the time that Node-RED was down, and waits until the log can have been looked at', async () => {
    await start();
    await give(0);
    await clock.advance(MINUTE);
    await restart(180 * MINUTE);
    await clock.advance(1.5 * MINUTE);
    told().should.eql([]);
    await clock.advance(MINUTE);
    told().should.eql(['run/silent']);
    minutes().should.be.within(182, 184);
  });

  it('is none where lines come after a long time without Node-RED', async () => {
    await start();
    await give(0);
    await restart(180 * MINUTE);
    await clock.advance(MINUTE);
    await give(1);
    await clock.advance(14 * MINUTE);
    told().should.eql([]);
    await clock.advance(2 * MINUTE);
    told().should.eql(['run/silent']);
    minutes().should.equal(15);
  });

  it('is counted from ten usual pauses of the log, which a restart does not forget', async () => {
    await start();
    for (let piece = 0; piece < 6; piece += 1) {
      await give(piece);
      await clock.advance(5 * MINUTE);
    }
    await restart(10 * MINUTE);
    await clock.advance(30 * MINUTE);
    told().should.eql([]);
    await clock.advance(8 * MINUTE);
    told().should.eql(['run/silent']);
  });

  it('ends no log because Node-RED was down for long', async () => {
    await start();
    await give(0);
    await restart(8 * 24 * 60 * MINUTE);
    await clock.advance(MINUTE);
    await give(1);
    await clock.advance(16 * MINUTE);
    told().should.eql(['run/silent']);
  });

  it('begins anew where a version before has noted no date', () => {
    const name = { platform: 'p', jobId: 'j', runId: '1', path: 'log' };
    const before = {
      version: 1,
      about: { name, message: '', reader: '{}' },
      monitor: { version: 1 },
      next: 12,
      marks: [],
      rest: '',
      ...{ events: 3, sent: 3, silentTold: false },
    };
    const read = readStored(streamFormat, before);
    if (read.unreadable !== null) throw new Error(read.unreadable);
    read.value.should.have.properties({ next: 12, events: 3, arrivals: { heardAt: null, gaps: [] } });
    const damaged = { ...before, version: 2, arrivals: { heardAt: 'yesterday', gaps: [] } };
    readStored(streamFormat, damaged).should.eql({ unreadable: 'damaged' });
    readStored(streamFormat, { ...before, version: 3 }).should.eql({ unreadable: 'later' });
  });
});

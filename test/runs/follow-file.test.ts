import 'should';
import { startDeadline, type Deadline } from '../../src/runs/tasks/deadline';
import { followFile, type FollowBatch, type FollowEnd } from '../../src/runs/follow/follow-file';
import { startOfFollow, type FollowState } from '../../src/runs/follow/follow-state';
import type { Trouble } from '../../src/runs/run/job-reading';
import { failureOf, runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

const TAILS = /\/tail\//;

describe('following a file of a run', () => {
  let place: RunsOnSimulator;
  let ended: Set<string>;
  const request = { jobId: 'calc', runId: '1', path: 'shared/log', interval: 2_000, deadline: null };

  beforeEach(async () => {
    place = await runsOnSimulator();
    ended = new Set();
    place.simulator.createJob({ id: 'calc', runs: [{ duration: null }, { startsAt: null, duration: null }] });
  });
  afterEach(() => place.close());

  const append = (text: string, runId = '1') =>
    place.simulator.control('calc', { action: 'append', runId, path: 'shared/log', text });
  const endRun = (runId = '1') => {
    if (ended.has(runId)) return;
    ended.add(runId);
    place.simulator.control('calc', { action: 'end-run', runId });
  };

  /** Follows, and acts each time that a batch came; collects everything. */
  async function follow(
    changes: Partial<typeof request | { deadline: Deadline | null }> = {},
    on: (batches: FollowBatch[]) => void = () => undefined,
    state: FollowState = startOfFollow('start'),
    signal?: AbortSignal,
  ) {
    const batches: FollowBatch[] = [];
    const troubles: (Trouble | null)[] = [];
    const work = { ...place.work(signal), trouble: (trouble: Trouble | null) => troubles.push(trouble) };
    const following = followFile(place.client, { ...request, ...changes }, state, work);
    let end: FollowEnd | null = null;
    while (!end) {
      const next = await following.next();
      if (next.done) end = next.value;
      else {
        batches.push(next.value);
        on(batches);
      }
    }
    const lines = batches.flatMap((batch) => batch.lines);
    return { end, batches, lines, troubles, gaps: batches.filter(({ gap }) => gap), facts: work.facts };
  }

  /** Acts when so many requests of this kind have been made. */
  async function whenAsked(matching: RegExp, times: number, act: () => void): Promise<void> {
    const late = Date.now() + 10_000;
    while (place.requests(matching).length < times) {
      if (Date.now() > late) throw new Error(`${times} requests like ${matching} did not come`);
      await new Promise((next) => setTimeout(next, 5));
    }
    act();
  }

  it('hands on new lines only, numbered, to the last one of the finished file', async () => {
    append('one\ntwo\nthr');
    const { end, batches, lines, gaps } = await follow({}, ({ length }) => {
      if (length === 1) append('ee\nfour\n');
      if (length === 2) {
        append('five\nsix');
        endRun();
      }
    });
    lines.should.eql(['one', 'two', 'three', 'four', 'five', 'six']);
    gaps.should.be.empty();
    end.reason.should.equal('completed');
    end.state.delivered.should.equal(6);
    let seq = 1;
    for (const batch of batches) {
      batch.seq.should.equal(seq);
      seq += batch.lines.length;
    }
  });

  it('goes on after something that should not happen, and says so meanwhile', async () => {
    append('one\ntwo\n');
    endRun();
    const getRun = place.client.getRun.bind(place.client);
    let faults = 2;
    const faulty: typeof getRun = (...args) => {
      faults -= 1;
      return faults >= 0 ? Promise.reject(new TypeError('planted')) : getRun(...args);
    };
    Object.assign(place.client, { getRun: faulty });
    const { lines, end, troubles } = await follow();
    lines.should.eql(['one', 'two']);
    end.reason.should.equal('completed');
    const [first, , last] = troubles;
    first!.error.should.have.properties({ code: 'RESCALE_PROTOCOL', key: 'unexpected' });
    first!.error.message.should.containEql('planted');
    (last === null).should.be.true();
    troubles.length.should.equal(3);
  });

  it('waits for the run to start and for the file to be there', async () => {
    const following = follow({ runId: '2' });
    await whenAsked(/GET .*runs\/2\/$/, 2, () =>
      place.simulator.control('calc', { action: 'start-run', runId: '2' }),
    );
    await whenAsked(TAILS, 2, () => {
      append('first\nsecond\n', '2');
      endRun('2');
    });
    const { lines, facts } = await following;
    lines.should.eql(['first', 'second']);
    facts.map(({ doing }) => doing).should.containDeep(['awaiting-run', 'awaiting-file']);
  });

  it('finds the file in the working directory when its path is given as the output list shows it', async () => {
    append('one\ntwo\n');
    const { lines, end } = await follow({ path: 'log' }, (batches) => {
      if (batches.some((batch) => batch.lines.length > 0)) endRun();
    });
    lines.should.eql(['one', 'two']);
    end.state.path!.should.equal('shared/log');
  });

  it('reads a run that has ended already from its output file', async () => {
    append('one\n\ntwo');
    endRun();
    (await follow()).lines.should.eql(['one', '', 'two']);
    (await follow({}, undefined, startOfFollow('now'))).lines.should.be.empty();
  });

  it('passes over what is there when it starts now, but not what comes later', async () => {
    append('old\nolder\n');
    const following = follow({}, undefined, startOfFollow('now'));
    await whenAsked(TAILS, 1, () => undefined);
    await whenAsked(TAILS, 2, () => append('new\n'));
    endRun();
    (await following).lines.should.eql(['new']);
  });

  it('is not ended by bad answers, and tells of them', async () => {
    append('one\ntwo\n');
    place.simulator.setFaults([
      { path: 'tail', times: 2, status: 500 },
      { path: 'tail', status: 200, html: true },
      { path: 'tail', status: 401 },
    ]);
    const { lines, troubles, gaps } = await follow({}, () => endRun());
    lines.should.eql(['one', 'two']);
    gaps.should.be.empty();
    troubles.length.should.be.aboveOrEqual(3);
    troubles.map((trouble) => trouble?.error.code).should.containEql('RESCALE_AUTH');
    (troubles.at(-1) === null).should.be.true();
  });

  it('takes neither a notice nor a page of a gateway for the log', async () => {
    append('x\n'.repeat(150));
    const whole = 'tail/shared/log$';
    place.simulator.setFaults([
      { path: whole, skip: 1, status: 200, body: { detail: 'Not found.' } },
      { path: whole, skip: 1, status: 200, html: true },
    ]);
    const { lines, gaps } = await follow({}, (batches) => {
      if (batches.at(-1)!.lines.length > 0) endRun();
    });
    lines.should.eql(Array.from({ length: 150 }, () => 'x'));
    gaps.should.be.empty();
  });

  it('goes on where it stood after a restart, without a line twice', async () => {
    append('one\ntwo\nthree\n');
    const controller = new AbortController();
    let kept: FollowState = startOfFollow('start');
    await follow(
      {},
      (batches) => {
        kept = JSON.parse(JSON.stringify(batches.at(-1)!.state)) as FollowState;
        controller.abort();
      },
      kept,
      controller.signal,
    ).catch(() => undefined);
    kept.delivered.should.equal(2);
    append('four\n');
    const { lines, batches } = await follow({}, () => endRun(), kept);
    lines.should.eql(['three', 'four']);
    batches[0]!.seq.should.equal(3);
  });
  it('says that lines may be missing when the output file never comes', async () => {
    append('one\ntwo\n');
    const { gaps, lines } = await follow({}, ({ length }) => {
      if (length > 1) return;
      place.simulator.control('calc', { action: 'remove-file', runId: '1', path: 'shared/log' });
      endRun();
    });
    lines.should.eql(['one']);
    gaps.length.should.equal(1);
  });

  it('ends at its deadline, and when the run is not there at all', async () => {
    append('one\ntwo\n');
    const { end, lines } = await follow({ deadline: startDeadline(60_000, place.clock, place.client) });
    end.reason.should.equal('deadline');
    lines.should.eql(['one', 'two']);
    (await failureOf(follow({ jobId: 'nojob' }))).code.should.equal('RESCALE_NOT_FOUND');
  });

  it('costs one request a look, and reads the run now and then', async () => {
    append('one\n');
    const controller = new AbortController();
    const following = follow({}, undefined, startOfFollow('start'), controller.signal).catch(() => undefined);
    await whenAsked(TAILS, 24, () => controller.abort());
    await following;
    place.requests().length.should.be.below(24 * 1.5);
  });

  it('leaves a file that only ends like the path once that path is there, and says so', async () => {
    const elsewhere = (text: string) =>
      place.simulator.control('calc', { action: 'append', runId: '1', path: 'shared/tutorial/log', text });
    elsewhere('tutorial\n');
    let begun = false;
    const { lines, gaps } = await follow({ path: 'log' }, () => {
      if (!begun) append('one\ntwo\n');
      else endRun();
      begun = true;
    });
    lines.should.eql(['tutorial', 'one', 'two']);
    gaps.length.should.equal(1);
  });

  it('waits the file out while several others end like its path', async () => {
    for (const path of ['shared/a/log', 'shared/b/log'])
      place.simulator.control('calc', { action: 'append', runId: '1', path, text: 'another\n' });
    void whenAsked(/directory-contents/, 2, () => append('one\n'));
    const { lines, end } = await follow({ path: 'log' }, () => endRun());
    lines.should.eql(['one']);
    end.reason.should.equal('completed');
  });

  for (const from of ['start', 'now'] as const) {
    it(`takes no page of a gateway for the end of a log that it follows from ${from}`, async () => {
      append('one\ntwo\n');
      let over = false;
      void whenAsked(TAILS, 3, () => append('three\nfour\n'));
      const { lines, end } = await follow(
        {},
        (batches) => {
          if (over || !batches.some((batch) => batch.lines.includes('three'))) return;
          over = true;
          append('FATAL ERROR: the last words\n');
          place.simulator.setFaults([{ method: 'GET', path: '/contents/$', html: true, times: 2 }]);
          endRun();
        },
        startOfFollow(from),
      );
      end.reason.should.equal('completed');
      lines.slice(-3).should.eql(['three', 'four', 'FATAL ERROR: the last words']);
      new Set(lines).size.should.equal(lines.length);
    });
  }

  it('takes nothing of the very size of the finished log for it', async () => {
    append('one\ntwo\n');
    const last = 'FATAL ERROR: the last words\n';
    const body = '<html>'.padEnd(`one\ntwo\n${last}`.length);
    let over = false;
    const { lines, end } = await follow({}, () => {
      if (over) return;
      over = true;
      append(last);
      place.simulator.setFaults([{ method: 'GET', path: '/contents/$', status: 200, body, times: 3 }]);
      endRun();
    });
    end.should.have.properties({ reason: 'completed', unread: null });
    lines.should.eql(['one', 'two', 'FATAL ERROR: the last words']);
  });

  const GATEWAY = [
    { status: 403, html: true },
    { status: 404, html: true },
    { status: 200, body: { status: 'ok' } },
  ];

  it('shows a gateway that refuses the address of a live file as trouble, and goes on', async () => {
    append('one\ntwo\n');
    for (const fault of GATEWAY) {
      place.simulator.setFaults([{ path: 'tail', times: 2, ...fault }]);
      const controller = new AbortController();
      const troubles: (Trouble | null)[] = [];
      const facts: string[] = [];
      const work = {
        ...place.work(controller.signal),
        progress: ({ doing }: { doing: string }) => facts.push(doing),
        trouble: (trouble: Trouble | null) => troubles.push(trouble),
      };
      for await (const { lines } of followFile(place.client, request, startOfFollow('start'), work)) {
        lines.should.eql(['one']);
        break;
      }
      troubles[0]!.error.code.should.equal('RESCALE_PROTOCOL');
      facts.should.not.containEql('awaiting-file');
    }
  });

  it('reads the last lines however often the finished file is refused before, and ends not before', async () => {
    append('one\ntwo\n');
    const { end, lines, gaps, troubles } = await follow({}, () => {
      if (ended.size > 0) return;
      append('ERROR: diverged\n');
      const contents = { method: 'GET', path: '/contents/$' };
      const faults = [...GATEWAY, { status: 404 }, { status: 200, body: 'half' }];
      place.simulator.setFaults(faults.map((fault) => ({ ...contents, times: 4, ...fault })));
      endRun();
    });
    lines.should.eql(['one', 'two', 'ERROR: diverged']);
    gaps.should.be.empty();
    ((end.unread ?? null) === null).should.be.true();
    troubles.filter((trouble) => trouble !== null).length.should.be.aboveOrEqual(8);
  });

  it('gives a file up that the platform refuses for 300 s, with a gap and the reason', async () => {
    append('one\ntwo\n');
    const { end, gaps } = await follow({ interval: 60_000 }, () => {
      if (ended.size > 0) return;
      place.simulator.setFaults([{ method: 'GET', path: '/contents/$', times: 0, status: 404 }]);
      endRun();
    });
    gaps.length.should.equal(1);
    end.reason.should.equal('completed');
    end.unread!.code.should.equal('RESCALE_DEADLINE');
    end.unread!.message.should.match(/shared\/log.*tail file or download files/);
  });
});

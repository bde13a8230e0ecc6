import 'should';
import { startSimulator, type Simulator } from '../../src/simulator/index';
import { bench, closeAll } from './calls';

/** Every date in the texts, wherever it stands. */
const datesIn = (text: string) =>
  [...text.matchAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g)].map(([date]) =>
    Date.parse(date),
  );

describe('dates of the simulator', () => {
  let simulator: Simulator | null = null;

  afterEach(async () => {
    await simulator?.close();
    simulator = null;
    await closeAll();
  });

  async function told(path: string): Promise<{ text: string; date: number }> {
    const answer = await fetch(`${simulator!.origin}/api/v2/${path}`, {
      headers: { authorization: `Token ${simulator!.token}` },
    });
    return { text: await answer.text(), date: Date.parse(answer.headers.get('date')!) };
  }

  const paths = [
    'jobs/?page_size=100',
    'jobs/foamSweep/runs/?page_size=100',
    'jobs/foamSweep/statuses/?page_size=100',
    'jobs/foamSweep/cluster_statuses/?page_size=100',
    'jobs/foamSweep/files/?page_size=1000',
    'jobs/foamSweep/runs/3/tail/process_output.log',
    'jobs/foamSweep/runs/24/tail/process_output.log',
  ];

  for (const [how, options, pushes] of [
    ['at the usual speed', {}, 0],
    ['at the usual speed, pushed ahead by hand', {}, 6],
    ['at a low speed, pushed ahead by hand', { speed: 0.5 }, 6],
    ['standing still, pushed ahead by hand', { speed: 0 }, 6],
    ['at a high speed', { speed: 100_000 }, 0],
  ] as const) {
    it(`never lie after this machine’s clock ${how}`, async () => {
      simulator = await startSimulator(options);
      let seen = 0;
      for (let round = 0; round <= pushes; round += 1) {
        for (const path of paths) {
          const { text, date } = await told(path);
          for (const each of [...datesIn(text), date]) each.should.be.belowOrEqual(Date.now());
          seen += datesIn(text).length;
        }
        if (round < pushes) simulator.advance(2000);
      }
      seen.should.be.above(20);
    });
  }

  it('do not change once they are told, and keep the order of what happened', async () => {
    simulator = await startSimulator({ speed: 60 });
    const statuses = async () =>
      (
        JSON.parse((await told('jobs/foamSweep/statuses/?page_size=100')).text) as {
          results: { statusDate: string }[];
        }
      ).results;
    const first = await statuses();
    for (let push = 0; push < 12; push += 1) simulator.advance(1000);
    const later = await statuses();
    later.slice(-first.length).should.deepEqual(first);
    later.length.should.be.above(first.length);
    const dates = later.map(({ statusDate }) => statusDate);
    dates.should.deepEqual([...new Set(dates)].sort().reverse());
  });

  it('say how long something took by the wall clock', async () => {
    simulator = await startSimulator({ speed: 600 });
    const job = simulator.createJob({ runs: [{ duration: 60 }] });
    const run = async () =>
      JSON.parse((await told(`jobs/${job}/runs/1/`)).text) as {
        dateStarted: string;
        dateCompleted: string | null;
      };
    let ended = await run();
    while (!ended.dateCompleted) ended = await run();
    (Date.parse(ended.dateCompleted) - Date.parse(ended.dateStarted)).should.be.within(99, 101);
  });

  it('are virtual instants when the start is told, in the Date of answers too', async () => {
    const { get, simulator: still } = await bench({ now: Date.UTC(2026, 2, 6, 12) });
    still.advance(3600);
    const answer = await get('/api/v2/jobs/');
    answer.headers.get('date')!.should.equal('Fri, 06 Mar 2026 13:00:00 GMT');
  });
});

describe('a job of the simulator that begins anew', () => {
  afterEach(closeAll);

  const states = async ({ get }: Awaited<ReturnType<typeof bench>>, job: string) =>
    (await get(`/api/v2/jobs/${job}/runs/?page_size=100`)).json.results.map(
      (run: { dateStarted: string | null; dateCompleted: string | null }) =>
        run.dateCompleted ? 'completed' : run.dateStarted ? 'running' : 'pending',
    );

  it('does so by hand: the sweep unless told, in the process and over HTTP', async () => {
    const at = await bench();
    for (const again of [() => Promise.resolve(at.simulator.restart()), () => at.post('/_sim/restart')]) {
      at.simulator.advance(13_000);
      (await states(at, 'foamSweep')).should.matchEach('completed');
      const before = (await at.get('/api/v2/jobs/foamSweep/files/')).json.results[0].id;
      await again();
      (await states(at, 'foamSweep')).should.matchEach('pending');
      at.simulator.advance(61);
      (await states(at, 'foamSweep'))
        .slice(0, 5)
        .should.deepEqual([...Array<string>(4).fill('running'), 'pending']);
      (await at.get(`/api/v2/files/${before}/`)).status.should.equal(404);
    }
    const job = at.simulator.createJob({ runs: [{ duration: 5 }] });
    at.simulator.advance(10);
    (await at.post('/_sim/restart', { jobId: job })).should.containEql({ status: 201 });
    (await states(at, job)).should.deepEqual(['running']);
    (await at.post('/_sim/restart', { jobId: 'nothing' })).status.should.equal(404);
  });

  it('does so by itself some time after its end, at the same instant whoever asks when', async () => {
    const starts: string[] = [];
    for (const pushes of [[60_000], [20_000, 15_000, 15_000, 10_000]]) {
      const at = await bench();
      for (const seconds of pushes) {
        at.simulator.advance(seconds);
        await at.get('/api/v2/jobs/foamSweep/');
      }
      starts.push((await at.get('/api/v2/jobs/foamSweep/runs/1/')).json.dateStarted);
      (await at.get('/api/v2/jobs/foamSweep/')).json.dateInserted.should.startWith('2026-03-07T0');
    }
    starts[0]!.should.equal(starts[1]!);
  });

  it('goes on for ever when its script says so', async () => {
    const at = await bench();
    const job = at.simulator.createJob({
      createdAt: at.simulator.now(),
      restartsAfter: 60,
      runs: [{ duration: 40 }],
    });
    for (let round = 0; round < 5; round += 1) {
      (await states(at, job)).should.deepEqual(['running']);
      at.simulator.advance(50);
      (await states(at, job)).should.deepEqual(['completed']);
      at.simulator.advance(50);
    }
    at.simulator.advance(100_000);
    (await states(at, job)).should.have.length(1);
  });
});

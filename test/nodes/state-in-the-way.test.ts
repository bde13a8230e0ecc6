import 'should';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadedFlow } from '../support/flow';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const path = 'shared/log.solver';
const ITEM = /^[0-9a-f]{40}\.(json|\d+\.journal)$/;

describe('A folder in the place of a state file', function () {
  this.timeout(120_000);
  const suite = nodesOnSimulator();
  let userDir: string;
  let jobIds: [string, string];

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), 'in-the-way-'));
    const job = () => suite.simulator.createJob({ runs: [{ duration: null }] });
    jobIds = [job(), job()];
  });
  afterEach(() => rmSync(userDir, { recursive: true, force: true }));

  const folder = () => join(userDir, 'rescale', 'node');
  const load = (node: { type: string } & Record<string, unknown>) =>
    suite.load(node, {}, { settings: { userDir } });
  const endRuns = () => {
    for (const jobId of jobIds) suite.simulator.control(jobId, { action: 'end-run', runId: '1' });
    suite.simulator.advance(200);
  };
  const append = (jobId: string, text: string) =>
    suite.simulator.control(jobId, { action: 'append', runId: '1', path, text });
  const jobTold = async (flow: LoadedFlow, output = 'out') => (await flow.take(output)).jobId;
  const isYellow = ({ fill, text = '' }: { fill?: string; text?: string }) =>
    fill === 'yellow' && text.includes('not-readable');
  const isYellowNow = (flow: LoadedFlow) => isYellow(flow.statuses('node').at(-1) ?? {});

  /** A watch has kept what there was of the job when it was first read. */
  const isLookedAt = (jobId: string) =>
    (existsSync(folder()) ? readdirSync(folder()) : [])
      .filter((name) => ITEM.test(name))
      .map((name) => readFileSync(join(folder(), name), 'utf8'))
      .some((text) => text.includes(`"key":"job:${jobId}"`) && text.includes('"baselined":true'));

  /** Nothing tells of what is written, so it is looked for again and again. */
  async function onDisk(what: string, isThere: () => boolean): Promise<void> {
    for (const limit = AbortSignal.timeout(30_000); !isThere(); await pause(10))
      if (limit.aborted) throw new Error(`${what} is not on disk after 30 s`);
  }

  /** Puts a folder in the place of the file that holds such words. Returns the way to put that right. */
  function putInTheWay(words: RegExp): () => void {
    const name = readdirSync(folder()).find(
      (one) => ITEM.test(one) && words.test(readFileSync(join(folder(), one), 'utf8')),
    )!;
    const file = join(folder(), name);
    const aside = join(userDir, name);
    renameSync(file, aside);
    rmSync(`${file}.last`, { force: true });
    mkdirSync(file);
    return () => {
      rmdirSync(file);
      renameSync(aside, file);
    };
  }

  it('keeps one wait, which shows yellow until it can go on, and no other', async () => {
    const node = { type: 'rescale-wait-run', interval: 5, outcome: false, files: false };
    let flow = await load(node);
    for (const jobId of jobIds) flow.receive('node', { jobId, runId: '1' });
    await flow.status('node', ({ text }) => text === 'waiting 2');
    await flow.unload();
    endRuns();
    const putRight = putInTheWay(new RegExp(`"jobId":"${jobIds[0]}"`));
    flow = await load(node);
    (await jobTold(flow))!.should.equal(jobIds[1]);
    await flow.status('node', isYellow);
    putRight();
    (await jobTold(flow))!.should.equal(jobIds[0]);
    await flow.until('the end of that', () => (isYellowNow(flow) ? undefined : true));
    flow.received('caught').should.be.empty();
  });

  for (const part of ['follow', 'follow-at']) {
    it(`keeps one follow (${part}), which shows yellow until it can go on, and no other`, async () => {
      const node = { type: 'rescale-follow-file', interval: 2 };
      for (const jobId of jobIds) append(jobId, 'one\ntwo\n');
      let flow = await load(node);
      for (const jobId of jobIds) {
        flow.receive('node', { jobId, runId: '1', path });
        await flow.take('out');
      }
      await flow.unload();
      const putRight = putInTheWay(new RegExp(`"key":"${part}:`));
      for (const jobId of jobIds) append(jobId, 'three\nfour\n');
      flow = await load(node);
      const first = (await jobTold(flow)) as string;
      await flow.status('node', isYellow);
      putRight();
      const [second] = jobIds.filter((jobId) => jobId !== first);
      await flow.until('the other', () => flow.received('out').find(({ jobId }) => jobId === second));
      for (const jobId of jobIds) {
        const lines = flow.received('out').filter((message) => message.jobId === jobId);
        (lines[0]!.payload as string[])[0]!.should.equal('two');
      }
      await flow.until('the end of that', () => (isYellowNow(flow) ? undefined : true));
      flow.received('caught').should.be.empty();
    });
  }

  for (const scope of ['jobs', 'all']) {
    it(`keeps one job of a watch of ${scope}, which says so until it can go on, and no other`, async () => {
      const node = {
        ...{ type: 'rescale-watch-runs', scope, jobs: jobIds.join(','), jobsType: 'str', interval: 5 },
        ...{ events: ['completed'], outcome: false },
      };
      let flow = await load(node);
      await onDisk('a first look at both', () => jobIds.every(isLookedAt));
      await flow.unload();
      const putRight = putInTheWay(new RegExp(`"key":"job:${jobIds[0]}"`));
      endRuns();
      flow = await load(node);
      await flow.until('the other job', () => flow.received('out').find(({ jobId }) => jobId === jobIds[1]));
      await flow.status('node', isYellow);
      const { code, message } = (await flow.take('caught')).error as { code: string; message: string };
      code.should.equal('RESCALE_PROTOCOL');
      message.should.match(/move the folder away/).and.containEql(folder());
      putRight();
      await flow.until('the job itself', () => flow.received('out').find(({ jobId }) => jobId === jobIds[0]));
      await flow.until('the end of that', () => (isYellowNow(flow) ? undefined : true));
      const told = flow.received('out').map(({ jobId }) => jobId as string);
      told.filter((jobId) => jobIds.includes(jobId)).length.should.equal(2);
      flow.received('caught').length.should.equal(1);
    });
  }

  it('keeps one monitored log, which shows yellow until it can go on, and no other', async () => {
    const node = { type: 'rescale-monitor-run', verdicts: ['log-ended'] };
    const follow = (jobId: string, seq: number) => ({
      ...{ jobId, runId: '1', path, payload: [`Time = ${seq}`, ''] },
      rescale: { platform: 'p', follow: { seq, lines: 2, gap: null } },
    });
    const ended = (jobId: string) => ({
      ...{ jobId, runId: '1', path, payload: { reason: 'completed' } },
      rescale: { platform: 'p' },
    });
    let flow = await load(node);
    for (const jobId of jobIds) {
      flow.receive('node', follow(jobId, 1));
      await flow.take('completed');
    }
    await flow.unload();
    const putRight = putInTheWay(new RegExp(jobIds[0]));
    flow = await load(node);
    await flow.status('node', isYellow);
    flow.receive('node', ended(jobIds[1]));
    (await jobTold(flow, 'out2'))!.should.equal(jobIds[1]);
    putRight();
    await flow.until('the end of that', () => (isYellowNow(flow) ? undefined : true));
    // It is known again: these lines came before, and change nothing.
    flow.receive('node', follow(jobIds[0], 1));
    flow.receive('node', ended(jobIds[0]));
    (await jobTold(flow, 'out2'))!.should.equal(jobIds[0]);
    flow.received('caught').should.be.empty();
    readdirSync(folder())
      .some((name) => name.endsWith('.unread'))
      .should.be.false();
  });

  it('has a log that begins meanwhile held in memory, and written when it is gone', async () => {
    const node = { type: 'rescale-monitor-run', verdicts: ['log-ended'] };
    const lines = (seq: number) => ({
      ...{ jobId: jobIds[0], runId: '1', path, payload: [`Time = ${seq}`, ''] },
      rescale: { platform: 'p', follow: { seq, lines: 2, gap: null } },
    });
    let flow = await load(node);
    flow.receive('node', lines(1));
    await flow.take('completed');
    await flow.unload();
    const putRight = putInTheWay(new RegExp(jobIds[0]));
    flow = await load(node);
    flow.receive('node', lines(3));
    await flow.take('completed');
    await flow.status('node', ({ fill, text }) => fill === 'yellow' && /not-stored/.test(text ?? ''));
    putRight();
    const told = (await flow.take('caught')).error as { message: string };
    told.message.should.containEql('.unread').and.containEql(jobIds[0]);
    await onDisk('the log', () => readdirSync(folder()).some((name) => name.endsWith('.journal')));
    const kept = readdirSync(folder()).filter((name) => name.endsWith('.unread'));
    readFileSync(join(folder(), kept[0]!), 'utf8').should.containEql('Time = 1');
  });
});
